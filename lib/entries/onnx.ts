/** tsorch/onnx. */
import { guardNames } from '../base/lazy';
import '../torch/members';

import onnx = require('../onnx');
guardNames(onnx);
export = onnx;
