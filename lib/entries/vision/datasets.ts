/** tsorch/vision/datasets. */
import { guardNames } from '../../base/lazy';
import '../../torch/members';

import datasets = require('../../vision/datasets');
guardNames(datasets);
export = datasets;
