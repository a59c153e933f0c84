/** Parts of images. https://docs.pytorch.org/vision/0.28/transforms.html#cropping */

import { roundHalfEven } from '../../face/tensors';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/transforms_v2';
import * as F from './functional';
import { paddingOf, pairOf } from './functional/geometry';
import type { Fill, InterpolationMode, PaddingMode, Size } from './functional/interpolation';
import { checkPadding } from './sizes';
import { fillText, floatTuple, randomInteger, randomRatio, Transform, tuple, uniform } from './transform';

/** The middle. https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.CenterCrop.html */
export class CenterCrop extends Transform {
  size: [number, number];

  constructor(size: Size) {
    super();
    this.size = pairOf(size);
  }

  override transform(image: Tensor): Tensor {
    return F.center_crop(image, this.size);
  }

  protected override options() {
    return { size: tuple(this.size) };
  }
}

interface CropPlace {
  padding: [left: number, top: number, right: number, bottom: number];
  top: number;
  left: number;
}

/**
 * A part at a random place, after padding.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.RandomCrop.html
 */
export class RandomCrop extends Transform<CropPlace> {
  size: [number, number];
  /** Left, right, top, bottom. */
  padding: [number, number, number, number] | null;
  pad_if_needed: boolean;
  fill: Fill;
  padding_mode: PaddingMode;

  constructor(...args: signatures.RandomCropArgs) {
    super();
    const { size, padding, pad_if_needed, fill, padding_mode } = signatures.RandomCrop.read(args);
    this.size = pairOf(size);
    checkPadding(padding ?? 0, padding_mode);
    this.padding = padding === null || padding === 0 ? null : paddingOf(padding);
    this.pad_if_needed = pad_if_needed;
    this.fill = fill;
    this.padding_mode = padding_mode;
  }

  override make_params(image: Tensor): CropPlace {
    let [left, right, top, bottom] = this.padding ?? [0, 0, 0, 0];
    const [h, w] = F.get_size(image);
    const [height, width] = this.size;
    const [down, across] = this.pad_if_needed
      ? [Math.max(0, height - h - top - bottom), Math.max(0, width - w - left - right)]
      : [0, 0];
    [left, right, top, bottom] = [left + across, right + across, top + down, bottom + down];
    const [spareHeight, spareWidth] = [h + top + bottom - height, w + left + right - width];
    if (spareHeight < 0 || spareWidth < 0) {
      const whole = tuple([h + top + bottom, w + left + right]);
      const padded = this.padding === null ? '' : 'padded ';
      throw new RangeError(`Required crop size ${tuple(this.size)} is larger than ${padded}input image size ${whole}.`);
    }
    const place = (spare: number) => (spare > 0 ? randomInteger(0, spare + 1) : 0);
    const y = place(spareHeight);
    return { padding: [left, top, right, bottom], top: y, left: place(spareWidth) };
  }

  override transform(image: Tensor, { padding, top, left }: CropPlace): Tensor {
    const { fill, padding_mode, size } = this;
    const whole = padding.some((side) => side !== 0) ? F.pad(image, padding, { fill, padding_mode }) : image;
    return F.crop(whole, top, left, ...size);
  }

  protected override options() {
    const { size, padding, pad_if_needed, fill, padding_mode } = this;
    return { size: tuple(size), padding, pad_if_needed, fill: fillText(fill), padding_mode };
  }
}

interface Box {
  top: number;
  left: number;
  height: number;
  width: number;
}

/**
 * A part of random size, shape and place, resized.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.RandomResizedCrop.html
 */
export class RandomResizedCrop extends Transform<Box> {
  size: [number, number];
  scale: readonly [number, number];
  ratio: readonly [number, number];
  interpolation: InterpolationMode;
  antialias: boolean | null;

  constructor(...args: signatures.RandomResizedCropArgs) {
    super();
    const { size, scale, ratio, interpolation, antialias } = signatures.RandomResizedCrop.read(args);
    this.size = pairOf(size);
    if (!Array.isArray(scale) || scale.length !== 2) throw new TypeError('Scale should be a sequence of two floats.');
    if (!Array.isArray(ratio) || ratio.length !== 2) throw new TypeError('Ratio should be a sequence of two floats.');
    this.scale = scale;
    this.ratio = ratio;
    this.interpolation = interpolation;
    this.antialias = antialias;
  }

  override make_params(image: Tensor): Box {
    const [h, w] = F.get_size(image);
    for (let attempt = 0; attempt < 10; attempt++) {
      const area = h * w * uniform(...this.scale);
      const ratio = randomRatio(this.ratio);
      const width = roundHalfEven(Math.sqrt(area * ratio));
      const height = roundHalfEven(Math.sqrt(area / ratio));
      if (!(width > 0 && width <= w && height > 0 && height <= h)) continue;
      const top = randomInteger(0, h - height + 1);
      return { top, left: randomInteger(0, w - width + 1), height, width };
    }
    return this.middle(h, w);
  }

  /** The largest part of an allowed shape. */
  private middle(h: number, w: number): Box {
    const [narrow, wide] = [Math.min(...this.ratio), Math.max(...this.ratio)];
    const height = w / h < narrow ? roundHalfEven(w / narrow) : h;
    const width = w / h > wide ? roundHalfEven(h * wide) : w;
    return { top: (h - height) >> 1, left: (w - width) >> 1, height, width };
  }

  override transform(image: Tensor, { top, left, height, width }: Box): Tensor {
    const { size, interpolation, antialias } = this;
    return F.resized_crop(image, top, left, height, width, size, { interpolation, antialias });
  }

  protected override options() {
    const { size, scale, ratio, interpolation, antialias } = this;
    return { size: tuple(size), scale: floatTuple(scale), ratio: floatTuple(ratio), interpolation, antialias };
  }
}

/** The four corners and the middle: five images. */
export class FiveCrop extends Transform {
  size: [number, number];

  constructor(size: Size) {
    super();
    this.size = pairOf(size);
  }

  override transform(image: Tensor): Tensor[] {
    return F.five_crop(image, this.size);
  }

  protected override options() {
    return { size: tuple(this.size) };
  }
}

/** Those of the image and of the flipped one: ten images. */
export class TenCrop extends Transform {
  size: [number, number];

  constructor(
    size: Size,
    readonly vertical_flip = false,
  ) {
    super();
    this.size = pairOf(size);
  }

  override transform(image: Tensor): Tensor[] {
    return F.ten_crop(image, this.size, this.vertical_flip);
  }

  protected override options() {
    return { size: tuple(this.size), vertical_flip: this.vertical_flip };
  }
}
