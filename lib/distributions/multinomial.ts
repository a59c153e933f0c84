import { NotImplementedError } from '../base/errors';
import { memoryFormats } from '../base/types';
import { tensor } from '../tensor/creation';
import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import { Binomial } from './binomial';
import { ByCategorical } from './by_categorical';
import { Categorical } from './categorical';
import { type Constraint, dependent, multinomial } from './constraints';
import { type BatchShape, type SampleShape, shapeOf, type Value } from './distribution';
import * as signatures from './generated/distributions';
import { broadcast_all, rsub } from './utils';

/** How often each of n values comes in `total_count` draws. https://docs.pytorch.org/docs/2.13/distributions.html#multinomial */
export class Multinomial extends ByCategorical {
  static override readonly support: Constraint = dependent({ is_discrete: true, event_dim: 1 });

  readonly total_count: number;
  private readonly _binomial: Binomial;

  constructor(...args: signatures.MultinomialArgs) {
    const { total_count, probs, logits, validate_args } = signatures.Multinomial.read(args);
    if (!Number.isInteger(total_count)) {
      throw new NotImplementedError('inhomogeneous total_count is not supported');
    }
    const categorical = new Categorical({ probs, logits });
    const binomial = new Binomial({ total_count, probs: categorical.probs });
    super(categorical);
    this.total_count = total_count;
    this._binomial = binomial;
    this._check_args(validate_args);
  }

  override expand(batch_shape: BatchShape): this {
    const shape = shapeOf(batch_shape, 'batch_shape');
    return this._copy(shape, {
      total_count: this.total_count,
      _categorical: this._categorical.expand(shape),
      _binomial: this._binomial.expand([...shape, ...this.event_shape]),
    });
  }

  override get support(): Constraint {
    return multinomial(this.total_count);
  }

  override get mean(): Tensor {
    return this.probs.mul(this.total_count);
  }

  override get variance(): Tensor {
    return this.probs.mul(this.total_count).mul(rsub(1, this.probs));
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    const draws = this._categorical.sample([this.total_count, ...shapeOf(sample_shape, 'sample_shape')]);
    const drawsLast = draws.movedim(0, -1);
    const counts = draws.new_zeros(this._extended_shape(sample_shape));
    return counts.scatter_add_(-1, drawsLast, _torch.ones_like(drawsLast)).type_as(this.probs);
  }

  override entropy(): Tensor {
    const n = tensor(BigInt(this.total_count));
    const independentDraws = n.mul(this._categorical.entropy()).sub(n.add(1).lgamma());
    const counts = this._binomial.enumerate_support(false).index('1:');
    const repeated = this._binomial.log_prob(counts).exp().mul(counts.add(1).lgamma());
    return independentDraws.add(repeated.sum([0, -1]));
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    const [shared, counts] = broadcast_all(this.logits, value);
    const logits = shared.clone({ memory_format: memoryFormats.contiguous_format });
    const impossible = logits.eq(Number.NEGATIVE_INFINITY);
    logits.index_put_([counts.eq(0).bitwise_and(impossible)], 0); // where −inf · 0 would be
    return counts.sum(-1).add(1).lgamma().sub(counts.add(1).lgamma().sum(-1)).add(logits.mul(counts).sum(-1));
  }
}
