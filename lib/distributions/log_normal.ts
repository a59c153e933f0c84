import type { Tensor } from '../tensor/tensor';
import { positive, real } from './constraints';
import * as signatures from './generated/distributions';
import { Normal } from './normal';
import { TransformedDistribution } from './transformed_distribution';
import { ExpTransform } from './transforms';

/** The exponential of a normal variable. https://docs.pytorch.org/docs/2.13/distributions.html#lognormal */
export class LogNormal extends TransformedDistribution {
  static override readonly arg_constraints = { loc: real, scale: positive };
  static override readonly support = positive;
  static override readonly has_rsample = true;

  declare readonly base_dist: Normal;

  constructor(...args: signatures.LogNormalArgs) {
    const { loc, scale, validate_args } = signatures.LogNormal.read(args);
    super(new Normal(loc, scale, { validate_args }), new ExpTransform(), { validate_args });
  }

  get loc(): Tensor {
    return this.base_dist.loc;
  }

  get scale(): Tensor {
    return this.base_dist.scale;
  }

  override get mean(): Tensor {
    return this.loc.add(this.scale.pow(2).div(2)).exp();
  }

  override get mode(): Tensor {
    return this.loc.sub(this.scale.square()).exp();
  }

  override get variance(): Tensor {
    const squared = this.scale.pow(2);
    return squared.expm1().mul(this.loc.mul(2).add(squared).exp());
  }

  override entropy(): Tensor {
    return this.base_dist.entropy().add(this.loc);
  }
}
