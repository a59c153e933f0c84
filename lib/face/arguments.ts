/** The reader of arguments and its checks, for what lies beside PyTorch. */
export {
  isTensor,
  optionsOf,
  refuse,
  requireBoolean,
  requireCount,
  requireFunction,
  requireGiven,
  requireList,
  requireNumber,
  requireString,
  requireTensor,
  requireTensors,
} from '../arguments/checks';
export { REQUIRED, Signature } from '../arguments/signature';
export { isOptions, typeName } from '../native/kinds';
