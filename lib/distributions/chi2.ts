import { Tensor } from '../tensor/tensor';
import { positive } from './constraints';
import { Gamma } from './gamma';
import * as signatures from './generated/distributions';

/** The sum of the squares of `df` independent standard normals. https://docs.pytorch.org/docs/2.13/distributions.html#chi2 */
export class Chi2 extends Gamma {
  static override readonly arg_constraints = { df: positive };

  constructor(...args: signatures.Chi2Args) {
    const { df, validate_args } = signatures.Chi2.read(args);
    super(df instanceof Tensor ? df.mul(0.5) : df * 0.5, 0.5, { validate_args });
  }

  get df(): Tensor {
    return this.concentration.mul(2);
  }
}
