/** tsorch/huggingface_hub. */
import { guardNames } from '../base/lazy';
import '../torch/members';

import hub = require('../huggingface_hub');
guardNames(hub);
export = hub;
