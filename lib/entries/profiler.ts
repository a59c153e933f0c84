/** tsorch/profiler. */
import { guardNames } from '../base/lazy';
import '../torch/members';

import profiler = require('../profiler');
guardNames(profiler);
export = profiler;
