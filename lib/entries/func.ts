/** tsorch/func. */
import '../torch/members';

import func = require('../func');
export = func;
