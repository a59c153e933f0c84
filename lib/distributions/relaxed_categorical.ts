import { as_tensor } from '../tensor/creation';
import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import type { TensorLike } from './arguments';
import { ByCategorical } from './by_categorical';
import { Categorical } from './categorical';
import { real_vector, simplex } from './constraints';
import { type BatchShape, type SampleShape, shapeOf, type Value } from './distribution';
import * as signatures from './generated/distributions';
import { Relaxed } from './relaxed';
import { ExpTransform } from './transforms';
import { broadcast_all, clamp_probs, uniformLike } from './utils';

/** The logarithm of a relaxed one-hot variable. https://docs.pytorch.org/docs/2.13/distributions.html#relaxedonehotcategorical */
export class ExpRelaxedCategorical extends ByCategorical {
  static override readonly support = real_vector;
  static override readonly has_rsample = true;

  readonly temperature: TensorLike;

  constructor(...args: signatures.ExpRelaxedCategoricalArgs) {
    const { temperature, probs, logits, validate_args } = signatures.ExpRelaxedCategorical.read(args);
    const categorical = new Categorical(probs, logits);
    super(categorical);
    this.temperature = temperature;
    this._check_args(validate_args);
  }

  override expand(batch_shape: BatchShape): this {
    const shape = shapeOf(batch_shape, 'batch_shape');
    return this._copy(shape, { temperature: this.temperature, _categorical: this._categorical.expand(shape) });
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    const uniforms = clamp_probs(uniformLike(this._extended_shape(sample_shape), this.logits));
    const gumbels = uniforms.log().neg().log().neg();
    const scores = this.logits.add(gumbels).div(this.temperature);
    return scores.sub(scores.logsumexp(-1, true));
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    const n = this._categorical._num_events;
    const [logits, x] = broadcast_all(this.logits, value);
    const temperature = as_tensor(this.temperature, { dtype: logits.dtype });
    const scale = _torch
      .full_like(temperature, n)
      .lgamma()
      .sub(temperature.log().mul(1 - n));
    const score = logits.sub(x.mul(temperature));
    return score.sub(score.logsumexp(-1, true)).sum(-1).add(scale);
  }
}

/**
 * A one-hot variable relaxed to the simplex, so that samples have gradients; the lower the temperature, the closer to a
 * corner. https://docs.pytorch.org/docs/2.13/distributions.html#relaxedonehotcategorical
 */
export class RelaxedOneHotCategorical extends Relaxed<ExpRelaxedCategorical> {
  static override readonly arg_constraints = { probs: simplex, logits: real_vector };
  static override readonly support = simplex;

  constructor(...args: signatures.RelaxedOneHotCategoricalArgs) {
    const { temperature, probs, logits, validate_args } = signatures.RelaxedOneHotCategorical.read(args);
    const base = new ExpRelaxedCategorical(temperature, probs, logits, { validate_args });
    super(base, new ExpTransform(), { validate_args });
  }
}
