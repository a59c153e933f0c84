/** Sizes and margins. https://docs.pytorch.org/vision/0.28/transforms.html#geometry */

import { requireList } from '../../face/arguments';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/transforms_v2';
import * as F from './functional';
import type { Fill, InterpolationMode, PaddingMode, Size } from './functional/interpolation';
import { fillText, Transform, tuple } from './transform';

/**
 * Another size: [height, width], or the length of the shorter side.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.Resize.html
 */
export class Resize extends Transform {
  size: readonly number[] | null;
  interpolation: InterpolationMode;
  max_size: number | null;
  antialias: boolean | null;

  constructor(...args: signatures.ResizeArgs) {
    super();
    const { size, interpolation, max_size, antialias } = signatures.Resize.read(args);
    this.size = typeof size === 'number' ? [size] : size;
    if (this.size !== null) requireList('Resize', 'size', this.size);
    if (this.size !== null && this.size.length !== 1 && this.size.length !== 2) {
      throw new RangeError(
        `size can be an integer, a sequence of one or two integers, or None, but got ${tuple(this.size)} instead.`,
      );
    }
    if (this.size === null && max_size === null) {
      throw new RangeError('max_size must be an integer when size is None, but got None instead.');
    }
    this.interpolation = interpolation;
    this.max_size = max_size;
    this.antialias = antialias;
  }

  override transform(image: Tensor): Tensor {
    const { size, interpolation, max_size, antialias } = this;
    return F.resize(image, size, { interpolation, max_size, antialias });
  }

  protected override options() {
    const { size, interpolation, max_size, antialias } = this;
    return { size, interpolation, max_size, antialias };
  }
}

/** @throws TypeError or RangeError unless these are margins, and a way to fill them */
export function checkPadding(padding: Size, mode: PaddingMode): void {
  const sizes = typeof padding === 'number' ? [padding] : padding;
  if (!Array.isArray(sizes)) throw new TypeError('Got inappropriate padding arg');
  if (![1, 2, 4].includes(sizes.length) || !sizes.every(Number.isInteger)) {
    throw new RangeError(`Padding must be an int or a 1, 2, or 4 element of tuple or list, got ${padding}.`);
  }
  if (!['constant', 'edge', 'reflect', 'symmetric'].includes(mode)) {
    throw new RangeError('Padding mode should be either constant, edge, reflect or symmetric');
  }
}

/** Room around. https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.Pad.html */
export class Pad extends Transform {
  padding: Size;
  fill: Fill;
  padding_mode: PaddingMode;

  constructor(...args: signatures.PadArgs) {
    super();
    const { padding, fill, padding_mode } = signatures.Pad.read(args);
    checkPadding(padding, padding_mode);
    this.padding = padding;
    this.fill = fill;
    this.padding_mode = padding_mode;
  }

  override transform(image: Tensor): Tensor {
    return F.pad(image, this.padding, { fill: this.fill, padding_mode: this.padding_mode });
  }

  protected override options() {
    const { padding, fill, padding_mode } = this;
    return { padding, fill: fillText(fill), padding_mode };
  }
}
