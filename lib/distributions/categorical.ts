import { dtypes } from '../base/types';
import { _torch } from '../tensor/namespaces';
import { finfo } from '../tensor/numeric_limits';
import type { Tensor } from '../tensor/tensor';
import { checkEither, enumerated } from './binary';
import { type Constraint, dependent, integer_interval, real_vector, simplex } from './constraints';
import {
  type BatchShape,
  Distribution,
  type Expand,
  expandOf,
  type SampleShape,
  shapeOf,
  type Value,
} from './distribution';
import * as signatures from './generated/distributions';
import { lazy_property, logits_to_probs, probs_to_logits } from './utils';

function requireVector(value: Tensor, name: string): void {
  if (value.dim() < 1) throw new RangeError(`\`${name}\` parameter must be at least one-dimensional.`);
}

function normalizedProbs(probs: Tensor): Tensor {
  requireVector(probs, 'probs');
  return probs.div(probs.sum(-1, true));
}

function normalizedLogits(logits: Tensor): Tensor {
  requireVector(logits, 'logits');
  return logits.sub(logits.logsumexp(-1, true));
}

/**
 * One of 0, …, n − 1, with probabilities `probs` or log probabilities `logits`, either of which need not be normalized.
 * https://docs.pytorch.org/docs/2.13/distributions.html#categorical
 */
export class Categorical extends Distribution {
  static override readonly arg_constraints = { probs: simplex, logits: real_vector };
  static override readonly support: Constraint = dependent({ is_discrete: true, event_dim: 0 });
  static override readonly has_enumerate_support = true;

  declare readonly probs: Tensor;
  declare readonly logits: Tensor;
  /** @internal */
  readonly _param: Tensor;
  /** @internal */
  readonly _num_events: number;

  constructor(...args: signatures.CategoricalArgs) {
    const { probs, logits, validate_args } = signatures.Categorical.read(args);
    checkEither(probs, logits);
    const param = probs !== null ? normalizedProbs(probs) : normalizedLogits(logits!);
    super(param.shape.slice(0, -1));
    if (probs !== null) this.probs = param;
    else this.logits = param;
    this._param = param;
    this._num_events = param.size(-1);
    this._check_args(validate_args);
  }

  override expand(batch_shape: BatchShape): this {
    const shape = shapeOf(batch_shape, 'batch_shape');
    const { _num_events } = this;
    return this._copy(shape, {
      ...this._expanded(['probs', 'logits', '_param'], [...shape, _num_events]),
      _num_events,
    });
  }

  override get support(): Constraint {
    return integer_interval(0, this._num_events - 1);
  }

  get param_shape(): number[] {
    return this._param.shape;
  }

  override get mean(): Tensor {
    return this.undefinedMoment();
  }

  override get mode(): Tensor {
    return this.probs.argmax(-1);
  }

  override get variance(): Tensor {
    return this.undefinedMoment();
  }

  private undefinedMoment(): Tensor {
    const { dtype, device } = this.probs;
    return _torch.full(this._extended_shape(), Number.NaN, { dtype, device });
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    const count = shapeOf(sample_shape, 'sample_shape').reduce((a, b) => a * b, 1);
    const rows = this.probs.reshape(-1, this._num_events);
    return _torch.multinomial(rows, count, true).T.reshape(this._extended_shape(sample_shape));
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    const [index, log_pmf] = _torch.broadcast_tensors([value.long().unsqueeze(-1), this.logits]) as [Tensor, Tensor];
    return log_pmf.gather(-1, index.index('...', ':1')).squeeze(-1);
  }

  override entropy(): Tensor {
    const finite = this.logits.clamp({ min: -finfo(this.logits.dtype).max });
    return finite.mul(this.probs).sum(-1).neg();
  }

  override enumerate_support(expand: Expand = true): Tensor {
    const values = _torch.arange(this._num_events, { dtype: dtypes.int64, device: this._param.device });
    return enumerated(values, this.batch_shape, expandOf(expand));
  }
}

lazy_property(Categorical, {
  logits: ({ probs }: Categorical) => probs_to_logits(probs),
  probs: ({ logits }: Categorical) => logits_to_probs(logits),
});
