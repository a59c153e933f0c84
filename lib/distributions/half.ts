import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import type { Cauchy } from './cauchy';
import { nonnegative, positive } from './constraints';
import { type Value, valueOf } from './distribution';
import type { Normal } from './normal';
import { TransformedDistribution } from './transformed_distribution';
import { AbsTransform } from './transforms';

/** The absolute value of a variable whose density is the same on both sides of 0. */
export abstract class Half<Base extends Normal | Cauchy> extends TransformedDistribution {
  static override readonly arg_constraints = { scale: positive };
  static override readonly support = nonnegative;
  static override readonly has_rsample = true;

  declare readonly base_dist: Base;

  constructor(base: Base, validate_args: boolean | null) {
    super(base, new AbsTransform(), { validate_args });
  }

  get scale(): Tensor {
    return this.base_dist.scale;
  }

  override get mode(): Tensor {
    return _torch.zeros_like(this.scale);
  }

  /** The logarithm of the density, twice that of the base where there is one. */
  protected folded(value: Tensor): Tensor {
    const log_prob = this.base_dist.log_prob(value).add(Math.LN2);
    return _torch.where(value.ge(0), log_prob, Number.NEGATIVE_INFINITY);
  }

  override cdf(given: Value): Tensor {
    const value = this._checked(given, 'cdf');
    return this.base_dist.cdf(value).mul(2).sub(1);
  }

  override icdf(given: Value | { prob: Tensor }): Tensor {
    const prob = valueOf(given, 'icdf', 'prob');
    return this.base_dist.icdf(prob.add(1).div(2));
  }

  override entropy(): Tensor {
    return this.base_dist.entropy().sub(Math.LN2);
  }
}
