import { tensor } from '../tensor/creation';
import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import type { TensorLike } from './arguments';
import { positive, unit_interval } from './constraints';
import { Dirichlet } from './dirichlet';
import { type BatchShape, type SampleShape, shapeOf, type Value } from './distribution';
import { ExponentialFamily } from './exp_family';
import * as signatures from './generated/distributions';
import { broadcast_all, rsub } from './utils';

/** Both concentrations as the last dimension. */
function joined(concentration1: TensorLike, concentration0: TensorLike): Tensor {
  if (typeof concentration1 === 'number' && typeof concentration0 === 'number') {
    return tensor([concentration1, concentration0]);
  }
  return _torch.stack(broadcast_all(concentration1, concentration0), -1);
}

/** The beta distribution. https://docs.pytorch.org/docs/2.13/distributions.html#beta */
export class Beta extends ExponentialFamily {
  static override readonly arg_constraints = { concentration1: positive, concentration0: positive };
  static override readonly support = unit_interval;
  static override readonly has_rsample = true;

  private readonly _dirichlet: Dirichlet;

  constructor(...args: signatures.BetaArgs) {
    const { concentration1, concentration0, validate_args } = signatures.Beta.read(args);
    const dirichlet = new Dirichlet(joined(concentration1, concentration0), { validate_args });
    super(dirichlet.batch_shape);
    this._dirichlet = dirichlet;
    this._check_args(validate_args);
  }

  override expand(batch_shape: BatchShape): this {
    const shape = shapeOf(batch_shape, 'batch_shape');
    return this._copy(shape, { _dirichlet: this._dirichlet.expand(shape) });
  }

  get concentration1(): Tensor {
    return this._dirichlet.concentration.select(-1, 0);
  }

  get concentration0(): Tensor {
    return this._dirichlet.concentration.select(-1, 1);
  }

  override get mean(): Tensor {
    return this.concentration1.div(this.concentration1.add(this.concentration0));
  }

  override get mode(): Tensor {
    return this._dirichlet.mode.select(-1, 0);
  }

  override get variance(): Tensor {
    const total = this.concentration1.add(this.concentration0);
    return this.concentration1.mul(this.concentration0).div(total.pow(2).mul(total.add(1)));
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    return this._dirichlet.rsample(sample_shape).select(-1, 0);
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    return this._dirichlet.log_prob(_torch.stack([value, rsub(1, value)], -1));
  }

  override entropy(): Tensor {
    return this._dirichlet.entropy();
  }

  override get _natural_params(): Tensor[] {
    return [this.concentration1, this.concentration0];
  }

  override _log_normalizer(x: Tensor, y: Tensor): Tensor {
    return x.lgamma().add(y.lgamma()).sub(x.add(y).lgamma());
  }
}
