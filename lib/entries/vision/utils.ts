/** tsorch/vision/utils. */
import { guardNames } from '../../base/lazy';
import '../../torch/members';

import utils = require('../../vision/utils');
guardNames(utils);
export = utils;
