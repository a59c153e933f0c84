/** The reader of arguments and its checks, for what lies beside PyTorch. */
export {
  isTensor,
  optionsOf,
  refuse,
  requireBoolean,
  requireCount,
  requireFunction,
  requireList,
  requireNumber,
  requireString,
  requireTensor,
  requireTensors,
} from '../arguments/checks';
export { type ByName, flag, named, REQUIRED, requireGiven, valueOf } from '../arguments/keywords';
export { python } from '../arguments/python';
export { isOptions, typeName } from '../native/kinds';
export { type ArgumentsOf, signature } from '../nn/arguments';
