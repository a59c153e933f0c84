/** Tensors from the inside: operators by name, native functions, texts. */
export type { Node } from '../autograd/node';
export { type SavedValue, savedFieldsOf } from '../autograd/saved_fields';
export { type DTypeName, dtypeFacts } from '../base/dtype_table';
export { valueText } from '../base/python_text';
export { roundHalfEven } from '../base/rounding';
export { native } from '../native/addon';
export { cos, sin, tan } from '../native/c_math';
export { call } from '../native/frame';
export { tidy } from '../native/tidy';
export type { StateDict } from '../nn/modules/contract';
export { IncompatibleKeys } from '../nn/modules/incompatible_keys';
export { float } from '../nn/modules/repr';
export { checkLoaded } from '../nn/modules/state_dict';
export { callOperator } from '../operators/operator';
export { frombuffer, tensor } from '../tensor/creation';
export type { Index } from '../tensor/indexing';
export { _linalg, _torch } from '../tensor/namespaces';
