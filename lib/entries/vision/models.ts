/** tsorch/vision/models. */
import '../../torch/members';

import models = require('../../vision/models');
export = models;
