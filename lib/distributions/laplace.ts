import { finfo } from '../tensor/numeric_limits';
import type { Tensor } from '../tensor/tensor';
import { type SampleShape, type Value, valueOf } from './distribution';
import * as signatures from './generated/distributions';
import { LocationScale } from './location_scale';
import { rsub } from './utils';

/** The Laplace distribution. https://docs.pytorch.org/docs/2.13/distributions.html#laplace */
export class Laplace extends LocationScale {
  constructor(...args: signatures.LaplaceArgs) {
    super(signatures.Laplace.read(args));
  }

  override get mean(): Tensor {
    return this.loc;
  }

  override get variance(): Tensor {
    return this.scale.pow(2).mul(2);
  }

  override get stddev(): Tensor {
    return this.scale.mul(Math.SQRT2);
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    const { eps } = finfo(this.loc.dtype);
    const u = this.loc.new_empty(this._extended_shape(sample_shape)).uniform_(eps - 1, 1);
    return this.loc.sub(this.scale.mul(u.sign()).mul(u.abs().neg().log1p()));
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    return this.scale.mul(2).log().neg().sub(value.sub(this.loc).abs().div(this.scale));
  }

  override cdf(given: Value): Tensor {
    const value = this._checked(given, 'cdf');
    const difference = value.sub(this.loc);
    const tail = difference.abs().neg().div(this.scale).expm1();
    return rsub(0.5, difference.sign().mul(0.5).mul(tail));
  }

  override icdf(given: Value): Tensor {
    const value = valueOf(given, 'icdf');
    const term = value.sub(0.5);
    return this.loc.sub(this.scale.mul(term.sign()).mul(term.abs().mul(-2).log1p()));
  }

  override entropy(): Tensor {
    return this.scale.mul(2).log().add(1);
  }
}
