import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import { positive, unit_interval } from './constraints';
import * as signatures from './generated/distributions';
import { TransformedDistribution } from './transformed_distribution';
import { AffineTransform, PowerTransform } from './transforms';
import { Uniform } from './uniform';
import { broadcast_all, euler_constant, rdiv, rsub } from './utils';

/** E xⁿ */
function moment(a: Tensor, b: Tensor, n: number): Tensor {
  const shape = rdiv(n, a).add(1);
  return b.mul(shape.lgamma().add(b.lgamma()).sub(shape.add(b).lgamma()).exp());
}

/** The Kumaraswamy distribution on [0, 1]. https://docs.pytorch.org/docs/2.13/distributions.html#kumaraswamy */
export class Kumaraswamy extends TransformedDistribution {
  static override readonly arg_constraints = { concentration1: positive, concentration0: positive };
  static override readonly support = unit_interval;
  static override readonly has_rsample = true;
  static override readonly _batched = ['concentration1', 'concentration0'];

  readonly concentration1: Tensor;
  readonly concentration0: Tensor;

  constructor(...args: signatures.KumaraswamyArgs) {
    const { concentration1, concentration0, validate_args } = signatures.Kumaraswamy.read(args);
    const [a, b] = broadcast_all(concentration1, concentration0);
    const base = new Uniform(_torch.full_like(b, 0), _torch.full_like(b, 1), { validate_args });
    // (1 − u^(1/b))^(1/a)
    const transforms = [
      new PowerTransform(b.reciprocal()),
      new AffineTransform(1, -1),
      new PowerTransform(a.reciprocal()),
    ];
    super(base, transforms, { validate_args });
    this.concentration1 = a;
    this.concentration0 = b;
    this._check_args(validate_args);
  }

  override get mean(): Tensor {
    return moment(this.concentration1, this.concentration0, 1);
  }

  override get mode(): Tensor {
    const [a, b] = [this.concentration1, this.concentration0];
    const log_mode = b.reciprocal().mul(b.neg().log1p()).sub(b.neg().mul(a).log1p());
    return log_mode.index_put_([b.lt(1).bitwise_or(a.lt(1))], Number.NaN).exp();
  }

  override get variance(): Tensor {
    return moment(this.concentration1, this.concentration0, 2).sub(this.mean.pow(2));
  }

  override entropy(): Tensor {
    const [a, b] = [this.concentration1, this.concentration0];
    const [ofA, ofB] = [rsub(1, a.reciprocal()), rsub(1, b.reciprocal())];
    const harmonic = b.add(1).digamma().add(euler_constant);
    return ofB.add(ofA.mul(harmonic)).sub(a.log()).sub(b.log());
  }
}
