import { Tensor } from '../tensor/tensor';
import { type ArgumentsOf, initializer, type TensorLike, type Validated } from './arguments';
import { positive } from './constraints';
import { Gamma } from './gamma';

interface Chi2Options extends Validated {
  df: TensorLike;
}

const parameters = initializer<Chi2Options>()('Chi2', ['df', 'validate_args'], { validate_args: null });

/** The sum of the squares of `df` independent standard normals. https://docs.pytorch.org/docs/2.13/distributions.html#chi2 */
export class Chi2 extends Gamma {
  static override readonly arg_constraints = { df: positive };

  constructor(...args: ArgumentsOf<typeof parameters>) {
    const { df, validate_args } = parameters.read(args);
    super(df instanceof Tensor ? df.mul(0.5) : df * 0.5, 0.5, { validate_args });
  }

  get df(): Tensor {
    return this.concentration.mul(2);
  }
}
