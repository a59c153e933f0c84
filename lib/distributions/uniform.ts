import type { Tensor } from '../tensor/tensor';
import { type Constraint, dependent, greater_than, interval, less_than } from './constraints';
import { type ArgConstraints, Distribution, type SampleShape, type Value, valueOf } from './distribution';
import * as signatures from './generated/distributions';
import { broadcast_all, uniformLike } from './utils';

/** The uniform distribution on [low, high). https://docs.pytorch.org/docs/2.13/distributions.html#uniform */
export class Uniform extends Distribution {
  static override readonly support: Constraint = dependent({ is_discrete: false, event_dim: 0 });
  static override readonly has_rsample = true;
  static override readonly _batched = ['low', 'high'];

  readonly low: Tensor;
  readonly high: Tensor;

  constructor(...args: signatures.UniformArgs) {
    const given = signatures.Uniform.read(args);
    const [low, high] = broadcast_all(given.low, given.high);
    super(low.shape);
    this.low = low;
    this.high = high;
    this._check_args(given.validate_args);
  }

  override get arg_constraints(): ArgConstraints {
    return { low: less_than(this.high), high: greater_than(this.low) };
  }

  override get support(): Constraint {
    return interval(this.low, this.high);
  }

  override get mean(): Tensor {
    return this.high.add(this.low).div(2);
  }

  override get mode(): Tensor {
    return this.high.mul(Number.NaN);
  }

  override get stddev(): Tensor {
    return this.high.sub(this.low).div(Math.sqrt(12));
  }

  override get variance(): Tensor {
    return this.high.sub(this.low).pow(2).div(12);
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    const rand = uniformLike(this._extended_shape(sample_shape), this.low);
    return this.low.add(rand.mul(this.high.sub(this.low)));
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    const above = this.low.le(value).type_as(this.low);
    const below = this.high.gt(value).type_as(this.low);
    return above.mul(below).log().sub(this.high.sub(this.low).log());
  }

  override cdf(given: Value): Tensor {
    const value = this._checked(given, 'cdf');
    return value.sub(this.low).div(this.high.sub(this.low)).clamp(0, 1);
  }

  override icdf(given: Value): Tensor {
    const value = valueOf(given, 'icdf');
    return value.mul(this.high.sub(this.low)).add(this.low);
  }

  override entropy(): Tensor {
    return this.high.sub(this.low).log();
  }
}
