/** tsorch/jit. */
import '../torch/members';

import program = require('../jit');
export = program;
