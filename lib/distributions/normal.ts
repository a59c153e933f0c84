import { no_grad } from '../autograd/grad_mode';
import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import { positive, real } from './constraints';
import { type SampleShape, type Value, valueOf } from './distribution';
import { ExponentialFamily } from './exp_family';
import * as signatures from './generated/distributions';
import { broadcast_all, rdiv, standardNormal } from './utils';

/** The normal distribution. https://docs.pytorch.org/docs/2.13/distributions.html#normal */
export class Normal extends ExponentialFamily {
  static override readonly arg_constraints = { loc: real, scale: positive };
  static override readonly support = real;
  static override readonly has_rsample = true;
  static override readonly _batched = ['loc', 'scale'];

  readonly loc: Tensor;
  readonly scale: Tensor;

  constructor(...args: signatures.NormalArgs) {
    const { loc, scale, validate_args } = signatures.Normal.read(args);
    const [mean, stddev] = broadcast_all(loc, scale);
    super(mean.shape);
    this.loc = mean;
    this.scale = stddev;
    this._check_args(validate_args);
  }

  override get mean(): Tensor {
    return this.loc;
  }

  override get mode(): Tensor {
    return this.loc;
  }

  override get stddev(): Tensor {
    return this.scale;
  }

  override get variance(): Tensor {
    return this.stddev.pow(2);
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    const shape = this._extended_shape(sample_shape);
    return no_grad(() => _torch.normal(this.loc.expand(shape), this.scale.expand(shape)));
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    const eps = standardNormal(this._extended_shape(sample_shape), this.loc.dtype, this.loc.device);
    return this.loc.add(eps.mul(this.scale));
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    return value
      .sub(this.loc)
      .pow(2)
      .neg()
      .div(this.scale.pow(2).mul(2))
      .sub(this.scale.log())
      .sub(Math.log(Math.sqrt(2 * Math.PI)));
  }

  override cdf(given: Value): Tensor {
    const value = this._checked(given, 'cdf');
    return value.sub(this.loc).mul(this.scale.reciprocal()).div(Math.SQRT2).erf().add(1).mul(0.5);
  }

  override icdf(given: Value): Tensor {
    const value = valueOf(given, 'icdf');
    return this.loc.add(this.scale.mul(value.mul(2).sub(1).erfinv()).mul(Math.SQRT2));
  }

  override entropy(): Tensor {
    return this.scale.log().add(0.5 + 0.5 * Math.log(2 * Math.PI));
  }

  override get _natural_params(): Tensor[] {
    const variance = this.scale.pow(2);
    return [this.loc.div(variance), variance.reciprocal().mul(-0.5)];
  }

  override _log_normalizer(x: Tensor, y: Tensor): Tensor {
    return x.pow(2).mul(-0.25).div(y).add(rdiv(-Math.PI, y).log().mul(0.5));
  }

  override get _mean_carrier_measure(): number {
    return 0;
  }
}
