import { no_grad } from '../autograd/grad_mode';
import { NotImplementedError } from '../base/errors';
import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import { binaryParameters, checkEither, enumerated } from './binary';
import { type Constraint, dependent, integer_interval, nonnegative_integer, real, unit_interval } from './constraints';
import { Distribution, type Expand, expandOf, type SampleShape, type Value } from './distribution';
import * as signatures from './generated/distributions';
import { broadcast_all, lazy_property, rsub } from './utils';

/** max(x, 0), whose gradient at 0 is 1/2. */
function clampByZero(x: Tensor): Tensor {
  return x
    .clamp({ min: 0 })
    .add(x)
    .sub(x.clamp({ max: 0 }))
    .div(2);
}

/** How many of `total_count` trials succeed. https://docs.pytorch.org/docs/2.13/distributions.html#binomial */
export class Binomial extends Distribution {
  static override readonly arg_constraints = { total_count: nonnegative_integer, probs: unit_interval, logits: real };
  static override readonly support: Constraint = dependent({ is_discrete: true, event_dim: 0 });
  static override readonly has_enumerate_support = true;
  static override readonly _batched = ['total_count', 'probs', 'logits', '_param'];

  readonly total_count: Tensor;
  declare readonly probs: Tensor;
  declare readonly logits: Tensor;
  private readonly _param: Tensor;

  constructor(...args: signatures.BinomialArgs) {
    const { total_count, probs, logits, validate_args } = signatures.Binomial.read(args);
    checkEither(probs, logits);
    const [count, param] = broadcast_all(total_count, (probs ?? logits)!);
    super(param.shape);
    this.total_count = count.type_as(param);
    if (probs !== null) this.probs = param;
    else this.logits = param;
    this._param = param;
    this._check_args(validate_args);
  }

  override get support(): Constraint {
    return integer_interval(0, this.total_count);
  }

  override get mean(): Tensor {
    return this.total_count.mul(this.probs);
  }

  override get mode(): Tensor {
    return this.total_count.add(1).mul(this.probs).floor().clamp({ max: this.total_count });
  }

  override get variance(): Tensor {
    return this.total_count.mul(this.probs).mul(rsub(1, this.probs));
  }

  get param_shape(): number[] {
    return this._param.shape;
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    const shape = this._extended_shape(sample_shape);
    return no_grad(() => _torch.binomial(this.total_count.expand(shape), this.probs.expand(shape)));
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    const { total_count, logits } = this;
    const all = total_count.add(1).lgamma();
    const chosen = value.add(1).lgamma();
    const left = total_count.sub(value).add(1).lgamma();
    // n · log(1 + exp(logits)) − log n!, where exp does not overflow
    const normalizer = total_count
      .mul(clampByZero(logits))
      .add(total_count.mul(logits.abs().neg().exp().log1p()))
      .sub(all);
    return value.mul(logits).sub(chosen).sub(left).sub(normalizer);
  }

  override entropy(): Tensor {
    this.commonCount('entropy');
    const log_prob = this.log_prob(this.enumerate_support(false));
    return log_prob.exp().mul(log_prob).sum(0).neg();
  }

  override enumerate_support(expand: Expand = true): Tensor {
    const { dtype, device } = this._param;
    const count = this.commonCount('enumerate_support');
    return enumerated(_torch.arange(1 + count, { dtype, device }), this.batch_shape, expandOf(expand));
  }

  private commonCount(caller: string): number {
    const most = Math.trunc(this.total_count.max().item());
    if (this.total_count.min().item() === most) return most;
    throw new NotImplementedError(`Inhomogeneous total count not supported by \`${caller}\`.`);
  }
}

lazy_property(Binomial, binaryParameters);
