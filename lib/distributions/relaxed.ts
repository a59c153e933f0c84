import type { Tensor } from '../tensor/tensor';
import type { TensorLike } from './arguments';
import type { Distribution } from './distribution';
import { TransformedDistribution } from './transformed_distribution';

/** What the base of a relaxed distribution has. */
interface Tempered extends Distribution {
  readonly temperature: TensorLike;
  readonly logits: Tensor;
  readonly probs: Tensor;
}

/** A discrete variable made continuous by a temperature. */
export abstract class Relaxed<Base extends Tempered> extends TransformedDistribution {
  static override readonly has_rsample = true;

  declare readonly base_dist: Base;

  get temperature(): TensorLike {
    return this.base_dist.temperature;
  }

  get logits(): Tensor {
    return this.base_dist.logits;
  }

  get probs(): Tensor {
    return this.base_dist.probs;
  }
}
