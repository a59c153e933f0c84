/** tsorch/utils. */
import { guardNames } from '../base/lazy';
import '../torch'; // statements that are timed have it

import utils = require('../utils');
guardNames(utils);
export = utils;
