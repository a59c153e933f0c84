import { no_grad } from '../autograd/grad_mode';
import { binary_cross_entropy_with_logits } from '../nn/functional/classification_loss';
import { _special, _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import { binaryParameters, checkEither } from './binary';
import { real, unit_interval } from './constraints';
import { type BatchShape, type SampleShape, shapeOf, type Value, valueOf } from './distribution';
import { ExponentialFamily } from './exp_family';
import * as signatures from './generated/distributions';
import { broadcast_all, clamp_probs, lazy_property, logits_to_probs, rdiv, rsub, uniformLike } from './utils';

/** log(1 − p) − log p */
function negativeLogit(probs: Tensor): Tensor {
  return probs.neg().log1p().sub(probs.log());
}

/** The continuous Bernoulli distribution on [0, 1]. https://docs.pytorch.org/docs/2.13/distributions.html#continuousbernoulli */
export class ContinuousBernoulli extends ExponentialFamily {
  static override readonly arg_constraints = { probs: unit_interval, logits: real };
  static override readonly support = unit_interval;
  static override readonly has_rsample = true;

  declare readonly probs: Tensor;
  declare readonly logits: Tensor;
  private readonly _param: Tensor;
  private readonly _lims: readonly [number, number];

  constructor(...args: signatures.ContinuousBernoulliArgs) {
    const { probs, logits, lims, validate_args } = signatures.ContinuousBernoulli.read(args);
    checkEither(probs, logits);
    const [given] = broadcast_all((probs ?? logits)!);
    if (probs !== null && validate_args !== null && !unit_interval.check(given).all().is_nonzero()) {
      throw new RangeError('The parameter probs has invalid values');
    }
    super(given.shape);
    const param = probs !== null ? clamp_probs(given) : given;
    if (probs !== null) this.probs = param;
    else this.logits = param;
    this._param = param;
    this._lims = lims;
    this._check_args(validate_args);
  }

  override expand(batch_shape: BatchShape): this {
    const shape = shapeOf(batch_shape, 'batch_shape');
    return this._copy(shape, { ...this._expanded(['probs', 'logits', '_param'], shape), _lims: this._lims });
  }

  get param_shape(): number[] {
    return this._param.shape;
  }

  private closedForm(): Tensor {
    return outside(this.probs, this._lims);
  }

  /** The probabilities, moved to a limit where they are between both. */
  private cutProbs(): Tensor {
    return cut(this.probs, this._lims);
  }

  /** @internal log of the normalizing constant */
  _cont_bern_log_norm(): Tensor {
    const probs = this.cutProbs();
    const below = _torch.where(probs.le(0.5), probs, _torch.zeros_like(probs));
    const above = _torch.where(probs.ge(0.5), probs, _torch.ones_like(probs));
    const width = _torch.where(probs.le(0.5), below.mul(-2).log1p(), above.mul(2).sub(1).log());
    const closed = negativeLogit(probs).abs().log().sub(width);
    const x = this.probs.sub(0.5).pow(2);
    const taylor = x
      .mul(104 / 45)
      .add(4 / 3)
      .mul(x)
      .add(Math.LN2);
    return _torch.where(this.closedForm(), closed, taylor);
  }

  override get mean(): Tensor {
    const probs = this.cutProbs();
    const closed = probs.div(probs.mul(2).sub(1)).add(rdiv(1, negativeLogit(probs)));
    const x = this.probs.sub(0.5);
    const taylor = x
      .pow(2)
      .mul(16 / 45)
      .add(1 / 3)
      .mul(x)
      .add(0.5);
    return _torch.where(this.closedForm(), closed, taylor);
  }

  override get stddev(): Tensor {
    return this.variance.sqrt();
  }

  override get variance(): Tensor {
    const probs = this.cutProbs();
    const closed = probs
      .mul(probs.sub(1))
      .div(rsub(1, probs.mul(2)).pow(2))
      .add(rdiv(1, negativeLogit(probs).pow(2)));
    const x = this.probs.sub(0.5).pow(2);
    const taylor = rsub(1 / 12, rsub(1 / 15, x.mul(128 / 945)).mul(x));
    return _torch.where(this.closedForm(), closed, taylor);
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    const uniform = uniformLike(this._extended_shape(sample_shape), this.probs);
    return no_grad(() => this.icdf(uniform));
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    return this.icdf(uniformLike(this._extended_shape(sample_shape), this.probs));
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    const [logits, target] = broadcast_all(this.logits, value);
    return binary_cross_entropy_with_logits(logits, target, { reduction: 'none' })
      .neg()
      .add(this._cont_bern_log_norm());
  }

  override cdf(given: Value): Tensor {
    const value = this._checked(given, 'cdf');
    const probs = this.cutProbs();
    const closed = probs
      .pow(value)
      .mul(rsub(1, probs).pow(rsub(1, value)))
      .add(probs)
      .sub(1)
      .div(probs.mul(2).sub(1));
    const inside = _torch.where(this.closedForm(), closed, value);
    const upTo1 = _torch.where(value.ge(1), _torch.ones_like(value), inside);
    return _torch.where(value.le(0), _torch.zeros_like(value), upTo1);
  }

  override icdf(given: Value): Tensor {
    const value = valueOf(given, 'icdf');
    const probs = this.cutProbs();
    const closed = probs
      .neg()
      .add(value.mul(probs.mul(2).sub(1)))
      .log1p()
      .sub(probs.neg().log1p())
      .div(probs.log().sub(probs.neg().log1p()));
    return _torch.where(this.closedForm(), closed, value);
  }

  override entropy(): Tensor {
    const failure = this.probs.neg().log1p();
    const success = this.probs.log();
    return this.mean.mul(failure.sub(success)).sub(this._cont_bern_log_norm()).sub(failure);
  }

  override get _natural_params(): Tensor[] {
    return [this.logits];
  }

  override _log_normalizer(x: Tensor): Tensor {
    const limits = [this._lims[0] - 0.5, this._lims[1] - 0.5] as const;
    const far = cut(x, limits);
    const closed = _special.expm1(far).abs().log().sub(far.abs().log());
    const taylor = x.mul(0.5).add(x.pow(2).div(24)).sub(x.pow(4).div(2880));
    return _torch.where(outside(x, limits), closed, taylor);
  }

  override get _mean_carrier_measure(): number {
    return 0;
  }
}

function outside(x: Tensor, [low, high]: readonly [number, number]): Tensor {
  return _torch.max(x.le(low), x.gt(high));
}

function cut(x: Tensor, limits: readonly [number, number]): Tensor {
  return _torch.where(outside(x, limits), x, _torch.ones_like(x).mul(limits[0]));
}

lazy_property(ContinuousBernoulli, {
  logits: binaryParameters.logits,
  probs: ({ logits }: ContinuousBernoulli) => clamp_probs(logits_to_probs(logits, true)),
});
