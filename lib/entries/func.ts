/** tsorch/func. */
import { guardNames } from '../base/lazy';
import '../torch/members';

import func = require('../func');
guardNames(func);
export = func;
