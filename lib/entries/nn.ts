/** tsorch/nn. */
import '../torch/members';

import nn = require('../nn');
export = nn;
