/** tsorch/utils/data. */
import { guardNames } from '../../base/lazy';
import '../../torch/members';

import data = require('../../utils/data');
guardNames(data);
export = data;
