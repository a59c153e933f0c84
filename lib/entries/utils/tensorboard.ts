/** tsorch/utils/tensorboard. */
import '../../torch/members';

import tensorboard = require('../../utils/tensorboard');
export = tensorboard;
