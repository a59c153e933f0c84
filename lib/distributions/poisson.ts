import { no_grad } from '../autograd/grad_mode';
import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import { nonnegative, nonnegative_integer } from './constraints';
import type { SampleShape, Value } from './distribution';
import { ExponentialFamily } from './exp_family';
import * as signatures from './generated/distributions';
import { broadcast_all } from './utils';

/** How many events happen in one unit of time, at `rate` on average. https://docs.pytorch.org/docs/2.13/distributions.html#poisson */
export class Poisson extends ExponentialFamily {
  static override readonly arg_constraints = { rate: nonnegative };
  static override readonly support = nonnegative_integer;
  static override readonly _batched = ['rate'];

  readonly rate: Tensor;

  constructor(...args: signatures.PoissonArgs) {
    const { rate, validate_args } = signatures.Poisson.read(args);
    const [given] = broadcast_all(rate);
    super(given.shape);
    this.rate = given;
    this._check_args(validate_args);
  }

  override get mean(): Tensor {
    return this.rate;
  }

  override get mode(): Tensor {
    return this.rate.floor();
  }

  override get variance(): Tensor {
    return this.rate;
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    const shape = this._extended_shape(sample_shape);
    return no_grad(() => _torch.poisson(this.rate.expand(shape)));
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    const [rate, count] = broadcast_all(this.rate, value);
    return count.xlogy(rate).sub(rate).sub(count.add(1).lgamma());
  }

  override get _natural_params(): Tensor[] {
    return [this.rate.log()];
  }

  override _log_normalizer(x: Tensor): Tensor {
    return x.exp();
  }
}
