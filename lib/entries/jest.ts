/** tsorch/jest. */
import '../torch/members';

import matchers = require('../testing/jest');
export = matchers;
