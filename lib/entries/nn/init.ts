/** tsorch/nn/init. */
import { guardNames } from '../../base/lazy';
import '../../torch/members';

import init = require('../../nn/init');
guardNames(init);
export = init;
