/** tsorch/optim. */
import { guardNames } from '../base/lazy';
import '../torch/members';

import optim = require('../optim');
guardNames(optim);
export = optim;
