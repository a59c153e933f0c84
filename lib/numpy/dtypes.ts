/** NumPy's names of dtypes: byte order, kind and bytes, such as `<f4`. */
import { type DType, type DTypeName, dtypes } from '../base/types';

const kinds: Partial<Record<DTypeName, string>> = {
  bool: 'b1',
  int8: 'i1',
  int16: 'i2',
  int32: 'i4',
  int64: 'i8',
  uint8: 'u1',
  uint16: 'u2',
  uint32: 'u4',
  uint64: 'u8',
  float16: 'f2',
  float32: 'f4',
  float64: 'f8',
  complex64: 'c8',
  complex128: 'c16',
};

const byKind = new Map(Object.entries(kinds).map(([dtype, kind]) => [kind, dtypes[dtype as DTypeName]]));

/** What NumPy has no name for is raw bytes (`void`) in its files, as its own extension types are. */
export function descrOf(dtype: DType): string {
  const kind = kinds[dtype.name];
  if (kind === undefined) return `|V${dtype.itemsize}`;
  return (dtype.itemsize === 1 ? '|' : '<') + kind;
}

export interface Descr {
  dtype: DType;
  isBigEndian: boolean;
}

const named: Record<string, string> = {
  S: 'bytes',
  a: 'bytes',
  U: 'text',
  M: 'dates',
  m: 'time spans',
};

/**
 * The dtype that a header names. `asked` is what the caller says raw bytes are.
 * @throws what `fail` makes, for what no tensor can hold
 */
export function parseDescr(descr: unknown, asked: DType | null, fail: (what: string) => Error): Descr {
  if (typeof descr !== 'string') throw fail('it is a structured array, which no tensor can hold');
  const [, order, kind, size] = /^([<>|=]?)([a-zA-Z])(\d*)$/.exec(descr) ?? [];
  if (kind === undefined) throw fail(`unknown dtype '${descr}'`);
  if (kind === 'O') throw fail('Object arrays cannot be loaded when allow_pickle=False, which is always so here');
  const isBigEndian = order === '>';
  if (kind === 'V') return { dtype: rawDType(descr, Number(size), asked, fail), isBigEndian };
  const dtype = byKind.get(kind + size);
  if (dtype !== undefined) return { dtype, isBigEndian };
  throw fail(`dtype '${descr}'${kind in named ? ` (${named[kind]})` : ''} has no counterpart in torch`);
}

function rawDType(descr: string, size: number, asked: DType | null, fail: (what: string) => Error): DType {
  if (asked === null) {
    throw fail(`dtype '${descr}' is raw bytes: say what they are, like { dtype: torch.bfloat16 } for '|V2'`);
  }
  if (asked.itemsize !== size) throw fail(`dtype '${descr}' is not ${asked}, which has ${asked.itemsize} bytes`);
  return asked;
}
