/** tsorch/vision/transforms/v2. */
import { guardNames } from '../../../base/lazy';
import '../../../torch/members';

import v2 = require('../../../vision/transforms/v2');
guardNames(v2);
export = v2;
