/** tsorch/utils/tensorboard. */
import { guardNames } from '../../base/lazy';
import '../../torch/members';

import tensorboard = require('../../utils/tensorboard');
guardNames(tensorboard);
export = tensorboard;
