/** Colours, blur, and holes. https://docs.pytorch.org/vision/0.28/transforms.html#color */

import { dtypes } from '../../base/types';
import { requireList, Signature } from '../../face/arguments';
import { _torch, float, roundHalfEven, tensor } from '../../face/tensors';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/transforms_v2';
import * as F from './functional';
import { pairOf } from './functional/geometry';
import { dimensionsOf } from './functional/types';
import {
  floatList,
  floatTuple,
  type Probability,
  RandomTransform,
  randomInteger,
  randomOrder,
  randomRatio,
  Transform,
  tuple,
  uniform,
} from './transform';

type Range = readonly [number, number];

interface GrayscaleOptions {
  num_output_channels?: number;
}

const ofGrayscale = new Signature<GrayscaleOptions>('Grayscale.__init__', { num_output_channels: 1 });

/** Grey, as one or three channels. https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.Grayscale.html */
export class Grayscale extends Transform {
  num_output_channels: number;

  constructor(num_output_channels: number | GrayscaleOptions | null = 1) {
    super();
    const args = num_output_channels === null ? [] : [num_output_channels];
    this.num_output_channels = ofGrayscale.read(args).num_output_channels;
  }

  override transform(image: Tensor): Tensor {
    return F.rgb_to_grayscale(image, this.num_output_channels);
  }

  protected override options() {
    return { num_output_channels: this.num_output_channels };
  }
}

/** Three channels of an image that has one. */
export class RGB extends Transform {
  override transform(image: Tensor): Tensor {
    return F.grayscale_to_rgb(image);
  }
}

/** Grey, with as many channels as before. */
export class RandomGrayscale extends RandomTransform {
  constructor(p: Probability = 0.1) {
    super(p, 0.1);
  }

  override transform(image: Tensor): Tensor {
    return F.rgb_to_grayscale(image, dimensionsOf(image)[0]);
  }
}

/** From center − x to center + x of one number; nothing where that changes nothing. */
function factorRange(name: string, value: number | Range | null, center: number, bound: Range): Range | null {
  if (value === null) return null;
  if (typeof value === 'number' && value < 0) {
    throw new RangeError(`If ${name} is a single number, it must be non negative.`);
  }
  const lowest = center === 1 ? 0 : -Infinity;
  const range: Range =
    typeof value === 'number' ? [Math.max(center - value, lowest), center + value] : [value[0], value[1]];
  if (!(bound[0] <= range[0] && range[0] <= range[1] && range[1] <= bound[1])) {
    throw new RangeError(
      `${name} values should be between ${floatTuple(bound)} and increasing, but got ${floatList(range)}.`,
    );
  }
  return range[0] === center && range[1] === center ? null : range;
}

type Adjustment = (image: Tensor) => Tensor;

/**
 * Changes brightness, contrast, saturation and hue, in a random order.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.ColorJitter.html
 */
export class ColorJitter extends Transform<Adjustment[]> {
  brightness: Range | null;
  contrast: Range | null;
  saturation: Range | null;
  hue: Range | null;

  constructor(...args: signatures.ColorJitterArgs) {
    super();
    const { brightness, contrast, saturation, hue } = signatures.ColorJitter.read(args);
    const positive: Range = [0, Infinity];
    this.brightness = factorRange('brightness', brightness, 1, positive);
    this.contrast = factorRange('contrast', contrast, 1, positive);
    this.saturation = factorRange('saturation', saturation, 1, positive);
    this.hue = factorRange('hue', hue, 0, [-0.5, 0.5]);
  }

  override make_params(): Adjustment[] {
    const order = randomOrder(4);
    const kinds = [
      [this.brightness, F.adjust_brightness],
      [this.contrast, F.adjust_contrast],
      [this.saturation, F.adjust_saturation],
      [this.hue, F.adjust_hue],
    ] as const;
    const adjustments = kinds.map(([range, adjust]): Adjustment => {
      if (range === null) return (image) => image;
      const factor = uniform(...range);
      return (image) => adjust(image, factor);
    });
    return order.map((i) => adjustments[i]!);
  }

  override transform(image: Tensor, adjustments: Adjustment[]): Tensor {
    return adjustments.reduce((before, adjust) => adjust(before), image);
  }

  protected override options() {
    const shown = (range: Range | null) => range && floatTuple(range);
    const { brightness, contrast, saturation, hue } = this;
    return { brightness: shown(brightness), contrast: shown(contrast), saturation: shown(saturation), hue: shown(hue) };
  }
}

/** Inverts. */
export class RandomInvert extends RandomTransform {
  constructor(p: Probability = 0.5) {
    super(p);
  }

  override transform(image: Tensor): Tensor {
    return F.invert(image);
  }
}

/** Keeps `bits` bits of each value. */
export class RandomPosterize extends RandomTransform {
  constructor(
    readonly bits: number,
    p: Probability = 0.5,
  ) {
    super(p);
  }

  override transform(image: Tensor): Tensor {
    return F.posterize(image, this.bits);
  }

  protected override options() {
    return { p: float(this.p), bits: this.bits };
  }
}

/** Inverts what is at least as bright as `threshold`. */
export class RandomSolarize extends RandomTransform {
  constructor(
    readonly threshold: number,
    p: Probability = 0.5,
  ) {
    super(p);
  }

  override transform(image: Tensor): Tensor {
    return F.solarize(image, this.threshold);
  }

  protected override options() {
    return { p: float(this.p), threshold: this.threshold };
  }
}

/** Sharper or softer. */
export class RandomAdjustSharpness extends RandomTransform {
  constructor(
    readonly sharpness_factor: number,
    p: Probability = 0.5,
  ) {
    super(p);
  }

  override transform(image: Tensor): Tensor {
    return F.adjust_sharpness(image, this.sharpness_factor);
  }

  protected override options() {
    return { p: float(this.p), sharpness_factor: this.sharpness_factor };
  }
}

/** From black to white in each channel. */
export class RandomAutocontrast extends RandomTransform {
  constructor(p: Probability = 0.5) {
    super(p);
  }

  override transform(image: Tensor): Tensor {
    return F.autocontrast(image);
  }
}

/** Spreads the values of each channel evenly. */
export class RandomEqualize extends RandomTransform {
  constructor(p: Probability = 0.5) {
    super(p);
  }

  override transform(image: Tensor): Tensor {
    return F.equalize(image);
  }
}

/** Smooths. https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.GaussianBlur.html */
export class GaussianBlur extends Transform<number> {
  kernel_size: [number, number];
  sigma: [number, number];

  constructor(...args: signatures.GaussianBlurArgs) {
    super();
    const { kernel_size, sigma } = signatures.GaussianBlur.read(args);
    this.kernel_size = pairOf(kernel_size, 'Kernel size should be a tuple/list of two integers');
    if (this.kernel_size.some((size) => size <= 0 || size % 2 === 0)) {
      throw new RangeError('Kernel size value should be an odd and positive number.');
    }
    this.sigma = pairOf(sigma, 'If sigma is a sequence its length should be 1 or 2.');
    if (!(this.sigma[0] > 0 && this.sigma[0] <= this.sigma[1])) {
      throw new RangeError(`sigma values should be positive and of the form (min, max). Got ${floatList(this.sigma)}`);
    }
  }

  override make_params(): number {
    return uniform(...this.sigma);
  }

  override transform(image: Tensor, sigma: number): Tensor {
    return F.gaussian_blur(image, this.kernel_size, sigma);
  }

  protected override options() {
    return { kernel_size: tuple(this.kernel_size), sigma: floatList(this.sigma) };
  }
}

interface Hole {
  i: number;
  j: number;
  h: number;
  w: number;
  v: Tensor;
}

/** Cuts a hole. https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.RandomErasing.html */
export class RandomErasing extends RandomTransform<Hole | null> {
  scale: Range;
  ratio: Range;
  /** null is noise. */
  value: readonly number[] | null;
  inplace: boolean;

  constructor(...args: signatures.RandomErasingArgs) {
    const { p, scale, ratio, value, inplace } = signatures.RandomErasing.read(args);
    super(p);
    if (typeof value === 'string' && value !== 'random') {
      throw new RangeError("If value is str, it should be 'random'");
    }
    requireList('RandomErasing', 'scale', scale);
    requireList('RandomErasing', 'ratio', ratio);
    if (scale[0] < 0 || scale[1] > 1) throw new RangeError('Scale should be between 0 and 1');
    this.scale = scale;
    this.ratio = ratio;
    this.value = value === 'random' ? null : typeof value === 'number' ? [value] : value;
    this.inplace = inplace;
  }

  override make_params(image: Tensor): Hole | null {
    const [channels, height, width] = dimensionsOf(image);
    if (this.value !== null && this.value.length !== 1 && this.value.length !== channels) {
      throw new RangeError(
        `If value is a sequence, it should have either a single value or ${channels} (number of inpt channels)`,
      );
    }
    for (let attempt = 0; attempt < 10; attempt++) {
      const area = height * width * uniform(...this.scale);
      const ratio = randomRatio(this.ratio);
      const h = roundHalfEven(Math.sqrt(area * ratio));
      const w = roundHalfEven(Math.sqrt(area / ratio));
      if (h >= height || w >= width) continue;
      const v = this.filling([channels, h, w]);
      const i = randomInteger(0, height - h + 1);
      return { i, j: randomInteger(0, width - w + 1), h, w, v };
    }
    return null;
  }

  private filling(shape: number[]): Tensor {
    if (this.value === null) return (_torch.empty(shape, { dtype: dtypes.float32 }) as Tensor).normal_();
    return tensor([...this.value], { dtype: dtypes.float32 }).view(-1, 1, 1);
  }

  override transform(image: Tensor, hole: Hole | null): Tensor {
    return hole === null ? image : F.erase(image, hole.i, hole.j, hole.h, hole.w, hole.v, this.inplace);
  }

  protected override options() {
    const { p, scale, ratio, value, inplace } = this;
    return {
      p: float(p),
      scale: floatTuple(scale),
      ratio: floatTuple(ratio),
      value: value && floatList(value),
      inplace,
    };
  }
}
