/** tsorch/distributed. */
import { guardNames } from '../base/lazy';
import '../torch/members';

import distributed = require('../torch/distributed');
guardNames(distributed);
export = distributed;
