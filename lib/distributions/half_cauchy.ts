import { as_tensor } from '../tensor/creation';
import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import type { TensorLike } from './arguments';
import { Cauchy } from './cauchy';
import { type Value, valueOf } from './distribution';
import * as signatures from './generated/distributions';
import { Half } from './half';

/** The absolute value of a centred Cauchy variable. https://docs.pytorch.org/docs/2.13/distributions.html#halfcauchy */
export class HalfCauchy extends Half<Cauchy> {
  constructor(...args: signatures.HalfCauchyArgs) {
    const { scale, validate_args } = signatures.HalfCauchy.read(args);
    super(new Cauchy(0, scale, { validate_args: false }), validate_args);
  }

  override get mean(): Tensor {
    const { dtype, device } = this.scale;
    return _torch.full(this._extended_shape(), Number.POSITIVE_INFINITY, { dtype, device });
  }

  override get variance(): Tensor {
    return this.base_dist.variance;
  }

  override log_prob(given: TensorLike | Value): Tensor {
    const value = valueOf(given, 'log_prob');
    const { dtype, device } = this.scale;
    if (this._validate_args) this._validate_sample(value as Tensor);
    return this.folded(as_tensor(value, { dtype, device }));
  }
}
