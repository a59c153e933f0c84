import { as_tensor } from '../tensor/creation';
import type { Tensor } from '../tensor/tensor';
import type { TensorLike } from './arguments';
import { binaryParameters, checkEither } from './binary';
import { real, unit_interval } from './constraints';
import { type BatchShape, Distribution, type SampleShape, shapeOf, type Value } from './distribution';
import * as signatures from './generated/distributions';
import { Relaxed } from './relaxed';
import { SigmoidTransform } from './transforms';
import { broadcast_all, clamp_probs, lazy_property, uniformLike } from './utils';

/** The log odds of a relaxed Bernoulli variable. https://docs.pytorch.org/docs/2.13/distributions.html#logitrelaxedbernoulli */
export class LogitRelaxedBernoulli extends Distribution {
  static override readonly arg_constraints = { probs: unit_interval, logits: real };
  static override readonly support = real;

  readonly temperature: TensorLike;
  declare readonly probs: Tensor;
  declare readonly logits: Tensor;
  private readonly _param: Tensor;

  constructor(...args: signatures.LogitRelaxedBernoulliArgs) {
    const { temperature, probs, logits, validate_args } = signatures.LogitRelaxedBernoulli.read(args);
    checkEither(probs, logits);
    const [param] = broadcast_all((probs ?? logits)!);
    super(param.shape);
    this.temperature = temperature;
    if (probs !== null) this.probs = param;
    else this.logits = param;
    this._param = param;
    this._check_args(validate_args);
  }

  override expand(batch_shape: BatchShape): this {
    const shape = shapeOf(batch_shape, 'batch_shape');
    const { temperature } = this;
    return this._copy(shape, { temperature, ...this._expanded(['probs', 'logits', '_param'], shape) });
  }

  get param_shape(): number[] {
    return this._param.shape;
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    const shape = this._extended_shape(sample_shape);
    const probs = clamp_probs(this.probs.expand(shape));
    const uniforms = clamp_probs(uniformLike(shape, probs));
    return uniforms.log().sub(uniforms.neg().log1p()).add(probs.log()).sub(probs.neg().log1p()).div(this.temperature);
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    const [logits, x] = broadcast_all(this.logits, value);
    const diff = logits.sub(x.mul(this.temperature));
    return as_tensor(this.temperature, { dtype: diff.dtype }).log().add(diff).sub(diff.exp().log1p().mul(2));
  }
}

lazy_property(LogitRelaxedBernoulli, binaryParameters);

/**
 * A Bernoulli variable relaxed to [0, 1], so that samples have gradients; the lower the temperature, the closer to 0 or 1.
 * https://docs.pytorch.org/docs/2.13/distributions.html#relaxedbernoulli
 */
export class RelaxedBernoulli extends Relaxed<LogitRelaxedBernoulli> {
  static override readonly arg_constraints = { probs: unit_interval, logits: real };
  static override readonly support = unit_interval;

  constructor(...args: signatures.RelaxedBernoulliArgs) {
    const { temperature, probs, logits, validate_args } = signatures.RelaxedBernoulli.read(args);
    super(new LogitRelaxedBernoulli(temperature, probs, logits), new SigmoidTransform(), { validate_args });
  }
}
