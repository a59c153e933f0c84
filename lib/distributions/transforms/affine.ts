import { broadcast_shapes } from '../../functional/shapes';
import { log } from '../../native/c_math';
import { _torch } from '../../tensor/namespaces';
import { Tensor } from '../../tensor/tensor';
import type { TensorLike } from '../arguments';
import { type Constraint, independent, real } from '../constraints';
import * as signatures from '../generated/distributions';
import { allEqual } from './elementwise';
import { Transform } from './transform';

function shapeOf(value: TensorLike): number[] {
  return value instanceof Tensor ? value.shape : [];
}

/** y = loc + scale · x. https://docs.pytorch.org/docs/2.13/distributions.html#torch.distributions.transforms.AffineTransform */
export class AffineTransform extends Transform {
  readonly loc: TensorLike;
  readonly scale: TensorLike;
  private readonly _event_dim: number;

  constructor(...args: signatures.AffineTransformArgs) {
    const { loc, scale, event_dim, cache_size } = signatures.AffineTransform.read(args);
    super({ cache_size });
    this.loc = loc;
    this.scale = scale;
    this._event_dim = event_dim;
  }

  override get event_dim(): number {
    return this._event_dim;
  }

  override get domain(): Constraint {
    return this._event_dim === 0 ? real : independent(real, this._event_dim);
  }

  override get codomain(): Constraint {
    return this.domain;
  }

  override get bijective(): boolean {
    return true;
  }

  override get sign(): number | Tensor {
    return this.scale instanceof Tensor ? this.scale.sign() : Math.sign(this.scale);
  }

  override equals(other: unknown): boolean {
    return other instanceof AffineTransform && allEqual(this.loc, other.loc) && allEqual(this.scale, other.scale);
  }

  protected override _with_cache(cache_size: number): Transform {
    return new AffineTransform(this.loc, this.scale, this._event_dim, cache_size);
  }

  protected override _call(x: Tensor): Tensor {
    const scaled = this.scale instanceof Tensor ? this.scale.mul(x) : x.mul(this.scale);
    return this.loc instanceof Tensor ? this.loc.add(scaled) : scaled.add(this.loc);
  }

  protected override _inverse(y: Tensor): Tensor {
    return y.sub(this.loc).div(this.scale);
  }

  override log_abs_det_jacobian(x: Tensor, _y: Tensor): Tensor {
    const { scale } = this;
    const logScale = scale instanceof Tensor ? scale.abs().log() : _torch.full_like(x, log(Math.abs(scale)));
    if (this._event_dim === 0) return logScale.expand(x.shape);
    const summed = logScale.view([...logScale.shape.slice(0, -this._event_dim), -1]).sum(-1);
    return summed.expand(x.shape.slice(0, -this._event_dim));
  }

  override forward_shape(shape: readonly number[]): number[] {
    return broadcast_shapes(shape, shapeOf(this.loc), shapeOf(this.scale));
  }

  override inverse_shape(shape: readonly number[]): number[] {
    return this.forward_shape(shape);
  }
}
