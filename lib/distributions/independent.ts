import { NotImplementedError } from '../base/errors';
import type { Tensor } from '../tensor/tensor';
import { type Constraint, dependent, independent } from './constraints';
import {
  type BatchShape,
  Distribution,
  type Expand,
  requireDistribution,
  type SampleShape,
  shapeOf,
  type Value,
  valueOf,
} from './distribution';
import * as signatures from './generated/distributions';
import { sumRightmost } from './utils';

/**
 * Another distribution, whose last batch dimensions count as part of the event: `log_prob` sums over them.
 * https://docs.pytorch.org/docs/2.13/distributions.html#independent
 */
export class Independent<Base extends Distribution = Distribution> extends Distribution {
  static override readonly arg_constraints = {};
  static override readonly support: Constraint = dependent;

  readonly base_dist: Base;
  readonly reinterpreted_batch_ndims: number;

  constructor(...args: signatures.IndependentArgs) {
    const { base_distribution, reinterpreted_batch_ndims, validate_args } = signatures.Independent.read(args);
    requireDistribution('Independent', 'base_distribution', base_distribution);
    const { batch_shape, event_shape } = base_distribution;
    if (reinterpreted_batch_ndims > batch_shape.length) {
      throw new RangeError(
        `Expected reinterpreted_batch_ndims <= len(base_distribution.batch_shape), actual ${reinterpreted_batch_ndims} vs ${batch_shape.length}`,
      );
    }
    const cut = batch_shape.length - reinterpreted_batch_ndims;
    super(batch_shape.slice(0, cut), [...batch_shape.slice(cut), ...event_shape]);
    this.base_dist = base_distribution as Base;
    this.reinterpreted_batch_ndims = reinterpreted_batch_ndims;
    this._check_args(validate_args);
  }

  override expand(batch_shape: BatchShape): this {
    const shape = shapeOf(batch_shape, 'batch_shape');
    const { reinterpreted_batch_ndims } = this;
    const base_dist = this.base_dist.expand([...shape, ...this.event_shape.slice(0, reinterpreted_batch_ndims)]);
    return this._copy(shape, { base_dist, reinterpreted_batch_ndims });
  }

  override get has_rsample(): boolean {
    return this.base_dist.has_rsample;
  }

  override get has_enumerate_support(): boolean {
    return this.reinterpreted_batch_ndims === 0 && this.base_dist.has_enumerate_support;
  }

  override get support(): Constraint {
    const { support } = this.base_dist;
    return this.reinterpreted_batch_ndims === 0 ? support : independent(support, this.reinterpreted_batch_ndims);
  }

  override get mean(): Tensor {
    return this.base_dist.mean;
  }

  override get mode(): Tensor {
    return this.base_dist.mode;
  }

  override get variance(): Tensor {
    return this.base_dist.variance;
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    return this.base_dist.sample(sample_shape);
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    return this.base_dist.rsample(sample_shape);
  }

  override log_prob(given: Value): Tensor {
    const value = valueOf(given, 'log_prob');
    return sumRightmost(this.base_dist.log_prob(value), this.reinterpreted_batch_ndims);
  }

  override entropy(): Tensor {
    return sumRightmost(this.base_dist.entropy(), this.reinterpreted_batch_ndims);
  }

  override enumerate_support(expand: Expand = true): Tensor {
    if (this.reinterpreted_batch_ndims > 0) {
      throw new NotImplementedError('Enumeration over cartesian product is not implemented');
    }
    return this.base_dist.enumerate_support(expand);
  }

  override toString(): string {
    return `${this.constructor.name}(${this.base_dist}, ${this.reinterpreted_batch_ndims})`;
  }
}
