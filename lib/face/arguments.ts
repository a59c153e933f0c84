/** The reader of arguments and its checks, for what lies beside PyTorch. */
export {
  isTensor,
  refuse,
  requireBoolean,
  requireCount,
  requireFunction,
  requireList,
  requireNumber,
  requireNumbers,
  requireString,
  requireTensor,
  requireTensors,
} from '../arguments/checks';
export { keywords, REQUIRED, Signature, type Values } from '../arguments/signature';
export { listText } from '../base/text';
export { isOptions, typeName } from '../native/kinds';
