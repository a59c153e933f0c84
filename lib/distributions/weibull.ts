import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import { positive } from './constraints';
import { type BatchShape, shapeOf } from './distribution';
import { Exponential } from './exponential';
import * as signatures from './generated/distributions';
import { TransformedDistribution } from './transformed_distribution';
import { AffineTransform, PowerTransform, type Transform } from './transforms';
import { broadcast_all, euler_constant, rsub } from './utils';

/** From an exponential variable. */
function transformsOf(scale: Tensor, reciprocal: Tensor): Transform[] {
  return [new PowerTransform(reciprocal), new AffineTransform(0, scale)];
}

/** The Weibull distribution. https://docs.pytorch.org/docs/2.13/distributions.html#weibull */
export class Weibull extends TransformedDistribution {
  static override readonly arg_constraints = { scale: positive, concentration: positive };
  static override readonly support = positive;

  readonly scale: Tensor;
  readonly concentration: Tensor;
  readonly concentration_reciprocal: Tensor;

  constructor(...args: signatures.WeibullArgs) {
    const given = signatures.Weibull.read(args);
    const { validate_args } = given;
    const [scale, concentration] = broadcast_all(given.scale, given.concentration);
    const reciprocal = concentration.reciprocal();
    const base = new Exponential(_torch.ones_like(scale), { validate_args });
    super(base, transformsOf(scale, reciprocal), { validate_args });
    this.scale = scale;
    this.concentration = concentration;
    this.concentration_reciprocal = reciprocal;
    this._check_args(validate_args);
  }

  override expand(batch_shape: BatchShape): this {
    const shape = shapeOf(batch_shape, 'batch_shape');
    const { scale, concentration } = this._expanded(['scale', 'concentration'], shape) as Pick<
      this,
      'scale' | 'concentration'
    >;
    const concentration_reciprocal = concentration.reciprocal();
    return this._copy(shape, {
      scale,
      concentration,
      concentration_reciprocal,
      base_dist: this.base_dist.expand(shape),
      transforms: transformsOf(scale, concentration_reciprocal),
    });
  }

  override get mean(): Tensor {
    return this.scale.mul(this.concentration_reciprocal.add(1).lgamma().exp());
  }

  override get mode(): Tensor {
    const { concentration } = this;
    return this.scale.mul(concentration.sub(1).div(concentration).pow(concentration.reciprocal()));
  }

  override get variance(): Tensor {
    const second = this.concentration_reciprocal.mul(2).add(1).lgamma().exp();
    const first = this.concentration_reciprocal.add(1).lgamma().mul(2).exp();
    return this.scale.pow(2).mul(second.sub(first));
  }

  override entropy(): Tensor {
    return rsub(1, this.concentration_reciprocal)
      .mul(euler_constant)
      .add(this.scale.mul(this.concentration_reciprocal).log())
      .add(1);
  }
}
