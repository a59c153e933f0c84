import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import { nonnegative, positive } from './constraints';
import { type SampleShape, type Value, valueOf } from './distribution';
import { ExponentialFamily } from './exp_family';
import * as signatures from './generated/distributions';
import { broadcast_all, rsub } from './utils';

/** The time between events that happen `rate` times in one unit. https://docs.pytorch.org/docs/2.13/distributions.html#exponential */
export class Exponential extends ExponentialFamily {
  static override readonly arg_constraints = { rate: positive };
  static override readonly support = nonnegative;
  static override readonly has_rsample = true;
  static override readonly _batched = ['rate'];

  readonly rate: Tensor;

  constructor(...args: signatures.ExponentialArgs) {
    const { rate, validate_args } = signatures.Exponential.read(args);
    const [given] = broadcast_all(rate);
    super(given.shape);
    this.rate = given;
    this._check_args(validate_args);
  }

  override get mean(): Tensor {
    return this.rate.reciprocal();
  }

  override get mode(): Tensor {
    return _torch.zeros_like(this.rate);
  }

  override get stddev(): Tensor {
    return this.rate.reciprocal();
  }

  override get variance(): Tensor {
    return this.rate.pow(-2);
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    return this.rate.new_empty(this._extended_shape(sample_shape)).exponential_().div(this.rate);
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    return this.rate.log().sub(this.rate.mul(value));
  }

  override cdf(given: Value): Tensor {
    const value = this._checked(given, 'cdf');
    return rsub(1, this.rate.neg().mul(value).exp());
  }

  override icdf(given: Value): Tensor {
    const value = valueOf(given, 'icdf');
    return value.neg().log1p().neg().div(this.rate);
  }

  override entropy(): Tensor {
    return rsub(1, this.rate.log());
  }

  override get _natural_params(): Tensor[] {
    return [this.rate.neg()];
  }

  override _log_normalizer(x: Tensor): Tensor {
    return x.neg().log().neg();
  }

  override get _mean_carrier_measure(): number {
    return 0;
  }
}
