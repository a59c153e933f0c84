/** tsorch/distributions. */
import '../torch/members';

import distributions = require('../distributions');
export = distributions;
