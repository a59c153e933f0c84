import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import { positive } from './constraints';
import { Gamma } from './gamma';
import * as signatures from './generated/distributions';
import { TransformedDistribution } from './transformed_distribution';
import { PowerTransform } from './transforms';

/** The reciprocal of a gamma variable. https://docs.pytorch.org/docs/2.13/distributions.html#inversegamma */
export class InverseGamma extends TransformedDistribution {
  static override readonly arg_constraints = { concentration: positive, rate: positive };
  static override readonly support = positive;
  static override readonly has_rsample = true;

  declare readonly base_dist: Gamma;

  constructor(...args: signatures.InverseGammaArgs) {
    const { concentration, rate, validate_args } = signatures.InverseGamma.read(args);
    const base = new Gamma(concentration, rate, { validate_args });
    super(base, new PowerTransform(base.rate.new_ones([]).neg()), { validate_args });
  }

  get concentration(): Tensor {
    return this.base_dist.concentration;
  }

  get rate(): Tensor {
    return this.base_dist.rate;
  }

  override get mean(): Tensor {
    const mean = this.rate.div(this.concentration.sub(1));
    return _torch.where(this.concentration.gt(1), mean, Number.POSITIVE_INFINITY);
  }

  override get mode(): Tensor {
    return this.rate.div(this.concentration.add(1));
  }

  override get variance(): Tensor {
    const divisor = this.concentration.sub(1).square().mul(this.concentration.sub(2));
    return _torch.where(this.concentration.gt(2), this.rate.square().div(divisor), Number.POSITIVE_INFINITY);
  }

  override entropy(): Tensor {
    const { concentration, rate } = this;
    return concentration
      .add(rate.log())
      .add(concentration.lgamma())
      .sub(concentration.add(1).mul(concentration.digamma()));
  }
}
