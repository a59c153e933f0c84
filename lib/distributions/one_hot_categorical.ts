import { one_hot } from '../nn/functional/embedding';
import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import { ByCategorical } from './by_categorical';
import { Categorical } from './categorical';
import { one_hot as oneHot } from './constraints';
import { type BatchShape, type Expand, expandOf, type SampleShape, shapeOf, type Value } from './distribution';
import * as signatures from './generated/distributions';
import { rsub } from './utils';

/** A categorical variable as a vector with one 1. https://docs.pytorch.org/docs/2.13/distributions.html#onehotcategorical */
export class OneHotCategorical extends ByCategorical {
  static override readonly support = oneHot;
  static override readonly has_enumerate_support = true;

  constructor(...args: signatures.OneHotCategoricalArgs) {
    const { probs, logits, validate_args } = signatures.OneHotCategorical.read(args);
    const categorical = new Categorical(probs, logits);
    super(categorical);
    this._check_args(validate_args);
  }

  override expand(batch_shape: BatchShape): this {
    const shape = shapeOf(batch_shape, 'batch_shape');
    return this._copy(shape, { _categorical: this._categorical.expand(shape) });
  }

  override get mean(): Tensor {
    return this.probs;
  }

  override get mode(): Tensor {
    return this.vectors(this.probs.argmax(-1));
  }

  override get variance(): Tensor {
    return this.probs.mul(rsub(1, this.probs));
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    return this.vectors(this._categorical.sample(sample_shape));
  }

  private vectors(indices: Tensor): Tensor {
    return one_hot(indices, this.event_shape[0]!).to(this.probs);
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    return this._categorical.log_prob(value.max(-1)[1]);
  }

  override entropy(): Tensor {
    return this._categorical.entropy();
  }

  override enumerate_support(expand: Expand = true): Tensor {
    const n = this.event_shape[0]!;
    const { dtype, device } = this._categorical._param;
    const batch = this.batch_shape;
    const values = _torch.eye(n, { dtype, device }).view([n, ...batch.map(() => 1), n]);
    return expandOf(expand) ? values.expand([n, ...batch, n]) : values;
  }
}

/**
 * The same with gradients: those of the sample are taken for those of the probabilities (Bengio et al., 2013).
 * https://docs.pytorch.org/docs/2.13/distributions.html#torch.distributions.one_hot_categorical.OneHotCategoricalStraightThrough
 */
export class OneHotCategoricalStraightThrough extends OneHotCategorical {
  static override readonly has_rsample = true;

  override rsample(sample_shape: SampleShape = []): Tensor {
    const samples = this.sample(sample_shape);
    return samples.add(this.probs.sub(this.probs.detach()));
  }
}
