/** tsorch/utils/data. */
import '../../torch/members';

import data = require('../../utils/data');
export = data;
