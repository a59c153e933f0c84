/** tsorch/torchviz. */
import '../torch/members';

import torchviz = require('../torchviz');
export = torchviz;
