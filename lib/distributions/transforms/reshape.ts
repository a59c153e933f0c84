import { requireList } from '../../arguments/checks';
import type { Tensor } from '../../tensor/tensor';
import { type Constraint, independent, real } from '../constraints';
import * as signatures from '../generated/distributions';
import { sizeText } from '../text';
import { Transform } from './transform';

const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Exchanges `from` at the end of a shape for `to`. */
function exchanged(shape: readonly number[], from: readonly number[], to: readonly number[]): number[] {
  if (shape.length < from.length) throw new RangeError('Too few dimensions on input');
  const cut = shape.length - from.length;
  const end = shape.slice(cut);
  if (end.some((size, i) => size !== from[i])) {
    throw new RangeError(`Shape mismatch: expected ${sizeText(end)} but got ${sizeText(from)}`);
  }
  return [...shape.slice(0, cut), ...to];
}

/** Gives an event another shape. https://docs.pytorch.org/docs/2.13/distributions.html#torch.distributions.transforms.ReshapeTransform */
export class ReshapeTransform extends Transform {
  readonly in_shape: readonly number[];
  readonly out_shape: readonly number[];

  constructor(...args: signatures.ReshapeTransformArgs) {
    const { in_shape, out_shape, cache_size } = signatures.ReshapeTransform.read(args);
    requireList('ReshapeTransform', 'in_shape', in_shape);
    requireList('ReshapeTransform', 'out_shape', out_shape);
    if (count(in_shape) !== count(out_shape)) {
      throw new RangeError('in_shape, out_shape have different numbers of elements');
    }
    super({ cache_size });
    this.in_shape = [...in_shape];
    this.out_shape = [...out_shape];
  }

  override get domain(): Constraint {
    return independent(real, this.in_shape.length);
  }

  override get codomain(): Constraint {
    return independent(real, this.out_shape.length);
  }

  override get bijective(): boolean {
    return true;
  }

  protected override _with_cache(cache_size: number): Transform {
    return new ReshapeTransform(this.in_shape, this.out_shape, cache_size);
  }

  protected override _call(x: Tensor): Tensor {
    return x.reshape([...this.batchOf(x, this.in_shape), ...this.out_shape]);
  }

  protected override _inverse(y: Tensor): Tensor {
    return y.reshape([...this.batchOf(y, this.out_shape), ...this.in_shape]);
  }

  override log_abs_det_jacobian(x: Tensor, _y: Tensor): Tensor {
    return x.new_zeros(this.batchOf(x, this.in_shape));
  }

  override forward_shape(shape: readonly number[]): number[] {
    return exchanged(shape, this.in_shape, this.out_shape);
  }

  override inverse_shape(shape: readonly number[]): number[] {
    return exchanged(shape, this.out_shape, this.in_shape);
  }

  private batchOf(value: Tensor, event: readonly number[]): number[] {
    return value.shape.slice(0, value.dim() - event.length);
  }
}
