import { _torch } from '../tensor/namespaces';
import { finfo } from '../tensor/numeric_limits';
import type { Tensor } from '../tensor/tensor';
import { positive, real } from './constraints';
import type { Value } from './distribution';
import * as signatures from './generated/distributions';
import { TransformedDistribution } from './transformed_distribution';
import { AffineTransform, ExpTransform } from './transforms';
import { Uniform } from './uniform';
import { broadcast_all, euler_constant } from './utils';

/** The Gumbel distribution of maxima. https://docs.pytorch.org/docs/2.13/distributions.html#gumbel */
export class Gumbel extends TransformedDistribution {
  static override readonly arg_constraints = { loc: real, scale: positive };
  static override readonly support = real;
  static override readonly _batched = ['loc', 'scale'];

  readonly loc: Tensor;
  readonly scale: Tensor;

  constructor(...args: signatures.GumbelArgs) {
    const { loc, scale, validate_args } = signatures.Gumbel.read(args);
    const [centre, width] = broadcast_all(loc, scale);
    const { tiny, eps } = finfo(centre.dtype);
    const base = new Uniform(_torch.full_like(centre, tiny), _torch.full_like(centre, 1 - eps), { validate_args });
    // loc − scale · log(−log u)
    const transforms = [
      new ExpTransform().inv,
      new AffineTransform(0, _torch.ones_like(width).neg()),
      new ExpTransform().inv,
      new AffineTransform(loc, width.neg()),
    ];
    super(base, transforms, { validate_args });
    this.loc = centre;
    this.scale = width;
    this._check_args(validate_args);
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    const y = this.loc.sub(value).div(this.scale);
    return y.sub(y.exp()).sub(this.scale.log());
  }

  override get mean(): Tensor {
    return this.loc.add(this.scale.mul(euler_constant));
  }

  override get mode(): Tensor {
    return this.loc;
  }

  override get stddev(): Tensor {
    return this.scale.mul(Math.PI / Math.sqrt(6));
  }

  override get variance(): Tensor {
    return this.stddev.pow(2);
  }

  override entropy(): Tensor {
    return this.scale.log().add(1 + euler_constant);
  }
}
