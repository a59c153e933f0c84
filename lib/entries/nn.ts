/** tsorch/nn. */
import { guardNames } from '../base/lazy';
import '../torch/members';

import nn = require('../nn');
guardNames(nn);
export = nn;
