/** tsorch/utils. */
import '../torch'; // statements that are timed have it

import utils = require('../utils');
export = utils;
