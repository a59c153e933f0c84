/** Colours. https://docs.pytorch.org/vision/0.28/transforms.html#color */

import { dtypes } from '../../../base/types';
import { REQUIRED, requireList, requireNumber, requireTensor, Signature } from '../../../face/arguments';
import { _torch, tensor } from '../../../face/tensors';
import { conv2d } from '../../../nn/functional';
import type { Tensor } from '../../../tensor/tensor';
import { dimensionsOf, maxValue, to_dtype, valueBits } from './types';

function checkFactor(owner: string, name: string, factor: number): void {
  requireNumber(owner, name, factor);
  if (factor < 0) throw new RangeError(`${name} (${factor}) is not non-negative.`);
}

/** How many channels; 1 or 3. */
function channelsOf(image: Tensor): number {
  const [channels] = dimensionsOf(image);
  if (channels !== 1 && channels !== 3) {
    throw new TypeError(`Input image tensor permitted channel values are 1 or 3, but found ${channels}`);
  }
  return channels;
}

/** Luma of the first three channels, in floats for integers. */
function luma(image: Tensor): Tensor {
  if (dimensionsOf(image)[0] === 1) return image.clone();
  const [r, g, b] = image.unbind(-3) as [Tensor, Tensor, Tensor];
  return r.mul(0.2989).add_(g, { alpha: 0.587 }).add_(b, { alpha: 0.114 }).unsqueeze(-3);
}

/** Luma without a fraction for integers. */
function wholeLuma(image: Tensor): Tensor {
  const grey = luma(image);
  return image.dtype.is_floating_point ? grey : grey.floor_();
}

interface GrayscaleArguments {
  image: Tensor;
  num_output_channels?: number;
}

type GrayscaleOptions = Omit<GrayscaleArguments, 'image'>;

const ofRgbToGrayscale = new Signature<GrayscaleArguments>('rgb_to_grayscale', {
  image: REQUIRED,
  num_output_channels: 1,
});

/**
 * Grey, as one or three channels.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.functional.rgb_to_grayscale.html
 */
export function rgb_to_grayscale(
  ...args: [image: Tensor, num_output_channels?: number | GrayscaleOptions] | [args: GrayscaleArguments]
): Tensor {
  const { image, num_output_channels } = ofRgbToGrayscale.read(args);
  requireTensor('rgb_to_grayscale', 'image', image);
  if (num_output_channels !== 1 && num_output_channels !== 3) {
    throw new RangeError(`num_output_channels must be 1 or 3, got ${num_output_channels}.`);
  }
  const grey = luma(image).to(image.dtype);
  if (num_output_channels === 1) return grey;
  return grey.expand(...image.shape.slice(0, -3), 3, -1, -1);
}

export const to_grayscale = rgb_to_grayscale;

/** Three channels of an image that has one. */
export function grayscale_to_rgb(image: Tensor): Tensor {
  requireTensor('grayscale_to_rgb', 'image', image);
  return dimensionsOf(image)[0] >= 3 ? image : rgb_to_grayscale(image, 3);
}

/** `ratio` of one image and the rest of the other. */
function blend(image: Tensor, other: Tensor, ratio: number): Tensor {
  const mixed = image
    .mul(ratio)
    .add_(other, { alpha: 1 - ratio })
    .clamp_(0, maxValue(image.dtype));
  return image.dtype.is_floating_point ? mixed : mixed.to(image.dtype);
}

/** 0 is black, 1 the same, 2 twice as bright. */
export function adjust_brightness(image: Tensor, brightness_factor: number): Tensor {
  requireTensor('adjust_brightness', 'image', image);
  checkFactor('adjust_brightness', 'brightness_factor', brightness_factor);
  channelsOf(image);
  const bright = image.mul(float(brightness_factor)).clamp_(0, maxValue(image.dtype));
  return bright.to(image.dtype);
}

/** A factor that makes floats of integers, even when it is whole. */
function float(value: number): Tensor | number {
  return Number.isInteger(value) ? tensor(value, { dtype: dtypes.float64 }) : value;
}

/** 0 is plain grey, 1 the same, 2 twice the contrast. */
export function adjust_contrast(image: Tensor, contrast_factor: number): Tensor {
  requireTensor('adjust_contrast', 'image', image);
  checkFactor('adjust_contrast', 'contrast_factor', contrast_factor);
  const grey = channelsOf(image) === 3 ? wholeLuma(image) : image;
  const mean = (grey.dtype.is_floating_point ? grey : grey.to(dtypes.float32)).mean([-3, -2, -1], { keepdim: true });
  return blendFloats(image, mean, contrast_factor);
}

/** 0 is grey, 1 the same, 2 twice the saturation. */
export function adjust_saturation(image: Tensor, saturation_factor: number): Tensor {
  requireTensor('adjust_saturation', 'image', image);
  checkFactor('adjust_saturation', 'saturation_factor', saturation_factor);
  if (channelsOf(image) === 1) return image;
  return blendFloats(image, wholeLuma(image), saturation_factor);
}

/** `blend`, in floats for integers. */
function blendFloats(image: Tensor, other: Tensor, ratio: number): Tensor {
  if (image.dtype.is_floating_point) return blend(image, other, ratio);
  const mixed = image.mul(float(ratio)).add_(other, { alpha: 1 - ratio });
  return mixed.clamp_(0, maxValue(image.dtype)).to(image.dtype);
}

/** Hue, saturation and value, each from 0 to 1, of a float image. */
function rgbToHsv(image: Tensor): Tensor {
  const [r, g] = image.unbind(-3) as [Tensor, Tensor];
  const [low, high] = _torch.aminmax(image, { dim: -3 });
  const grey = high.eq(low);
  const range = high.sub(low);
  const one = high.new_ones([]);
  const saturation = range.div(_torch.where(grey, one, high));
  const divisor = _torch.where(grey, one, range).unsqueeze_(-3);
  const [rc, gc, bc] = high.unsqueeze(-3).sub(image).div(divisor).unbind(-3) as [Tensor, Tensor, Tensor];
  const notRed = high.ne(r);
  const green = high.eq(g);
  const fromGreen = rc.add(2).sub_(bc).mul_(green.bitwise_and(notRed));
  const fromRed = bc.sub(gc).mul_(notRed.bitwise_not());
  const fromBlue = gc.add(4).sub_(rc).mul_(notRed.bitwise_and(green.bitwise_not()));
  const hue = fromRed
    .add_(fromGreen)
    .add_(fromBlue)
    .mul_(1 / 6)
    .add_(1)
    .fmod_(1);
  return _torch.stack([hue, saturation, high], -3);
}

/** For red, green and blue in each sixth of the hues: which of value, p, q, t it is. */
const SIXTHS = [
  [0, 2, 1, 1, 3, 0],
  [3, 0, 0, 2, 1, 1],
  [1, 1, 3, 0, 0, 2],
];

function hsvToRgb(image: Tensor): Tensor {
  const [hue, saturation, value] = image.unbind(-3) as [Tensor, Tensor, Tensor];
  const six = hue.mul(6);
  const whole = six.floor();
  const fraction = six.sub_(whole);
  const sixth = whole.to(dtypes.int32).remainder_(6).to(dtypes.int64);
  const part = saturation.mul(fraction);
  const pale = saturation.mul(-1).add_(1);
  const q = part.mul(-1).add_(1).mul_(value).clamp_(0, 1);
  const t = part.add_(pale).mul_(value).clamp_(0, 1);
  const p = pale.mul_(value).clamp_(0, 1);
  const choices = _torch.stack([value, p, q, t], -3);
  const select = tensor(SIXTHS, { dtype: dtypes.int64, device: image.device }).index(':', sixth);
  return choices.gather(-3, select.ndim > 3 ? select.movedim(0, -3) : select);
}

/**
 * Turns the colour circle by a share from -0.5 to 0.5.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.functional.adjust_hue.html
 */
export function adjust_hue(image: Tensor, hue_factor: number): Tensor {
  requireTensor('adjust_hue', 'image', image);
  requireNumber('adjust_hue', 'hue_factor', hue_factor);
  if (!(hue_factor >= -0.5 && hue_factor <= 0.5)) {
    throw new RangeError(`hue_factor (${hue_factor}) is not in [-0.5, 0.5].`);
  }
  if (channelsOf(image) === 1 || image.numel() === 0) return image;
  const [hue, saturation, value] = rgbToHsv(to_dtype(image, dtypes.float32, true)).unbind(-3) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const turned = _torch.stack([hue.add(hue_factor).remainder_(1), saturation, value], -3);
  return to_dtype(hsvToRgb(turned), image.dtype, true);
}

interface GammaArguments {
  image: Tensor;
  gamma: number;
  gain?: number;
}

type GammaOptions = Pick<GammaArguments, 'gain'>;

type GammaRest = Omit<GammaArguments, 'image'>;

const ofAdjustGamma = new Signature<GammaArguments>('adjust_gamma', { image: REQUIRED, gamma: REQUIRED, gain: 1 });

/** value^gamma · gain, of shares. */
export function adjust_gamma(
  ...args: [image: Tensor, gamma: number | GammaRest, gain?: number | GammaOptions] | [args: GammaArguments]
): Tensor {
  const { image, gamma, gain } = ofAdjustGamma.read(args);
  requireTensor('adjust_gamma', 'image', image);
  if (gamma < 0) throw new RangeError('Gamma should be a non-negative real number');
  const shares = image.dtype.is_floating_point ? image : to_dtype(image, dtypes.float32, true);
  const powers = shares.pow(gamma);
  return to_dtype(gain === 1 ? powers : powers.mul_(gain).clamp_(0, 1), image.dtype, true);
}

/** 0 is blurred, 1 the same, 2 twice as sharp. */
export function adjust_sharpness(image: Tensor, sharpness_factor: number): Tensor {
  requireTensor('adjust_sharpness', 'image', image);
  const [, height, width] = dimensionsOf(image);
  const channels = channelsOf(image);
  checkFactor('adjust_sharpness', 'sharpness_factor', sharpness_factor);
  if (image.numel() === 0 || height <= 2 || width <= 2) return image;
  const { dtype, device, shape } = image;
  const floats = dtype.is_floating_point;
  const kernelDtype = floats ? dtype : dtypes.float32;
  const [a, b] = [1 / 13, 5 / 13];
  const weights = [a, a, a, a, b, a, a, a, a];
  const kernel = tensor(weights, { dtype: kernelDtype, device }).view(1, 1, 3, 3).expand(channels, -1, -1, -1);
  const output = image.reshape(-1, channels, height, width).to(kernelDtype, { copy: true });
  const blurred = conv2d(output, kernel, null, { groups: channels }) as Tensor;
  if (!floats) blurred.round_();
  const inner = output.index('...', '1:-1', '1:-1');
  inner.add_(blurred.sub_(inner), { alpha: 1 - sharpness_factor });
  return output.clamp_(0, maxValue(dtype)).to(dtype).reshape(shape);
}

/** Keeps the first bits of each value. */
export function posterize(image: Tensor, bits: number): Tensor {
  requireTensor('posterize', 'image', image);
  requireNumber('posterize', 'bits', bits);
  if (!Number.isInteger(bits) || bits < 0 || bits > 8) {
    throw new TypeError(`bits must be a positive integer in the range [0, 8], got ${bits} instead.`);
  }
  if (image.dtype.is_floating_point) {
    const levels = 2 ** bits;
    return image
      .mul(levels)
      .floor_()
      .clamp_(0, levels - 1)
      .mul_(1 / levels);
  }
  const all = valueBits(image.dtype);
  if (bits >= all) return image;
  const mask = tensor(((1n << BigInt(bits)) - 1n) << BigInt(all - bits)).to(image.dtype);
  return image.bitwise_and(mask);
}

/** Inverts what is at least as bright as `threshold`. */
export function solarize(image: Tensor, threshold: number): Tensor {
  requireTensor('solarize', 'image', image);
  requireNumber('solarize', 'threshold', threshold);
  if (threshold > maxValue(image.dtype)) {
    throw new TypeError(`Threshold should be less or equal the maximum value of the dtype, but got ${threshold}`);
  }
  return _torch.where(image.ge(threshold), invert(image), image);
}

/** Bright becomes dark. */
export function invert(image: Tensor): Tensor {
  requireTensor('invert', 'image', image);
  if (image.dtype.is_floating_point) return image.neg().add_(1);
  if (image.dtype === dtypes.uint8) return image.bitwise_not();
  return image.bitwise_xor(tensor((1n << BigInt(valueBits(image.dtype))) - 1n).to(image.dtype));
}

/** The darkest value of each channel becomes black, the brightest white. */
export function autocontrast(image: Tensor): Tensor {
  requireTensor('autocontrast', 'image', image);
  channelsOf(image);
  if (image.numel() === 0) return image;
  const bound = maxValue(image.dtype);
  const floats = image.dtype.is_floating_point ? image : image.to(dtypes.float32);
  const low = floats.amin([-2, -1], { keepdim: true });
  const high = floats.amax([-2, -1], { keepdim: true });
  const flat = high.eq(low);
  const scale = high
    .sub_(low)
    .mul_(1 / bound)
    .masked_fill_(flat, 1);
  return floats.sub(low.masked_fill_(flat, 0)).div_(scale).clamp_(0, bound).to(image.dtype);
}

/** Spreads the values of each channel evenly. */
export function equalize(image: Tensor): Tensor {
  requireTensor('equalize', 'image', image);
  if (image.numel() === 0) return image;
  const bytes = to_dtype(image, dtypes.uint8, true);
  const flat = bytes.flatten(-2).to(dtypes.int64);
  const counts = _torch.zeros([...flat.shape.slice(0, -1), 256], { dtype: dtypes.int32, device: image.device });
  counts.scatter_add_(-1, flat, counts.new_ones([1]).expand_as(flat));
  const sums = counts.cumsum(-1);
  const last = sums.argmax(-1, { keepdim: true });
  const step = counts.gather(-1, last).neg_().add_(flat.shape.at(-1)!).div_(255, { rounding_mode: 'floor' });
  const table = sums
    .index('...', ':-1')
    .add(step.div(2, { rounding_mode: 'floor' }))
    .div_(step.clamp(1), { rounding_mode: 'floor' })
    .clamp_(0, 255)
    .to(dtypes.uint8);
  const first = table.new_zeros([...table.shape.slice(0, -1), 1]);
  const equal = _torch.cat([first, table], -1).gather(-1, flat).view_as(bytes);
  return to_dtype(_torch.where(step.ne(0).unsqueeze(-1), equal, bytes), image.dtype, true);
}

/** Channels in another order. */
export function permute_channels(image: Tensor, permutation: readonly number[]): Tensor {
  requireTensor('permute_channels', 'image', image);
  requireList('permute_channels', 'permutation', permutation);
  const [channels] = dimensionsOf(image);
  if (permutation.length !== channels) {
    throw new RangeError(
      `Length of permutation does not match number of channels: ${permutation.length} != ${channels}`,
    );
  }
  return image.index_select(-3, tensor([...permutation], { dtype: dtypes.int64, device: image.device }));
}
