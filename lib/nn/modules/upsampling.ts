/** Resampling to another size. https://docs.pytorch.org/docs/2.13/nn.html#vision-layers */
import { requireNumber } from '../../operators/checks';
import type { Tensor } from '../../tensor';
import { type ArgumentsOf, signature } from '../arguments';
import type { Size2 } from '../common_types';
import * as F from '../functional';
import { Module } from './module';
import { float, repr } from './repr';

export interface UpsampleOptions {
  size?: number | readonly number[] | null;
  scale_factor?: number | readonly number[] | null;
  mode?: 'nearest' | 'linear' | 'bilinear' | 'bicubic' | 'trilinear' | 'area' | 'nearest-exact';
  align_corners?: boolean | null;
  recompute_scale_factor?: boolean | null;
}

const ofUpsample = signature<UpsampleOptions>()(
  'Upsample.__init__',
  ['size', 'scale_factor', 'mode', 'align_corners', 'recompute_scale_factor'],
  { size: null, scale_factor: null, mode: 'nearest', align_corners: null, recompute_scale_factor: null },
);

/** Resamples the spatial dimensions of (N, C, *). https://docs.pytorch.org/docs/2.13/generated/torch.nn.Upsample.html */
export class Upsample extends Module {
  override name: string;
  size: number | readonly number[] | null;
  scale_factor: number | readonly number[] | null;
  mode: Required<UpsampleOptions>['mode'];
  align_corners: boolean | null;
  recompute_scale_factor: boolean | null;

  constructor(...args: ArgumentsOf<typeof ofUpsample>) {
    super();
    const { size, scale_factor, mode, align_corners, recompute_scale_factor } = ofUpsample.read(args);
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

interface FixedModeOptions {
  size?: Size2 | null;
  scale_factor?: Size2 | null;
}

const fixedModeDefaults = { size: null, scale_factor: null };
const ofNearest = signature<FixedModeOptions>()(
  'UpsamplingNearest2d.__init__',
  ['size', 'scale_factor'],
  fixedModeDefaults,
);

/** Repeats pixels. https://docs.pytorch.org/docs/2.13/generated/torch.nn.UpsamplingNearest2d.html */
export class UpsamplingNearest2d extends Upsample {
  constructor(...args: ArgumentsOf<typeof ofNearest>) {
    const { size, scale_factor } = ofNearest.read(args);
    super(size, scale_factor, 'nearest');
  }
}

const ofBilinear = signature<FixedModeOptions>()(
  'UpsamplingBilinear2d.__init__',
  ['size', 'scale_factor'],
  fixedModeDefaults,
);

/** Interpolates pixels, corners aligned. https://docs.pytorch.org/docs/2.13/generated/torch.nn.UpsamplingBilinear2d.html */
export class UpsamplingBilinear2d extends Upsample {
  constructor(...args: ArgumentsOf<typeof ofBilinear>) {
    const { size, scale_factor } = ofBilinear.read(args);
    super(size, scale_factor, 'bilinear', true);
  }
}
