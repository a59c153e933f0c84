/** tsorch/distributions. */
import { guardNames } from '../base/lazy';
import '../torch/members';

import distributions = require('../distributions');
guardNames(distributions);
export = distributions;
