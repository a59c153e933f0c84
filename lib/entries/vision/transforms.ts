/** tsorch/vision/transforms. */
import { guardNames } from '../../base/lazy';
import '../../torch/members';

import transforms = require('../../vision/transforms');
guardNames(transforms);
export = transforms;
