import { no_grad } from '../autograd/grad_mode';
import { binary_cross_entropy_with_logits } from '../nn/functional/classification_loss';
import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import { binaryParameters, checkEither, enumerated } from './binary';
import { boolean, real, unit_interval } from './constraints';
import { type Expand, expandOf, type SampleShape, type Value } from './distribution';
import { ExponentialFamily } from './exp_family';
import * as signatures from './generated/distributions';
import { broadcast_all, lazy_property, rsub } from './utils';

/** 1 with probability `probs`, else 0. https://docs.pytorch.org/docs/2.13/distributions.html#bernoulli */
export class Bernoulli extends ExponentialFamily {
  static override readonly arg_constraints = { probs: unit_interval, logits: real };
  static override readonly support = boolean;
  static override readonly has_enumerate_support = true;
  static override readonly _batched = ['probs', 'logits', '_param'];

  declare readonly probs: Tensor;
  declare readonly logits: Tensor;
  private readonly _param: Tensor;

  constructor(...args: signatures.BernoulliArgs) {
    const { probs, logits, validate_args } = signatures.Bernoulli.read(args);
    checkEither(probs, logits);
    const [param] = broadcast_all((probs ?? logits)!);
    super(param.shape);
    if (probs !== null) this.probs = param;
    else this.logits = param;
    this._param = param;
    this._check_args(validate_args);
  }

  override get mean(): Tensor {
    return this.probs;
  }

  override get mode(): Tensor {
    const mode = this.probs.ge(0.5).to(this.probs);
    return mode.index_put_([this.probs.eq(0.5)], Number.NaN);
  }

  override get variance(): Tensor {
    return this.probs.mul(rsub(1, this.probs));
  }

  get param_shape(): number[] {
    return this._param.shape;
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    const shape = this._extended_shape(sample_shape);
    return no_grad(() => _torch.bernoulli(this.probs.expand(shape)));
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    const [logits, target] = broadcast_all(this.logits, value);
    return binary_cross_entropy_with_logits(logits, target, { reduction: 'none' }).neg();
  }

  override entropy(): Tensor {
    return binary_cross_entropy_with_logits(this.logits, this.probs, { reduction: 'none' });
  }

  override enumerate_support(expand: Expand = true): Tensor {
    const { dtype, device } = this._param;
    return enumerated(_torch.arange(2, { dtype, device }), this.batch_shape, expandOf(expand));
  }

  override get _natural_params(): Tensor[] {
    return [this.probs.logit()];
  }

  override _log_normalizer(x: Tensor): Tensor {
    return x.exp().log1p();
  }

  override get _mean_carrier_measure(): number {
    return 0;
  }
}

lazy_property(Bernoulli, binaryParameters);
