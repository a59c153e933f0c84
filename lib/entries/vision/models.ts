/** tsorch/vision/models. */
import { guardNames } from '../../base/lazy';
import '../../torch/members';

import models = require('../../vision/models');
guardNames(models);
export = models;
