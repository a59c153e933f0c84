/** tsorch/jit. */
import { guardNames } from '../base/lazy';
import '../torch/members';

import program = require('../jit');
guardNames(program);
export = program;
