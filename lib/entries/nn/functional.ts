/** tsorch/nn/functional. */
import '../../torch/members';

import functional = require('../../nn/functional');
export = functional;
