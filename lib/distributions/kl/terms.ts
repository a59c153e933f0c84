/** What the divergences share. */
import { _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import type { TensorLike } from '../arguments';
import { rsub } from '../utils';

export const infinity = Number.POSITIVE_INFINITY;

/** x log x, 0 at 0. */
export function xlogx(x: Tensor): Tensor {
  return x.xlogy(x);
}

/** Infinite where `condition` holds. */
export function infiniteWhere(condition: Tensor, value: Tensor): Tensor {
  return setWhere_(value, condition, infinity);
}

/** Sets the places where `condition` holds, in place. */
export function setWhere_(value: Tensor, condition: Tensor, to: number): Tensor {
  return value.index_put_([condition.expand_as(value)], to);
}

export function infiniteLike(x: Tensor): Tensor {
  return _torch.full_like(x, infinity);
}

/** E log Γ terms of a gamma: log Γ(a) − a log b. */
export function gammaNormalizer({ concentration, rate }: { concentration: Tensor; rate: Tensor }): Tensor {
  return concentration.lgamma().sub(concentration.mul(rate.log()));
}

/** 1 − x */
export function complement(x: Tensor): Tensor {
  return rsub(1, x);
}

/** Whether a value lies below a bound or above another. */
export function outside(low: Tensor, high: Tensor, { lower_bound, upper_bound }: Bounds): Tensor {
  return low.lt(lower_bound).bitwise_or(high.gt(upper_bound));
}

interface Bounds {
  readonly lower_bound: TensorLike;
  readonly upper_bound: TensorLike;
}
