/** tsorch/utils/benchmark. */
import { guardNames } from '../../base/lazy';
import '../../torch'; // statements that are timed have it

import benchmark = require('../../utils/benchmark');
guardNames(benchmark);
export = benchmark;
