/** The elements of a tensor as JavaScript has them: nested lists, and typed arrays. */
import { dtypeFacts, type TypedArray } from '../base/dtype_table';
import { Complex, type DType, dtypes, layouts } from '../base/types';
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { Tensor } from './tensor';

/** A list of numbers, nested as deep as the tensor has dimensions. */
export type NestedList = number | bigint | boolean | Complex | NestedList[];

/** The array type of a dtype and how many of its elements make one of the tensor's. */
export function viewOf({ name, is_complex }: DType) {
  const { array } = dtypeFacts[name];
  return array === undefined ? undefined : ([array, is_complex ? 2 : 1] as const);
}

/** Why `typed_array` is not possible. */
export function notLendable(x: Tensor): TypeError {
  if (x.requires_grad) {
    return new TypeError(
      "Can't call typed_array() on Tensor that requires grad. Use tensor.detach().typed_array() instead.",
    );
  }
  if (x.layout !== layouts.strided) return new TypeError(`can't convert ${x.layout} layout tensor to a typed array.`);
  if (x.device.type !== 'cpu') {
    return new TypeError(
      `can't convert ${x.device} device type tensor to a typed array. Use Tensor.cpu() to copy the tensor to host memory first.`,
    );
  }
  if (x.is_conj() || x.is_neg()) {
    return new TypeError(
      "can't view a tensor with its conjugate or negative bit set. Use tensor.resolve_conj().resolve_neg() first.",
    );
  }
  return new TypeError("can't view a non-contiguous tensor as a typed array. Use Tensor.contiguous() first.");
}

/** The elements nested by the shape: small ones come so, of others all bytes come in one call. */
export function nest(x: Tensor): NestedList {
  const few = call(native.tensor_elements, x);
  if (few !== null) return few;
  const { dtype, shape } = x;
  const readRow = bytesReader(x, dtype);
  let next = 0;
  const build = (dim: number): NestedList[] => {
    const length = shape[dim]!;
    if (dim === shape.length - 1) {
      next += length;
      return readRow(next - length, length);
    }
    const list = new Array<NestedList>(length);
    for (let i = 0; i < length; i++) list[i] = build(dim + 1);
    return list;
  };
  return shape.length === 0 ? readRow(0, 1)[0]! : build(0);
}

/** Gives `count` elements from the place `from` on. */
type RowReader = (from: number, count: number) => NestedList[];

function bytesReader(x: Tensor, dtype: DType): RowReader {
  const wide = dtype.is_floating_point && dtypeFacts[dtype.name].array !== Float32Array && dtype !== dtypes.float64;
  const source = wide ? x.to(dtypes.float32) : dtype === dtypes.complex32 ? x.to(dtypes.complex64) : x;
  const [array, perElement] = viewOf(source.dtype)!;
  const bytes = call(native.tensor_bytes, source);
  const flat = new array(bytes, 0, x.numel() * perElement);
  return rowReader(source.dtype, flat);
}

/** Reads the elements of a row. Plain loops: `Array.from` takes ten times as long. */
function rowReader(dtype: DType, flat: TypedArray): RowReader {
  if (flat instanceof BigInt64Array || flat instanceof BigUint64Array)
    return (from, count) => bigRow(flat, from, count);
  if (dtype.is_complex) {
    return (from, count) => Array.from({ length: count }, (_, i) => complexAt(flat, from + i));
  }
  if (dtype === dtypes.bool) return (from, count) => numberRow(flat, from, count).map(Boolean);
  return (from, count) => numberRow(flat, from, count);
}

function numberRow(flat: ArrayLike<number>, from: number, count: number): number[] {
  const row = new Array<number>(count);
  for (let i = 0; i < count; i++) row[i] = flat[from + i]!;
  return row;
}

function bigRow(flat: ArrayLike<bigint>, from: number, count: number): (number | bigint)[] {
  const row = new Array<number | bigint>(count);
  for (let i = 0; i < count; i++) row[i] = exact(flat[from + i]!);
  return row;
}

function complexAt(flat: ArrayLike<number>, i: number): Complex {
  return new Complex(flat[2 * i]!, flat[2 * i + 1]!);
}

/** A number when it holds the integer exactly. */
function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
