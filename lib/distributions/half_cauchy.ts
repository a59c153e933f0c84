import { as_tensor } from '../tensor/creation';
import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import type { TensorLike } from './arguments';
import { Cauchy } from './cauchy';
import { nonnegative, positive } from './constraints';
import { type Value, valueOf } from './distribution';
import * as signatures from './generated/distributions';
import { TransformedDistribution } from './transformed_distribution';
import { AbsTransform } from './transforms';

/** The absolute value of a centred Cauchy variable. https://docs.pytorch.org/docs/2.13/distributions.html#halfcauchy */
export class HalfCauchy extends TransformedDistribution {
  static override readonly arg_constraints = { scale: positive };
  static override readonly support = nonnegative;
  static override readonly has_rsample = true;

  declare readonly base_dist: Cauchy;

  constructor(...args: signatures.HalfCauchyArgs) {
    const { scale, validate_args } = signatures.HalfCauchy.read(args);
    super(new Cauchy(0, scale, { validate_args: false }), new AbsTransform(), { validate_args });
  }

  get scale(): Tensor {
    return this.base_dist.scale;
  }

  override get mean(): Tensor {
    const { dtype, device } = this.scale;
    return _torch.full(this._extended_shape(), Number.POSITIVE_INFINITY, { dtype, device });
  }

  override get mode(): Tensor {
    return _torch.zeros_like(this.scale);
  }

  override get variance(): Tensor {
    return this.base_dist.variance;
  }

  override log_prob(given: TensorLike | Value): Tensor {
    const value = valueOf(given, 'log_prob');
    const { dtype, device } = this.scale;
    if (this._validate_args) this._validate_sample(value as Tensor);
    const x = as_tensor(value, { dtype, device });
    const log_prob = this.base_dist.log_prob(x).add(Math.LN2);
    return _torch.where(x.ge(0), log_prob, Number.NEGATIVE_INFINITY);
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
