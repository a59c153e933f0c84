/** tsorch/tqdm. */
import { guardNames } from '../base/lazy';
import '../torch/members';

import tqdm = require('../tqdm');
guardNames(tqdm);
export = tqdm;
