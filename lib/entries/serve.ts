/** tsorch/serve. */
import '../torch/members';

import serve = require('../serve');
export = serve;
