/** The storage types that files name, and their dtypes. */

import { type DType, type DTypeName, dtypes } from '../base/types';
import { Global } from '../pickle/values';

const typed: Partial<Record<DTypeName, string>> = {
  float64: 'DoubleStorage',
  float32: 'FloatStorage',
  float16: 'HalfStorage',
  int64: 'LongStorage',
  int32: 'IntStorage',
  int16: 'ShortStorage',
  int8: 'CharStorage',
  uint8: 'ByteStorage',
  bool: 'BoolStorage',
  bfloat16: 'BFloat16Storage',
  complex128: 'ComplexDoubleStorage',
  complex64: 'ComplexFloatStorage',
};

/** What a storage holds. Newer dtypes have no storage type of their own: then the tensor says its dtype. */
export class StorageType {
  constructor(
    readonly name: string,
    readonly dtype: DType,
  ) {}
}

const untyped = 'UntypedStorage';

export const storageTypes: readonly StorageType[] = [
  ...Object.entries(typed).map(([dtype, name]) => new StorageType(name, dtypes[dtype as DTypeName])),
  new StorageType(untyped, dtypes.uint8),
];

const globals = new Map(Object.entries(typed).map(([dtype, name]) => [dtype, new Global('torch', name)]));
const untypedGlobal = new Global('torch.storage', untyped);

/** How a file names the storage of a tensor, and whether that tells its dtype. */
export function storageGlobal(dtype: DType): { type: Global; isTyped: boolean } {
  const type = globals.get(dtype.name);
  return { type: type ?? untypedGlobal, isTyped: type !== undefined };
}
