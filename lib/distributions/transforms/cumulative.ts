import type { Tensor } from '../../tensor/tensor';
import { type Constraint, unit_interval } from '../constraints';
import type { Distribution } from '../distribution';
import * as signatures from '../generated/distributions';
import { Transform } from './transform';

/**
 * The cumulative distribution function of a distribution of one number.
 * https://docs.pytorch.org/docs/2.13/distributions.html#torch.distributions.transforms.CumulativeDistributionTransform
 */
export class CumulativeDistributionTransform extends Transform {
  readonly distribution: Distribution;

  constructor(...args: signatures.CumulativeDistributionTransformArgs) {
    const { distribution, cache_size } = signatures.CumulativeDistributionTransform.read(args);
    super({ cache_size });
    this.distribution = distribution;
  }

  override get domain(): Constraint {
    return this.distribution.support;
  }

  override get codomain(): Constraint {
    return unit_interval;
  }

  override get bijective(): boolean {
    return true;
  }

  override get sign(): number {
    return 1;
  }

  protected override _with_cache(cache_size: number): Transform {
    return new CumulativeDistributionTransform(this.distribution, cache_size);
  }

  protected override _call(x: Tensor): Tensor {
    return this.distribution.cdf(x);
  }

  protected override _inverse(y: Tensor): Tensor {
    return this.distribution.icdf(y);
  }

  override log_abs_det_jacobian(x: Tensor, _y: Tensor): Tensor {
    return this.distribution.log_prob(x);
  }
}
