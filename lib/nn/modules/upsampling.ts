/** Resampling to another size. https://docs.pytorch.org/docs/2.13/nn.html#vision-layers */

import { requireNumber } from '../../arguments/checks';
import type { Tensor } from '../../tensor/tensor';
import * as F from '../functional';
import type { InterpolationMode } from '../functional/interpolate';
import * as signatures from '../generated/nn';
import { Module } from './module';
import { float, repr } from './repr';

/** Resamples the spatial dimensions of (N, C, *). https://docs.pytorch.org/docs/2.13/generated/torch.nn.Upsample.html */
export class Upsample extends Module {
  override name: string;
  size: number | readonly number[] | null;
  scale_factor: number | readonly number[] | null;
  mode: Exclude<InterpolationMode, 'lanczos'>;
  align_corners: boolean | null;
  recompute_scale_factor: boolean | null;

  constructor(...args: signatures.UpsampleArgs) {
    super();
    const { size, scale_factor, mode, align_corners, recompute_scale_factor } = signatures.Upsample.read(args);
    this.name = new.target.name;
    this.size = size;
    for (const factor of scale_factor ? [scale_factor].flat() : [])
      requireNumber('Upsample.__init__', 'scale_factor', factor);
    this.scale_factor = scale_factor || null;
    this.mode = mode;
    this.align_corners = align_corners;
    this.recompute_scale_factor = recompute_scale_factor;
  }

  override forward(input: Tensor): Tensor {
    const { size, scale_factor, mode, align_corners, recompute_scale_factor } = this;
    return F.interpolate(input, size, scale_factor, mode, align_corners, recompute_scale_factor);
  }

  override extra_repr(): string {
    const { size, scale_factor, mode } = this;
    const factors = typeof scale_factor === 'number' ? float(scale_factor) : `(${scale_factor?.map(float).join(', ')})`;
    const target = scale_factor === null ? `size=${repr(size)}` : `scale_factor=${factors}`;
    return `${target}, mode=${repr(mode)}`;
  }
}

/** Repeats pixels. https://docs.pytorch.org/docs/2.13/generated/torch.nn.UpsamplingNearest2d.html */
export class UpsamplingNearest2d extends Upsample {
  constructor(...args: signatures.UpsamplingNearest2dArgs) {
    const { size, scale_factor } = signatures.UpsamplingNearest2d.read(args);
    super(size, scale_factor, 'nearest');
  }
}

/** Interpolates pixels, corners aligned. https://docs.pytorch.org/docs/2.13/generated/torch.nn.UpsamplingBilinear2d.html */
export class UpsamplingBilinear2d extends Upsample {
  constructor(...args: signatures.UpsamplingBilinear2dArgs) {
    const { size, scale_factor } = signatures.UpsamplingBilinear2d.read(args);
    super(size, scale_factor, 'bilinear', true);
  }
}
