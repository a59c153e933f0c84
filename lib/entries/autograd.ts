/** tsorch/autograd. */
import '../torch/members';

import autograd = require('../autograd');
export = autograd;
