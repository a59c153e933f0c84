/** Constraints on vectors: the last dimension. */
import type { Tensor } from '../../tensor/tensor';
import type { TensorLike } from '../arguments';
import * as signatures from '../generated/distributions_constraints';
import { Constraint } from './constraint';

/** A 1 among zeros. */
export class _OneHot extends Constraint {
  override get is_discrete(): boolean {
    return true;
  }

  override get event_dim(): number {
    return 1;
  }

  override check(value: Tensor): Tensor {
    const binary = value.eq(0).bitwise_or(value.eq(1));
    return binary.all(-1).bitwise_and(value.sum(-1).eq(1));
  }
}

/** Nonnegative numbers that sum to 1. */
export class _Simplex extends Constraint {
  override get event_dim(): number {
    return 1;
  }

  override check(value: Tensor): Tensor {
    return value.ge(0).all(-1).bitwise_and(value.sum(-1).sub(1).abs().lt(1e-6));
  }
}

/** Nonnegative counts that sum to at most `upper_bound`. */
export class _Multinomial extends Constraint {
  readonly upper_bound: TensorLike;

  constructor(...args: signatures.MultinomialArgs) {
    super();
    this.upper_bound = signatures.multinomial.read(args, new.target.name).upper_bound;
  }

  override get is_discrete(): boolean {
    return true;
  }

  override get event_dim(): number {
    return 1;
  }

  override check(value: Tensor): Tensor {
    return value.ge(0).all(-1).bitwise_and(value.sum(-1).le(this.upper_bound));
  }
}
