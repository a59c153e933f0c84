/** Arithmetic with numbers that may be tensors of one element, which round to their dtype as in Python. */
import { pow } from '../native/c_math';
import { Tensor } from '../tensor/tensor';
import { type NumberLike, numberOf } from './checks';

export function plus(a: NumberLike, b: NumberLike): NumberLike {
  if (a instanceof Tensor) return a.add(b);
  return b instanceof Tensor ? b.add(a) : a + b;
}

export function minus(a: NumberLike, b: NumberLike): NumberLike {
  if (a instanceof Tensor) return a.sub(b);
  return b instanceof Tensor ? b.neg().add(a) : a - b;
}

export function times(a: NumberLike, b: NumberLike): NumberLike {
  if (a instanceof Tensor) return a.mul(b);
  return b instanceof Tensor ? b.mul(a) : a * b;
}

export function over(a: NumberLike, b: NumberLike): NumberLike {
  if (a instanceof Tensor) return a.div(b);
  return b instanceof Tensor ? b.reciprocal().mul(a) : a / b;
}

export function power(base: NumberLike, exponent: number): NumberLike {
  return base instanceof Tensor ? base.pow(exponent) : pow(base, exponent);
}

/** `a < b`; a number is rounded to the dtype of a tensor that it is compared with. */
export function less(a: NumberLike, b: NumberLike): boolean {
  if (a instanceof Tensor) return Boolean(a.lt(b).item());
  return b instanceof Tensor ? Boolean(b.gt(a).item()) : a < b;
}

export function lessOrEqual(a: NumberLike, b: NumberLike): boolean {
  if (a instanceof Tensor) return Boolean(a.le(b).item());
  return b instanceof Tensor ? Boolean(b.ge(a).item()) : a <= b;
}

/** As Python's `min` and `max`, which give the first of two equal ones. */
export const smaller = (a: NumberLike, b: NumberLike): NumberLike => (less(b, a) ? b : a);
export const larger = (a: NumberLike, b: NumberLike): NumberLike => (less(a, b) ? b : a);

export function root(a: NumberLike): NumberLike {
  return a instanceof Tensor ? a.sqrt() : Math.sqrt(a);
}

export function absolute(a: NumberLike): NumberLike {
  return a instanceof Tensor ? a.abs() : Math.abs(a);
}

/** A value that later changes in place leave alone. */
export function snapshot(value: NumberLike): NumberLike {
  return value instanceof Tensor ? value.clone() : value;
}

export { numberOf };
