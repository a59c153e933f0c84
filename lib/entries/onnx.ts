/** tsorch/onnx. */
import '../torch/members';

import onnx = require('../onnx');
export = onnx;
