/** tsorch/utils/checkpoint. */
import '../../torch/members';

import checkpoint = require('../../utils/checkpoint');
export = checkpoint;
