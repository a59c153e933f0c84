/** tsorch/optim. */
import '../torch/members';

import optim = require('../optim');
export = optim;
