/** tsorch/multiprocessing. */
import '../torch/members';

import multiprocessing = require('../multiprocessing');
export = multiprocessing;
