import type { Tensor } from '../tensor/tensor';
import { type Constraint, dependent, greater_than_eq, positive } from './constraints';
import { Exponential } from './exponential';
import * as signatures from './generated/distributions';
import { TransformedDistribution } from './transformed_distribution';
import { AffineTransform, ExpTransform } from './transforms';
import { broadcast_all } from './utils';

/** The Pareto distribution: powers of `scale` and above. https://docs.pytorch.org/docs/2.13/distributions.html#pareto */
export class Pareto extends TransformedDistribution {
  static override readonly arg_constraints = { alpha: positive, scale: positive };
  static override readonly support: Constraint = dependent({ is_discrete: false, event_dim: 0 });
  static override readonly _batched = ['scale', 'alpha'];

  readonly scale: Tensor;
  readonly alpha: Tensor;

  constructor(...args: signatures.ParetoArgs) {
    const given = signatures.Pareto.read(args);
    const { validate_args } = given;
    const [scale, alpha] = broadcast_all(given.scale, given.alpha);
    const base = new Exponential(alpha, { validate_args });
    super(base, [new ExpTransform(), new AffineTransform(0, scale)], { validate_args });
    this.scale = scale;
    this.alpha = alpha;
    this._check_args(validate_args);
  }

  override get support(): Constraint {
    return greater_than_eq(this.scale);
  }

  override get mean(): Tensor {
    const alpha = this.alpha.clamp({ min: 1 }); // infinite below
    return alpha.mul(this.scale).div(alpha.sub(1));
  }

  override get mode(): Tensor {
    return this.scale;
  }

  override get variance(): Tensor {
    const alpha = this.alpha.clamp({ min: 2 });
    return this.scale
      .pow(2)
      .mul(alpha)
      .div(alpha.sub(1).pow(2).mul(alpha.sub(2)));
  }

  override entropy(): Tensor {
    return this.scale.div(this.alpha).log().add(this.alpha.reciprocal().add(1));
  }
}
