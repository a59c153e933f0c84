/** tsorch/vision/transforms/functional. */
import '../../../torch/members';

import functional = require('../../../vision/transforms/functional');
export = functional;
