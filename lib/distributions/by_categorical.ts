import type { Tensor } from '../tensor/tensor';
import type { Categorical } from './categorical';
import { real_vector, simplex } from './constraints';
import { Distribution } from './distribution';

/** A distribution of vectors, with an element for each value that a categorical variable may have. */
export abstract class ByCategorical extends Distribution {
  static override readonly arg_constraints = { probs: simplex, logits: real_vector };

  /** @internal */
  readonly _categorical: Categorical;

  constructor(categorical: Categorical) {
    super(categorical.batch_shape, categorical.param_shape.slice(-1));
    this._categorical = categorical;
  }

  get probs(): Tensor {
    return this._categorical.probs;
  }

  get logits(): Tensor {
    return this._categorical.logits;
  }

  get param_shape(): number[] {
    return this._categorical.param_shape;
  }
}
