/** NumPy's names of dtypes: byte order, kind and bytes, such as `<f4`. */

import { type DType, dtypes } from '../base/types';
import { type DTypeName, dtypeFacts } from '../face/tensors';

const letters = { int: 'i', uint: 'u', float: 'f', complex: 'c' };

/** NumPy has the dtypes that are named after their bits, but no complex32. */
function kindOf(name: DTypeName): string | undefined {
  const { family, bytes } = dtypeFacts[name];
  if (name === 'bool') return 'b1';
  return name === `${family}${8 * bytes}` && name !== 'complex32' ? `${letters[family]}${bytes}` : undefined;
}

const byKind = new Map(Object.values(dtypes).map((dtype) => [kindOf(dtype.name), dtype]));

/** What NumPy has no name for is raw bytes (`void`) in its files, as its own extension types are. */
export function descrOf(dtype: DType): string {
  const kind = kindOf(dtype.name);
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
