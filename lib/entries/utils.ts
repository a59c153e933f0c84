/** tsorch/utils. */
import '../torch/members';

import utils = require('../utils');
export = utils;
