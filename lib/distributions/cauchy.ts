import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import { type SampleShape, type Value, valueOf } from './distribution';
import * as signatures from './generated/distributions';
import { LocationScale } from './location_scale';
import { rsub } from './utils';

/** The Cauchy distribution: the ratio of two independent centred normals. https://docs.pytorch.org/docs/2.13/distributions.html#cauchy */
export class Cauchy extends LocationScale {
  constructor(...args: signatures.CauchyArgs) {
    super(signatures.Cauchy.read(args));
  }

  override get mean(): Tensor {
    return this.filled(Number.NaN);
  }

  override get variance(): Tensor {
    return this.filled(Number.POSITIVE_INFINITY);
  }

  private standardized(value: Tensor): Tensor {
    return value.sub(this.loc).div(this.scale);
  }

  private filled(value: number): Tensor {
    const { dtype, device } = this.loc;
    return _torch.full(this._extended_shape(), value, { dtype, device });
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    const eps = this.loc.new_empty(this._extended_shape(sample_shape)).cauchy_();
    return this.loc.add(eps.mul(this.scale));
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    return rsub(-Math.log(Math.PI), this.scale.log()).sub(this.standardized(value).pow(2).log1p());
  }

  override cdf(given: Value): Tensor {
    const value = this._checked(given, 'cdf');
    return this.standardized(value).atan().div(Math.PI).add(0.5);
  }

  override icdf(given: Value): Tensor {
    const value = valueOf(given, 'icdf');
    return value.sub(0.5).mul(Math.PI).tan().mul(this.scale).add(this.loc);
  }

  override entropy(): Tensor {
    return this.scale.log().add(Math.log(4 * Math.PI));
  }
}
