/** tsorch/utils/checkpoint. */
import { guardNames } from '../../base/lazy';
import '../../torch/members';

import checkpoint = require('../../utils/checkpoint');
guardNames(checkpoint);
export = checkpoint;
