/** tsorch/safetensors. */
import { guardNames } from '../base/lazy';
import '../torch/members';

import safetensors = require('../safetensors');
guardNames(safetensors);
export = safetensors;
