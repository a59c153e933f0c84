/** tsorch/export. */
import '../torch/members';

import program = require('../export');
export = program;
