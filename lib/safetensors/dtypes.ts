/** The format's names of dtypes, in the order in which files have them: the widest first. */
import { type DType, type DTypeName, dtypes } from '../base/types';
import { SafetensorError } from './errors';

const names: Partial<Record<DTypeName, string>> = {
  uint64: 'U64',
  int64: 'I64',
  float64: 'F64',
  complex64: 'C64',
  float32: 'F32',
  uint32: 'U32',
  int32: 'I32',
  bfloat16: 'BF16',
  float16: 'F16',
  uint16: 'U16',
  int16: 'I16',
  float8_e5m2fnuz: 'F8_E5M2FNUZ',
  float8_e4m3fnuz: 'F8_E4M3FNUZ',
  float8_e8m0fnu: 'F8_E8M0',
  float8_e4m3fn: 'F8_E4M3',
  float8_e5m2: 'F8_E5M2',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
};

const byName = new Map(Object.entries(names).map(([dtype, name]) => [name, dtypes[dtype as DTypeName]]));
const order = new Map([...byName.values()].map((dtype, i) => [dtype, i]));

export function nameOf(dtype: DType, key: string): string {
  const name = names[dtype.name];
  if (name === undefined) {
    throw new SafetensorError(`safetensors has no dtype for ${dtype}: tensor \`${key}\` cannot be saved without loss`);
  }
  return name;
}

export function dtypeOf(name: unknown, key: string): DType {
  const dtype = typeof name === 'string' ? byName.get(name) : undefined;
  if (dtype !== undefined) return dtype;
  throw new SafetensorError(
    `tensor \`${key}\`: unknown or unsupported dtype ${JSON.stringify(name)}, expected one of ${[...byName.keys()].join(', ')}`,
  );
}

export function compareDTypes(a: DType, b: DType): number {
  return order.get(a)! - order.get(b)!;
}
