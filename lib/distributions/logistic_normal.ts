import type { Tensor } from '../tensor/tensor';
import { positive, real, simplex } from './constraints';
import * as signatures from './generated/distributions';
import type { Independent } from './independent';
import { Normal } from './normal';
import { TransformedDistribution } from './transformed_distribution';
import { StickBreakingTransform } from './transforms';

/** n normal variables mapped to n + 1 probabilities. https://docs.pytorch.org/docs/2.13/distributions.html#logisticnormal */
export class LogisticNormal extends TransformedDistribution {
  static override readonly arg_constraints = { loc: real, scale: positive };
  static override readonly support = simplex;
  static override readonly has_rsample = true;

  declare readonly base_dist: Independent<Normal>;

  constructor(...args: signatures.LogisticNormalArgs) {
    const { loc, scale, validate_args } = signatures.LogisticNormal.read(args);
    const base = new Normal(loc, scale, { validate_args });
    const vectors = base.batch_shape.length === 0 ? base.expand([1]) : base;
    super(vectors, new StickBreakingTransform(), { validate_args });
  }

  get loc(): Tensor {
    return this.base_dist.base_dist.loc;
  }

  get scale(): Tensor {
    return this.base_dist.base_dist.scale;
  }
}
