/** tsorch/numpy. */
import '../torch/members';

import numpy = require('../numpy');
export = numpy;
