/** tsorch/safetensors. */
import '../torch/members';

import safetensors = require('../safetensors');
export = safetensors;
