/** Python's indices and slices of lists. */
import { isTensor } from '../../arguments/checks';
import { isInteger } from '../../arguments/integers';
import type { Tensor } from '../../tensor/tensor';

const pattern = /^\s*(-?\d+)?\s*:\s*(-?\d+)?\s*(?::\s*(-?\d+)?)?\s*$/;

/** The positions that a slice such as `'1:'` or `'::-1'` selects from a list of this length. */
export function sliced(text: string, length: number): number[] {
  const match = pattern.exec(text);
  if (match === null) throw new RangeError(`'${text}' is not a slice: slices look like '1:', ':-1', '::2'`);
  const step = match[3] === undefined ? 1 : Number(match[3]);
  if (step === 0) throw new RangeError('slice step cannot be zero');
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const bound = (given: string | undefined, missing: number) => {
    if (given === undefined) return missing;
    const value = Number(given) < 0 ? Number(given) + length : Number(given);
    return Math.min(Math.max(value, low), high);
  };
  const start = bound(match[1], step > 0 ? 0 : length - 1);
  const stop = bound(match[2], step > 0 ? length : -1);
  const positions: number[] = [];
  for (let i = start; step > 0 ? i < stop : i > stop; i += step) positions.push(i);
  return positions;
}

/** A place in a list: a number, or a tensor that holds one. */
export type Index = number | Tensor;

function numberOf(index: Index): number {
  if (!isTensor(index)) return index;
  if (index.numel() !== 1 || index.is_floating_point() || index.is_complex()) {
    throw new TypeError('only integer tensors of a single element can be converted to an index');
  }
  return Number(index.item());
}

/** The position of an index, which counts from the end when negative. */
export function position(given: Index, length: number): number {
  const index = numberOf(given);
  if (!isInteger(index) || index < -length || index >= length) throw new RangeError(`index ${index} is out of range`);
  const place = Number(index);
  return place < 0 ? place + length : place;
}
