/** tsorch/multiprocessing. */
import { guardNames } from '../base/lazy';
import '../torch/members';

import multiprocessing = require('../multiprocessing');
guardNames(multiprocessing);
export = multiprocessing;
