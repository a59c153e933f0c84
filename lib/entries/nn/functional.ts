/** tsorch/nn/functional. */
import { guardNames } from '../../base/lazy';
import '../../torch/members';

import functional = require('../../nn/functional');
guardNames(functional);
export = functional;
