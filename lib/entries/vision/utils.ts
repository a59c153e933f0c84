/** tsorch/vision/utils. */
import '../../torch/members';

import utils = require('../../vision/utils');
export = utils;
