/** tsorch/nn/init. */
import '../../torch/members';

import init = require('../../nn/init');
export = init;
