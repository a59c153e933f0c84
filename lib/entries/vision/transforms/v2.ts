/** tsorch/vision/transforms/v2. */
import '../../../torch/members';

import v2 = require('../../../vision/transforms/v2');
export = v2;
