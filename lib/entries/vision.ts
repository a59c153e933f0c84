/** tsorch/vision. */
import { guardNames } from '../base/lazy';
import '../torch/members';

import vision = require('../vision');
guardNames(vision);
export = vision;
