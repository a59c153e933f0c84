import { Function, once_differentiable } from '../autograd/function';
import type { FunctionCtx } from '../autograd/function_ctx';
import { one_hot } from '../nn/functional/embedding';
import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import { independent, positive, simplex } from './constraints';
import { type BatchShape, type SampleShape, shapeOf, type Value } from './distribution';
import { ExponentialFamily } from './exp_family';
import * as signatures from './generated/distributions';
import { rsub } from './utils';

/** A sample, whose gradient comes from implicit differentiation of the distribution function. */
class _Dirichlet extends Function {
  static override forward(ctx: FunctionCtx, concentration: Tensor): Tensor {
    const x = _torch._sample_dirichlet(concentration);
    ctx.save_for_backward(x, concentration);
    return x;
  }

  static override backward = once_differentiable((ctx: FunctionCtx, grad: Tensor): Tensor => {
    const [x, concentration] = ctx.saved_tensors as [Tensor, Tensor];
    const total = concentration.sum(-1, true).expand_as(concentration);
    const slope = _torch._dirichlet_grad(x, concentration, total);
    return slope.mul(grad.sub(x.mul(grad).sum(-1, true)));
  });
}

/** The Dirichlet distribution on the simplex. https://docs.pytorch.org/docs/2.13/distributions.html#dirichlet */
export class Dirichlet extends ExponentialFamily {
  static override readonly arg_constraints = { concentration: independent(positive, 1) };
  static override readonly support = simplex;
  static override readonly has_rsample = true;

  readonly concentration: Tensor;

  constructor(...args: signatures.DirichletArgs) {
    const { concentration, validate_args } = signatures.Dirichlet.read(args);
    if (concentration.dim() < 1) {
      throw new RangeError('`concentration` parameter must be at least one-dimensional.');
    }
    super(concentration.shape.slice(0, -1), concentration.shape.slice(-1));
    this.concentration = concentration;
    this._check_args(validate_args);
  }

  override expand(batch_shape: BatchShape): this {
    const shape = shapeOf(batch_shape, 'batch_shape');
    return this._copy(shape, { concentration: this.concentration.expand([...shape, ...this.event_shape]) });
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    return _Dirichlet.apply(this.concentration.expand(this._extended_shape(sample_shape)));
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    const { concentration } = this;
    return _torch
      .xlogy(concentration.sub(1), value)
      .sum(-1)
      .add(concentration.sum(-1).lgamma())
      .sub(concentration.lgamma().sum(-1));
  }

  override get mean(): Tensor {
    return this.concentration.div(this.concentration.sum(-1, true));
  }

  override get mode(): Tensor {
    const excess = this.concentration.sub(1).clamp({ min: 0 });
    const mode = excess.div(excess.sum(-1, true));
    const atCorner = this.concentration.lt(1).all(-1);
    const corner = one_hot(mode.index(atCorner).argmax(-1), this.event_shape[0]!).to(mode);
    return mode.index_put_([atCorner], corner);
  }

  override get variance(): Tensor {
    const total = this.concentration.sum(-1, true);
    return this.concentration.mul(total.sub(this.concentration)).div(total.pow(2).mul(total.add(1)));
  }

  override entropy(): Tensor {
    const { concentration } = this;
    const total = concentration.sum(-1);
    return concentration
      .lgamma()
      .sum(-1)
      .sub(total.lgamma())
      .sub(rsub(concentration.size(-1), total).mul(total.digamma()))
      .sub(concentration.sub(1).mul(concentration.digamma()).sum(-1));
  }

  override get _natural_params(): Tensor[] {
    return [this.concentration];
  }

  override _log_normalizer(x: Tensor): Tensor {
    return x.lgamma().sum(-1).sub(x.sum(-1).lgamma());
  }
}
