/** tsorch/vision/transforms. */
import '../../torch/members';

import transforms = require('../../vision/transforms');
export = transforms;
