/** Sizes given as one number for every dimension or as one a dimension. */
import { isList, typeName } from '../../native/kinds';
import type { Tensor } from '../../tensor/tensor';

/** One value for each of `count` dimensions; a list stays as it is. */
export function repeated<Value>(value: Value | readonly Value[], count: number): readonly Value[] {
  return isList(value) ? (value as readonly Value[]) : new Array<Value>(count).fill(value as Value);
}

export function pair<Value>(value: Value | readonly Value[]): readonly Value[] {
  return repeated(value, 2);
}

export function triple<Value>(value: Value | readonly Value[]): readonly Value[] {
  return repeated(value, 3);
}

export function product(values: readonly number[]): number {
  return values.reduce((a, b) => a * b, 1);
}

/** A size for each of the last dimensions; null keeps the input's. */
export type OutputSize = number | null | readonly (number | null)[];

/** Replaces each null by the input's size of that dimension. */
export function outputSize(size: OutputSize, input: Tensor): number | readonly number[] {
  if (!isList(size)) return size as number; // the operator refuses what is no number
  const { shape } = input;
  if (shape.length <= size.length) {
    throw new RangeError(`Input dimension should be at least ${size.length + 1}`);
  }
  if (!isList(size)) throw new TypeError(`output_size must be an int or a list of ints, not ${typeName(size)}`);
  return size.map((value, i) => value ?? shape[shape.length - size.length + i]!);
}
