import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import { nonnegative, positive } from './constraints';
import { type Value, valueOf } from './distribution';
import * as signatures from './generated/distributions';
import { Normal } from './normal';
import { TransformedDistribution } from './transformed_distribution';
import { AbsTransform } from './transforms';

/** The absolute value of a centred normal variable. https://docs.pytorch.org/docs/2.13/distributions.html#halfnormal */
export class HalfNormal extends TransformedDistribution {
  static override readonly arg_constraints = { scale: positive };
  static override readonly support = nonnegative;
  static override readonly has_rsample = true;

  declare readonly base_dist: Normal;

  constructor(...args: signatures.HalfNormalArgs) {
    const { scale, validate_args } = signatures.HalfNormal.read(args);
    super(new Normal(0, scale, { validate_args: false }), new AbsTransform(), { validate_args });
  }

  get scale(): Tensor {
    return this.base_dist.scale;
  }

  override get mean(): Tensor {
    return this.scale.mul(Math.sqrt(2 / Math.PI));
  }

  override get mode(): Tensor {
    return _torch.zeros_like(this.scale);
  }

  override get variance(): Tensor {
    return this.scale.pow(2).mul(1 - 2 / Math.PI);
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
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
