import type { Tensor } from '../tensor/tensor';
import type { Value } from './distribution';
import * as signatures from './generated/distributions';
import { Half } from './half';
import { Normal } from './normal';

/** The absolute value of a centred normal variable. https://docs.pytorch.org/docs/2.13/distributions.html#halfnormal */
export class HalfNormal extends Half<Normal> {
  constructor(...args: signatures.HalfNormalArgs) {
    const { scale, validate_args } = signatures.HalfNormal.read(args);
    super(new Normal(0, scale, { validate_args: false }), validate_args);
  }

  override get mean(): Tensor {
    return this.scale.mul(Math.sqrt(2 / Math.PI));
  }

  override get variance(): Tensor {
    return this.scale.pow(2).mul(1 - 2 / Math.PI);
  }

  override log_prob(given: Value): Tensor {
    return this.folded(this._checked(given, 'log_prob'));
  }
}
