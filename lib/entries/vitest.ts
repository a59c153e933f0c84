/** tsorch/vitest. */
import { guardNames } from '../base/lazy';
import '../torch/members';

import matchers = require('../testing/vitest');
guardNames(matchers);
export = matchers;
