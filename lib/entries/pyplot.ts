/** tsorch/pyplot. */
import { guardNames } from '../base/lazy';
import '../torch/members';

import pyplot = require('../pyplot');
guardNames(pyplot);
export = pyplot;
