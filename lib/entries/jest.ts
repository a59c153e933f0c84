/** tsorch/jest. */
import { guardNames } from '../base/lazy';
import '../torch/members';

import matchers = require('../testing/jest');
guardNames(matchers);
export = matchers;
