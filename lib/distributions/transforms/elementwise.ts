/** Transforms of single numbers. https://docs.pytorch.org/docs/2.13/distributions.html#module-torch.distributions.transforms */

import { broadcast_shapes } from '../../functional/shapes';
import { softplus } from '../../nn/functional/activation';
import { finfo } from '../../tensor/numeric_limits';
import { Tensor } from '../../tensor/tensor';
import type { TensorLike } from '../arguments';
import { type Constraint, interval, positive, real, unit_interval } from '../constraints';
import { withFloats } from '../constraints/bounds';
import * as signatures from '../generated/distributions';
import { broadcast_all, rdiv, rsub } from '../utils';
import { Transform } from './transform';

/** A rising function of a real number. */
abstract class Rising extends Transform {
  override get domain(): Constraint {
    return real;
  }

  override get bijective(): boolean {
    return true;
  }

  override get sign(): number {
    return 1;
  }

  override equals(other: unknown): boolean {
    return other instanceof this.constructor;
  }
}

/** y = exp(x) */
export class ExpTransform extends Rising {
  override get codomain(): Constraint {
    return positive;
  }

  protected override _call(x: Tensor): Tensor {
    return x.exp();
  }

  protected override _inverse(y: Tensor): Tensor {
    return y.log();
  }

  override log_abs_det_jacobian(x: Tensor, _y: Tensor): Tensor {
    return x;
  }
}

/** The logistic function, kept away from 0 and 1. */
export function clippedSigmoid(x: Tensor): Tensor {
  const { tiny, eps } = finfo(x.dtype);
  return x.sigmoid().clamp(tiny, 1 - eps);
}

/** y = 1/(1 + exp(−x)) */
export class SigmoidTransform extends Rising {
  override get codomain(): Constraint {
    return unit_interval;
  }

  protected override _call(x: Tensor): Tensor {
    return clippedSigmoid(x);
  }

  protected override _inverse(y: Tensor): Tensor {
    const { tiny, eps } = finfo(y.dtype);
    const inside = y.clamp(tiny, 1 - eps);
    return inside.log().sub(inside.neg().log1p());
  }

  override log_abs_det_jacobian(x: Tensor, _y: Tensor): Tensor {
    return softplus(x.neg()).neg().sub(softplus(x));
  }
}

/** y = log(1 + exp(x)) */
export class SoftplusTransform extends Rising {
  override get codomain(): Constraint {
    return positive;
  }

  protected override _call(x: Tensor): Tensor {
    return softplus(x);
  }

  protected override _inverse(y: Tensor): Tensor {
    return y.neg().expm1().neg().log().add(y);
  }

  override log_abs_det_jacobian(x: Tensor, _y: Tensor): Tensor {
    return softplus(x.neg()).neg();
  }
}

const plusMinusOne = withFloats(interval(-1, 1));

/** y = tanh(x). A cache keeps its inverse exact where y is rounded to ±1. */
export class TanhTransform extends Rising {
  override get codomain(): Constraint {
    return plusMinusOne;
  }

  protected override _call(x: Tensor): Tensor {
    return x.tanh();
  }

  protected override _inverse(y: Tensor): Tensor {
    return y.atanh();
  }

  override log_abs_det_jacobian(x: Tensor, _y: Tensor): Tensor {
    // log(1 − tanh²x), without cancellation
    return rsub(Math.LN2, x)
      .sub(softplus(x.mul(-2)))
      .mul(2);
  }
}

/** y = |x| */
export class AbsTransform extends Transform {
  override get domain(): Constraint {
    return real;
  }

  override get codomain(): Constraint {
    return positive;
  }

  override equals(other: unknown): boolean {
    return other instanceof AbsTransform;
  }

  protected override _call(x: Tensor): Tensor {
    return x.abs();
  }

  protected override _inverse(y: Tensor): Tensor {
    return y;
  }
}

/** y = x^exponent */
export class PowerTransform extends Transform {
  readonly exponent: Tensor;

  constructor(...args: signatures.PowerTransformArgs) {
    const { exponent, cache_size } = signatures.PowerTransform.read(args);
    super({ cache_size });
    [this.exponent] = broadcast_all(exponent);
  }

  override get domain(): Constraint {
    return positive;
  }

  override get codomain(): Constraint {
    return positive;
  }

  override get bijective(): boolean {
    return true;
  }

  override get sign(): Tensor {
    return this.exponent.sign();
  }

  override equals(other: unknown): boolean {
    return other instanceof PowerTransform && allEqual(this.exponent, other.exponent);
  }

  protected override _with_cache(cache_size: number): Transform {
    return new PowerTransform(this.exponent, cache_size);
  }

  protected override _call(x: Tensor): Tensor {
    return x.pow(this.exponent);
  }

  protected override _inverse(y: Tensor): Tensor {
    return y.pow(rdiv(1, this.exponent));
  }

  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    return this.exponent.mul(y).div(x).abs().log();
  }

  override forward_shape(shape: readonly number[]): number[] {
    return broadcast_shapes(shape, this.exponent.shape);
  }

  override inverse_shape(shape: readonly number[]): number[] {
    return broadcast_shapes(shape, this.exponent.shape);
  }
}

/** Whether two numbers or tensors are the same everywhere. */
export function allEqual(some: TensorLike, others: TensorLike): boolean {
  if (some instanceof Tensor) return some.eq(others).all().is_nonzero();
  return others instanceof Tensor ? allEqual(others, some) : some === others;
}
