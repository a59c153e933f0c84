/** tsorch/vision/datasets. */
import '../../torch/members';

import datasets = require('../../vision/datasets');
export = datasets;
