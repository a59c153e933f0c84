/** tsorch/vitest. */
import '../torch/members';

import matchers = require('../testing/vitest');
export = matchers;
