/** tsorch/huggingface_hub. */
import '../torch/members';

import hub = require('../huggingface_hub');
export = hub;
