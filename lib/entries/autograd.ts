/** tsorch/autograd. */
import { guardNames } from '../base/lazy';
import '../torch/members';

import autograd = require('../autograd');
guardNames(autograd);
export = autograd;
