/** The storage types that files name, and their dtypes. */

import { type DType, dtypes, scalarTypes } from '../base/types';
import { Global } from '../pickle/values';

const { Double, Float, Half, Long, Int, Short, Char, Byte, Bool, BFloat16, ComplexDouble, ComplexFloat } = scalarTypes;
const older = { Double, Float, Half, Long, Int, Short, Char, Byte, Bool, BFloat16, ComplexDouble, ComplexFloat };
const typed = new Map(Object.entries(older).map(([name, dtype]) => [dtype, `${name}Storage`]));

/** What a storage holds. Newer dtypes have no storage type of their own: then the tensor says its dtype. */
export class StorageType {
  constructor(
    readonly name: string,
    readonly dtype: DType,
  ) {}
}

const untyped = 'UntypedStorage';

export const storageTypes: readonly StorageType[] = [
  ...[...typed].map(([dtype, name]) => new StorageType(name, dtype)),
  new StorageType(untyped, dtypes.uint8),
];

const globals = new Map([...typed].map(([dtype, name]) => [dtype, new Global('torch', name)]));
const untypedGlobal = new Global('torch.storage', untyped);

/** How a file names the storage of a tensor, and whether that tells its dtype. */
export function storageGlobal(dtype: DType): { type: Global; isTyped: boolean } {
  const type = globals.get(dtype);
  return { type: type ?? untypedGlobal, isTyped: type !== undefined };
}
