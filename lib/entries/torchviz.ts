/** tsorch/torchviz. */
import { guardNames } from '../base/lazy';
import '../torch/members';

import torchviz = require('../torchviz');
guardNames(torchviz);
export = torchviz;
