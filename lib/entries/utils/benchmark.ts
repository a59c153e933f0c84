/** tsorch/utils/benchmark. */
import '../../torch/members';

import benchmark = require('../../utils/benchmark');
export = benchmark;
