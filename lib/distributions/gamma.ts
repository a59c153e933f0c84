import { as_tensor } from '../tensor/creation';
import { _special, _torch } from '../tensor/namespaces';
import { finfo } from '../tensor/numeric_limits';
import type { Tensor } from '../tensor/tensor';
import type { TensorLike } from './arguments';
import { nonnegative, positive } from './constraints';
import { type SampleShape, type Value, valueOf } from './distribution';
import { ExponentialFamily } from './exp_family';
import * as signatures from './generated/distributions';
import { broadcast_all, rsub } from './utils';

/** The gamma distribution, by shape and rate. https://docs.pytorch.org/docs/2.13/distributions.html#gamma */
export class Gamma extends ExponentialFamily {
  static override readonly arg_constraints: typeof ExponentialFamily.arg_constraints = {
    concentration: positive,
    rate: positive,
  };
  static override readonly support = nonnegative;
  static override readonly has_rsample = true;
  static override readonly _batched = ['concentration', 'rate'];

  readonly concentration: Tensor;
  readonly rate: Tensor;

  constructor(...args: signatures.GammaArgs) {
    const { concentration, rate, validate_args } = signatures.Gamma.read(args);
    const [shape, speed] = broadcast_all(concentration, rate);
    super(shape.shape);
    this.concentration = shape;
    this.rate = speed;
    this._check_args(validate_args);
  }

  override get mean(): Tensor {
    return this.concentration.div(this.rate);
  }

  override get mode(): Tensor {
    return this.concentration.sub(1).div(this.rate).clamp({ min: 0 });
  }

  override get variance(): Tensor {
    return this.concentration.div(this.rate.pow(2));
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    const shape = this._extended_shape(sample_shape);
    const value = _torch._standard_gamma(this.concentration.expand(shape)).div(this.rate.expand(shape));
    value.detach().clamp_({ min: finfo(value.dtype).tiny }); // no part of the gradient
    return value;
  }

  override log_prob(given: TensorLike | Value): Tensor {
    const { dtype, device } = this.rate;
    const x = as_tensor(typeof given === 'number' ? given : valueOf(given, 'log_prob'), { dtype, device });
    if (this._validate_args) this._validate_sample(x);
    return _torch
      .xlogy(this.concentration, this.rate)
      .add(_torch.xlogy(this.concentration.sub(1), x))
      .sub(this.rate.mul(x))
      .sub(this.concentration.lgamma());
  }

  override cdf(given: Value): Tensor {
    const value = this._checked(given, 'cdf');
    return _special.gammainc(this.concentration, this.rate.mul(value));
  }

  override entropy(): Tensor {
    return this.concentration
      .sub(this.rate.log())
      .add(this.concentration.lgamma())
      .add(rsub(1, this.concentration).mul(this.concentration.digamma()));
  }

  override get _natural_params(): Tensor[] {
    return [this.concentration.sub(1), this.rate.neg()];
  }

  override _log_normalizer(x: Tensor, y: Tensor): Tensor {
    const shape = x.add(1);
    return shape.lgamma().add(shape.mul(y.reciprocal().neg().log()));
  }

  override get _mean_carrier_measure(): number {
    return 0;
  }
}
