/** tsorch/numpy. */
import { guardNames } from '../base/lazy';
import '../torch/members';

import numpy = require('../numpy');
guardNames(numpy);
export = numpy;
