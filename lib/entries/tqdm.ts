/** tsorch/tqdm. */
import '../torch/members';

import tqdm = require('../tqdm');
export = tqdm;
