/** tsorch/vision. */
import '../torch/members';

import vision = require('../vision');
export = vision;
