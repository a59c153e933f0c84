/** tsorch/export. */
import { guardNames } from '../base/lazy';
import '../torch/members';

import program = require('../export');
guardNames(program);
export = program;
