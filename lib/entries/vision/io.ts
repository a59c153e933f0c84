/** tsorch/vision/io. */
import { guardNames } from '../../base/lazy';
import '../../torch/members';

import io = require('../../vision/io');
guardNames(io);
export = io;
