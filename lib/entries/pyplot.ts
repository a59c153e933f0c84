/** tsorch/pyplot. */
import '../torch/members';

import pyplot = require('../pyplot');
export = pyplot;
