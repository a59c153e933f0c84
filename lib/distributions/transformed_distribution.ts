import { no_grad } from '../autograd/grad_mode';
import { AssertionError } from '../base/errors';
import type { Tensor } from '../tensor/tensor';
import { type Constraint, dependent, independent, is_dependent } from './constraints';
import {
  type ArgConstraints,
  type BatchShape,
  Distribution,
  requireDistribution,
  type SampleShape,
  shapeOf,
  type Value,
  valueOf,
} from './distribution';
import * as signatures from './generated/distributions';
import { Independent } from './independent';
import { sizeText } from './text';
import { ComposeTransform, Transform } from './transforms';
import { signOf } from './transforms/compose';
import { sumRightmost } from './utils';

function listOf(transforms: unknown): Transform[] {
  if (transforms instanceof Transform) return [transforms];
  if (!Array.isArray(transforms)) {
    throw new RangeError(`transforms must be a Transform or list, but was ${transforms}`);
  }
  if (transforms.every((transform) => transform instanceof Transform)) return transforms;
  throw new RangeError('transforms must be a Transform or a list of Transforms');
}

/** The base distribution, in the batch and with the event dimensions that the transform needs. */
function fitted(base: Distribution, transform: Transform, baseShape: number[], forwardShape: number[]): Distribution {
  const event_dim = base.event_shape.length;
  const needed = transform.inverse_shape(forwardShape);
  const same = needed.length === baseShape.length && needed.every((size, i) => size === baseShape[i]);
  const expanded = same ? base : base.expand(needed.slice(0, needed.length - event_dim));
  const reinterpreted = transform.domain.event_dim - event_dim;
  return reinterpreted > 0 ? new Independent(expanded, reinterpreted) : expanded;
}

/** What transforms, one after another, make of a distribution's samples. https://docs.pytorch.org/docs/2.13/distributions.html#transformeddistribution */
export class TransformedDistribution extends Distribution {
  static override readonly arg_constraints: ArgConstraints = {};
  static override readonly support: Constraint = dependent({ is_discrete: false });

  readonly base_dist: Distribution;
  readonly transforms: readonly Transform[];

  constructor(...args: signatures.TransformedDistributionArgs) {
    const { base_distribution, transforms, validate_args } = signatures.TransformedDistribution.read(args);
    requireDistribution('TransformedDistribution', 'base_distribution', base_distribution);
    const list = listOf(transforms);
    const transform = new ComposeTransform(list);
    const baseShape = [...base_distribution.batch_shape, ...base_distribution.event_shape];
    const { domain, codomain } = transform;
    if (baseShape.length < domain.event_dim) {
      throw new RangeError(
        `base_distribution needs to have shape with size at least ${domain.event_dim}, but got ${sizeText(baseShape)}.`,
      );
    }
    const shape = transform.forward_shape(baseShape);
    const base = fitted(base_distribution, transform, baseShape, shape);
    const event_dim = Math.max(codomain.event_dim, base.event_shape.length + codomain.event_dim - domain.event_dim);
    if (shape.length < event_dim) {
      throw new AssertionError(`forward_shape length ${shape.length} must be >= event_dim ${event_dim}`);
    }
    const cut = shape.length - event_dim;
    super(shape.slice(0, cut), shape.slice(cut));
    this.base_dist = base;
    this.transforms = list;
    this._check_args(validate_args);
  }

  override expand(batch_shape: BatchShape): this {
    const batch = shapeOf(batch_shape, 'batch_shape');
    const shape = this.transforms.reduceRight(
      (sizes, transform) => transform.inverse_shape(sizes),
      [...batch, ...this.event_shape],
    );
    const cut = shape.length - this.base_dist.event_shape.length;
    const { _batched = [] } = this.constructor as typeof Distribution;
    return this._copy(batch, {
      base_dist: this.base_dist.expand(shape.slice(0, cut)),
      transforms: this.transforms,
      ...this._expanded(_batched, batch),
    });
  }

  override get support(): Constraint {
    const fixed = (this.constructor as typeof Distribution).support;
    if (fixed !== undefined && !is_dependent(fixed)) return fixed;
    const last = this.transforms.at(-1);
    if (last === undefined) return this.base_dist.support;
    const extra = this.event_shape.length - last.codomain.event_dim;
    return extra > 0 ? independent(last.codomain, extra) : last.codomain;
  }

  override get has_rsample(): boolean {
    return super.has_rsample || this.base_dist.has_rsample;
  }

  private forward(x: Tensor): Tensor {
    return this.transforms.reduce((value, transform) => transform(value), x);
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    return no_grad(() => this.forward(this.base_dist.sample(sample_shape)));
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    return this.forward(this.base_dist.rsample(sample_shape));
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    let event_dim = this.event_shape.length;
    let log_det: Tensor | undefined;
    let y = value;
    for (const transform of this.transforms.toReversed()) {
      const x = transform.inv(y);
      event_dim += transform.domain.event_dim - transform.codomain.event_dim;
      const term = sumRightmost(transform.log_abs_det_jacobian(x, y), event_dim - transform.domain.event_dim);
      log_det = log_det === undefined ? term.neg() : log_det.sub(term);
      y = x;
    }
    const base = sumRightmost(this.base_dist.log_prob(y), event_dim - this.base_dist.event_shape.length);
    return log_det === undefined ? base : log_det.add(base);
  }

  /** A probability, or 1 minus it where the transforms fall. */
  private monotonized(value: Tensor): Tensor {
    const sign = signOf(this.transforms);
    return sign === 1 ? value : value.sub(0.5).mul(sign).add(0.5);
  }

  override cdf(given: Value): Tensor {
    const value = valueOf(given, 'cdf');
    const x = this.transforms.reduceRight((y, transform) => transform.inv(y), value);
    if (this._validate_args) this.base_dist._validate_sample(x);
    return this.monotonized(this.base_dist.cdf(x));
  }

  override icdf(given: Value): Tensor {
    const value = valueOf(given, 'icdf');
    return this.forward(this.base_dist.icdf(this.monotonized(value)));
  }
}
