/** The numbers of JavaScript data as a dtype stores them, with Python's checks. */
import { TorchError } from '../base/errors';
import { Complex, type DType, type DTypeName, dtypes } from '../base/types';
import { typeName } from '../native/kinds';

export function toNumber(leaf: unknown): number {
  if (typeof leaf === 'number') return leaf;
  if (typeof leaf === 'boolean') return Number(leaf);
  if (typeof leaf !== 'bigint') throw new TypeError(`must be real number, not ${typeName(leaf)}`);
  const number = Number(leaf);
  if (!Number.isFinite(number)) throw new RangeError('int too large to convert to float');
  return number;
}

/** Whatever is not 0, NaN included. */
export function toBoolean(leaf: unknown): boolean {
  if (typeof leaf === 'boolean') return leaf;
  if (typeof leaf === 'number') return leaf !== 0;
  if (typeof leaf === 'bigint') return leaf !== 0n;
  if (leaf instanceof Complex) return leaf.re !== 0 || leaf.im !== 0;
  throw notInteger(leaf);
}

function notInteger(leaf: unknown): TypeError {
  return new TypeError(`'${typeName(leaf)}' object cannot be interpreted as an integer`);
}

/** Takes the elements of integer data into an array. */
export interface IntegerStore {
  readonly array: NodeJS.TypedArray;
  /** What the array holds: the dtype asked for, or int64 for those that have no array. */
  readonly dtype: DType;
  write(leaf: unknown, i: number): void;
}

type SmallArray = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

const smallArrays: Partial<Record<DTypeName, new (length: number) => SmallArray>> = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
};

function overflow(name: string): TorchError {
  return new TorchError(`value cannot be converted to type ${name} without overflow`);
}

const tooLong = () => new RangeError('Overflow when unpacking long long');

/** A leaf as an int64 or a float: whole numbers count as integers where a number holds them exactly. */
function integerOf(leaf: unknown): number | bigint {
  if (typeof leaf === 'number') return leaf;
  if (typeof leaf === 'boolean') return Number(leaf);
  if (typeof leaf !== 'bigint') throw notInteger(leaf);
  if (BigInt.asIntN(64, leaf) !== leaf) throw tooLong();
  return leaf;
}

function smallStore(dtype: DType, array: SmallArray): IntegerStore {
  const bits = 8 * dtype.itemsize;
  const most = 2 ** (dtype.is_signed ? bits - 1 : bits) - 1;
  const leastFloat = dtype.is_signed ? -most - 1 : 0;
  const least = dtype.is_signed ? leastFloat : -most; // a negative integer wraps into an unsigned one
  return {
    array,
    dtype,
    write(leaf, i) {
      const value = Number(integerOf(leaf));
      const low = Number.isSafeInteger(value) ? least : leastFloat;
      if (!(value >= low && value <= most)) throw overflow(dtype.name);
      array[i] = value;
    },
  };
}

function int64Of(leaf: unknown): bigint {
  const value = integerOf(leaf);
  if (typeof value === 'bigint') return value;
  if (!(Math.abs(value) <= 2 ** 63)) throw overflow('int64');
  return BigInt(Math.trunc(value)); // 2 ** 63 itself passes the check and wraps, as in Python
}

function uint64Of(leaf: unknown): bigint {
  if (typeof leaf !== 'bigint' && typeof leaf !== 'boolean' && !Number.isInteger(leaf)) {
    throw new TypeError('an integer is required');
  }
  const value = BigInt(leaf as number | bigint | boolean);
  if (value < 0n) throw new RangeError("can't convert negative int to unsigned");
  if (BigInt.asUintN(64, value) !== value) throw new RangeError('int too big to convert');
  return value;
}

/** Room for `count` integers of a dtype. */
export function integerStore(dtype: DType, count: number): IntegerStore {
  const small = smallArrays[dtype.name];
  if (small !== undefined) return smallStore(dtype, new small(count));
  const wide = dtype === dtypes.uint64 ? new BigUint64Array(count) : new BigInt64Array(count);
  const convert = dtype === dtypes.uint64 ? uint64Of : int64Of;
  return {
    array: wide,
    dtype: dtype === dtypes.uint64 ? dtype : dtypes.int64,
    write(leaf, i) {
      wide[i] = convert(leaf);
    },
  };
}
