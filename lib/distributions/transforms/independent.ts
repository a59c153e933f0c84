import type { Tensor } from '../../tensor/tensor';
import { type Constraint, independent } from '../constraints';
import * as signatures from '../generated/distributions';
import { sumRightmost } from '../utils';
import { requireTransform, Transform } from './transform';

/**
 * Another transform, whose last batch dimensions count as part of the event: the log |det Jacobian| is summed over them.
 * https://docs.pytorch.org/docs/2.13/distributions.html#torch.distributions.transforms.IndependentTransform
 */
export class IndependentTransform extends Transform {
  readonly base_transform: Transform;
  readonly reinterpreted_batch_ndims: number;

  constructor(...args: signatures.IndependentTransformArgs) {
    const { base_transform, reinterpreted_batch_ndims, cache_size } = signatures.IndependentTransform.read(args);
    requireTransform('IndependentTransform', 'base_transform', base_transform);
    super({ cache_size });
    this.base_transform = base_transform.with_cache(cache_size);
    this.reinterpreted_batch_ndims = reinterpreted_batch_ndims;
  }

  protected override _with_cache(cache_size: number): Transform {
    return new IndependentTransform(this.base_transform, this.reinterpreted_batch_ndims, cache_size);
  }

  override get domain(): Constraint {
    return independent(this.base_transform.domain, this.reinterpreted_batch_ndims);
  }

  override get codomain(): Constraint {
    return independent(this.base_transform.codomain, this.reinterpreted_batch_ndims);
  }

  override get bijective(): boolean {
    return this.base_transform.bijective;
  }

  override get sign(): number | Tensor {
    return this.base_transform.sign;
  }

  protected override _call(x: Tensor): Tensor {
    if (x.dim() < this.domain.event_dim) throw new RangeError('Too few dimensions on input');
    return this.base_transform(x);
  }

  protected override _inverse(y: Tensor): Tensor {
    if (y.dim() < this.codomain.event_dim) throw new RangeError('Too few dimensions on input');
    return this.base_transform.inv(y);
  }

  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    return sumRightmost(this.base_transform.log_abs_det_jacobian(x, y), this.reinterpreted_batch_ndims);
  }

  override toString(): string {
    return `${this.constructor.name}(${this.base_transform}, ${this.reinterpreted_batch_ndims})`;
  }

  override forward_shape(shape: readonly number[]): number[] {
    return this.base_transform.forward_shape(shape);
  }

  override inverse_shape(shape: readonly number[]): number[] {
    return this.base_transform.inverse_shape(shape);
  }
}
