/** tsorch/vision/io. */
import '../../torch/members';

import io = require('../../vision/io');
export = io;
