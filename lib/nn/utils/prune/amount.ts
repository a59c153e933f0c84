/** How much is pruned. */
import { roundHalfEven } from '../../../base/rounding';
import { isOptions, typeName } from '../../../native/kinds';
import { float } from '../../modules/repr';

/** How much is pruned: a number of elements or channels, or a part between 0 and 1. */
export type Amount = number;

/** In JavaScript 1 is a number of elements; say 0.999… for nearly all. */
export function checkAmount(amount: Amount): void {
  if (typeof amount !== 'number' || Number.isNaN(amount)) {
    throw new TypeError(
      `Invalid type for amount: ${isOptions(amount) ? typeName(amount) : String(amount)}. Must be int or float.`,
    );
  }
  const whole = Number.isInteger(amount);
  if ((whole && amount < 0) || (!whole && (amount > 1 || amount < 0))) {
    throw new RangeError(
      `amount=${whole ? amount : float(amount)} should either be a float in the range [0, 1] or a non-negative integer`,
    );
  }
}

export function countOf(amount: Amount, size: number): number {
  const count = Number.isInteger(amount) ? amount : roundHalfEven(amount * size);
  if (count > size) {
    throw new RangeError(`amount=${count} should be smaller than the number of parameters to prune=${size}`);
  }
  return count;
}
