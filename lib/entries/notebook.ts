/** tsorch/notebook. */
import { guardNames } from '../base/lazy';
import '../torch/members';

import notebook = require('../notebook');
guardNames(notebook);
export = notebook;
