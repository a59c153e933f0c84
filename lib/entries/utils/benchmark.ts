/** tsorch/utils/benchmark. */
import '../../torch'; // statements that are timed have it

import benchmark = require('../../utils/benchmark');
export = benchmark;
