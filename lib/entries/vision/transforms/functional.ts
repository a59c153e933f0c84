/** tsorch/vision/transforms/functional. */
import { guardNames } from '../../../base/lazy';
import '../../../torch/members';

import functional = require('../../../vision/transforms/functional');
guardNames(functional);
export = functional;
