/** Sizes, crops and flips. https://docs.pytorch.org/vision/0.28/transforms.html#geometry */

import { TorchError } from '../../../base/errors';
import { type DType, dtypes } from '../../../base/types';
import {
  listText,
  REQUIRED,
  requireList,
  requireNumbers,
  requireTensor,
  Signature,
  typeName,
} from '../../../face/arguments';
import { roundHalfEven, tensor } from '../../../face/tensors';
import { interpolate, pad as padTensor } from '../../../nn/functional';
import type { Tensor } from '../../../tensor/tensor';
import { checkInterpolation, type Fill, type InterpolationMode, type PaddingMode, type Size } from './interpolation';
import { dimensionsOf } from './types';

export interface ResizeOptions {
  interpolation?: InterpolationMode;
  /** The longer side may not be longer. */
  max_size?: number | null;
  /** Smooths before it shrinks. */
  antialias?: boolean | null;
}

interface ResizeArguments extends ResizeOptions {
  image: Tensor;
  size: Size | null;
}

const ofResize = new Signature<ResizeArguments>('resize', {
  image: REQUIRED,
  size: REQUIRED,
  interpolation: 'bilinear',
  max_size: null,
  antialias: true,
});

/** Mirrors an image left to right. */
export function horizontal_flip(image: Tensor): Tensor {
  requireTensor('horizontal_flip', 'image', image);
  return image.flip(-1);
}

/** Mirrors an image top to bottom. */
export function vertical_flip(image: Tensor): Tensor {
  requireTensor('vertical_flip', 'image', image);
  return image.flip(-2);
}

/** The same as `horizontal_flip`. */
export const hflip = horizontal_flip;
/** The same as `vertical_flip`. */
export const vflip = vertical_flip;

/** The height and width of an image. */
export function get_size(image: Tensor): [height: number, width: number] {
  requireTensor('get_size', 'image', image);
  return dimensionsOf(image).slice(1) as [number, number];
}

/** The channels, height and width of an image. */
export function get_dimensions(image: Tensor): [channels: number, height: number, width: number] {
  requireTensor('get_dimensions', 'image', image);
  return dimensionsOf(image);
}

/** Height and width that an image of this size gets: one number stands for the shorter side. */
function resizedSize(height: number, width: number, size: Size | null, max_size: number | null): [number, number] {
  const sizes = typeof size === 'number' ? [size] : size;
  if (sizes !== null) requireNumbers('resize', 'size', sizes);
  const [short, long] = width <= height ? [width, height] : [height, width];
  const ordered = (newShort: number, newLong: number): [number, number] =>
    width <= height ? [newLong, newShort] : [newShort, newLong];
  if (sizes === null) {
    if (max_size === null) throw new RangeError('max_size must be an integer when size is None, but got None instead.');
    return ordered(Math.trunc((max_size * short) / long), max_size);
  }
  if (sizes.length !== 1) {
    if (max_size !== null) {
      throw new RangeError(
        'max_size should only be passed if size is None or specifies the length of the smaller edge, ' +
          'i.e. size should be an int or a sequence of length 1 in torchscript mode.',
      );
    }
    return [sizes[0]!, sizes[1]!];
  }
  const newShort = sizes[0]!;
  const newLong = Math.trunc((newShort * long) / short);
  if (max_size === null) return ordered(newShort, newLong);
  if (max_size <= newShort) {
    throw new RangeError(
      `max_size = ${max_size} must be strictly greater than the requested size for the smaller edge size = [${newShort}]`,
    );
  }
  if (newLong <= max_size) return ordered(newShort, newLong);
  return ordered(Math.trunc((max_size * newShort) / newLong), max_size);
}

/** Whether the kernel takes bytes as they are; otherwise they become floats before, and whole again after. */
function takesBytes(image: Tensor, mode: InterpolationMode): boolean {
  return mode === 'nearest' || mode === 'nearest-exact' || image.device.type === 'cpu';
}

/**
 * An image of another size: `size` is height and width, or the shorter side's length.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.functional.resize.html
 */
export function resize(
  ...args:
    | [
        image: Tensor,
        size: Size | null | (ResizeOptions & { size: Size | null }),
        interpolation?: InterpolationMode | ResizeOptions,
        max_size?: number | null | ResizeOptions,
        antialias?: boolean | null | ResizeOptions,
      ]
    | [args: ResizeArguments]
): Tensor {
  const { image, size, interpolation, max_size, ...given } = ofResize.read(args);
  requireTensor('resize', 'image', image);
  const mode = checkInterpolation(interpolation);
  const nearest = mode === 'nearest' || mode === 'nearest-exact';
  const antialias = !nearest && (given.antialias ?? true);
  if (mode === 'box' || mode === 'hamming') {
    throw new RangeError(`Interpolation mode '${mode}' is unsupported with Tensor input`);
  }
  if (mode === 'lanczos' && !antialias) throw new RangeError('InterpolationMode.LANCZOS requires antialias=True');
  const [channels, height, width] = dimensionsOf(image);
  const target = resizedSize(height, width, size, max_size);
  if (target[0] === height && target[1] === width) return image;
  const before = image.shape.slice(0, Math.max(0, image.ndim - 3));
  const shape = image.ndim === 2 ? target : [...before, channels, ...target];
  if (image.numel() === 0) return image.reshape(shape);
  const { dtype } = image;
  const direct =
    dtype === dtypes.float32 || dtype === dtypes.float64 || (dtype === dtypes.uint8 && takesBytes(image, mode));
  const batch = image.reshape(-1, channels, height, width);
  const pixels = direct ? batch : batch.to(dtypes.float32);
  const align = nearest ? null : false;
  let resized = interpolate(pixels, { size: target, mode, align_corners: align, antialias }) as Tensor;
  if (!direct) {
    if (dtype === dtypes.uint8 && (mode === 'bicubic' || mode === 'lanczos')) resized = resized.clamp_(0, 255);
    resized = (dtype.is_floating_point ? resized : resized.round_()).to(dtype);
  }
  return resized.reshape(shape);
}

/** [left, right, top, bottom] of one number, of two for the sides and for above and below, or of four round about. */
export function paddingOf(padding: Size): [left: number, right: number, top: number, bottom: number] {
  if (typeof padding !== 'number') requireList('pad', 'padding', padding);
  const sizes = typeof padding === 'number' ? [padding] : padding;
  switch (sizes.length) {
    case 1:
      return [sizes[0]!, sizes[0]!, sizes[0]!, sizes[0]!];
    case 2:
      return [sizes[0]!, sizes[0]!, sizes[1]!, sizes[1]!];
    case 4:
      return [sizes[0]!, sizes[2]!, sizes[1]!, sizes[3]!];
    default:
      throw new RangeError(`Padding must be an int or a 1, 2, or 4 element tuple or list. Found ${sizes.length}`);
  }
}

export interface PadOptions {
  fill?: Fill;
  padding_mode?: PaddingMode;
}

interface PadArguments extends PadOptions {
  image: Tensor;
  padding: Size;
}

const ofPad = new Signature<PadArguments>('pad', {
  image: REQUIRED,
  padding: REQUIRED,
  fill: 0,
  padding_mode: 'constant',
});

const torchModes = { constant: 'constant', edge: 'replicate', reflect: 'reflect' } as const;

/**
 * Room around an image.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.functional.pad.html
 */
export function pad(
  ...args:
    | [
        image: Tensor,
        padding: Size | (PadOptions & { padding: Size }),
        fill?: Fill | PadOptions,
        padding_mode?: PaddingMode | PadOptions,
      ]
    | [args: PadArguments]
): Tensor {
  const { image, padding, fill, padding_mode } = ofPad.read(args);
  requireTensor('pad', 'image', image);
  const sides = paddingOf(padding);
  if (!(padding_mode in torchModes) && padding_mode !== 'symmetric') {
    throw new RangeError(
      `\`padding_mode\` should be either \`'constant'\`, \`'edge'\`, \`'reflect'\` or \`'symmetric'\`, ` +
        `but got \`'${padding_mode}'\`.`,
    );
  }
  const values = typeof fill === 'number' ? [fill] : (fill ?? [0]);
  if (values.length === 1) return padded(image, sides, values[0]!, padding_mode);
  if (padding_mode !== 'constant') {
    throw new RangeError(`Padding mode '${padding_mode}' is not supported if fill is not scalar`);
  }
  return paddedWithColour(image, sides, values);
}

type Sides = [left: number, right: number, top: number, bottom: number];

function padded(image: Tensor, sides: Sides, fill: number, mode: PaddingMode): Tensor {
  if (mode === 'symmetric') return mirrored(image, sides);
  const [channels, height, width] = dimensionsOf(image);
  const batch = image.reshape(-1, channels, height, width);
  // Only a constant can surround integers.
  const floats = mode === 'constant' || image.dtype.is_floating_point;
  const given = floats ? batch : batch.to(dtypes.float32);
  const large = padTensor(given, sides, torchModes[mode], mode === 'constant' ? fill : null) as Tensor;
  return large.to(image.dtype).reshape(...image.shape.slice(0, -2), ...large.shape.slice(-2));
}

function paddedWithColour(image: Tensor, sides: Sides, fill: readonly number[]): Tensor {
  const [height, width] = get_size(image);
  const colour = tensor([...fill], { device: image.device })
    .to(image.dtype)
    .reshape(-1, 1, 1);
  const [left, right, top, bottom] = sides;
  const shape = [...image.shape.slice(0, -2), height + top + bottom, width + left + right];
  const large = colour.expand(shape).clone();
  crop(
    large,
    Math.max(top, 0),
    Math.max(left, 0),
    Math.min(height, shape.at(-2)!),
    Math.min(width, shape.at(-1)!),
  ).copy_(
    crop(image, Math.max(-top, 0), Math.max(-left, 0), Math.min(height, shape.at(-2)!), Math.min(width, shape.at(-1)!)),
  );
  return large;
}

/** Indices along one dimension: mirrored at both ends, the edge itself repeated; negative sides cut. */
function mirroredIndices(length: number, before: number, after: number): number[] {
  const inner = Array.from({ length }, (_, i) => i).slice(Math.max(-before, 0), length - Math.max(-after, 0));
  const head = Array.from({ length: Math.max(before, 0) }, (_, i) => inner[Math.max(before, 0) - 1 - i]!);
  const tail = Array.from({ length: Math.max(after, 0) }, (_, i) => inner[inner.length - 1 - i]!);
  return [...head, ...inner, ...tail];
}

function mirrored(image: Tensor, [left, right, top, bottom]: Sides): Tensor {
  const [height, width] = get_size(image);
  if (Math.max(left, right) > width || Math.max(top, bottom) > height) {
    throw new TorchError('Padding size should be less than or equal to the image size for symmetric padding');
  }
  const indices = (values: number[]) => tensor(values, { dtype: dtypes.int64, device: image.device });
  const rows = indices(mirroredIndices(height, top, bottom));
  return image.index_select(-2, rows).index_select(-1, indices(mirroredIndices(width, left, right)));
}

/**
 * A part of an image, zero outside of it.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.functional.crop.html
 */
export function crop(image: Tensor, top: number, left: number, height: number, width: number): Tensor {
  requireTensor('crop', 'image', image);
  requireNumbers('crop', 'top, left, height, width', [top, left, height, width]);
  const [h, w] = get_size(image);
  const [bottom, right] = [top + height, left + width];
  if (left >= 0 && top >= 0 && right <= w && bottom <= h) return image.narrow(-2, top, height).narrow(-1, left, width);
  const [y1, x1] = [Math.min(Math.max(top, 0), h), Math.min(Math.max(left, 0), w)];
  const [y2, x2] = [Math.max(Math.min(bottom, h), y1), Math.max(Math.min(right, w), x1)];
  const inside = image.narrow(-2, y1, y2 - y1).narrow(-1, x1, x2 - x1);
  const sides: Sides = [
    Math.max(Math.min(right, 0) - left, 0),
    Math.max(right - Math.max(w, left), 0),
    Math.max(Math.min(bottom, 0) - top, 0),
    Math.max(bottom - Math.max(h, top), 0),
  ];
  return padded(inside, sides, 0, 'constant');
}

/** Height and width of one number, or of two. */
export function pairOf(size: Size, message = 'Please provide only two dimensions (h, w) for size.'): [number, number] {
  const sizes = typeof size === 'number' ? [size] : size;
  if (!Array.isArray(sizes)) throw new TypeError(`Got inappropriate size arg: ${typeName(size)}`);
  if (sizes.length < 1 || sizes.length > 2) throw new RangeError(message);
  if (!sizes.every((each) => typeof each === 'number')) {
    throw new TypeError(`Got inappropriate size arg: ${listText(sizes)}`);
  }
  if (sizes.length === 1) return [sizes[0]!, sizes[0]!];
  return [sizes[0]!, sizes[1]!];
}

/**
 * The middle of an image, with zeros around where it is too small.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.functional.center_crop.html
 */
export function center_crop(image: Tensor, output_size: Size): Tensor {
  requireTensor('center_crop', 'image', image);
  const [height, width] = pairOf(output_size);
  let whole = image;
  let [h, w] = get_size(image);
  if (height > h || width > w) {
    const [down, across] = [Math.max(height - h, 0), Math.max(width - w, 0)];
    const sides: Sides = [across >> 1, (across + 1) >> 1, down >> 1, (down + 1) >> 1];
    whole = padded(image, sides, 0, 'constant');
    [h, w] = get_size(whole);
  }
  return crop(whole, roundHalfEven((h - height) / 2), roundHalfEven((w - width) / 2), height, width);
}

/** `crop`, then `resize`. */
export function resized_crop(
  image: Tensor,
  top: number,
  left: number,
  height: number,
  width: number,
  size: Size,
  options?: ResizeOptions,
): Tensor {
  requireTensor('resized_crop', 'image', image);
  return resize(crop(image, top, left, height, width), size, options);
}

type FiveImages = [topLeft: Tensor, topRight: Tensor, bottomLeft: Tensor, bottomRight: Tensor, center: Tensor];

/** The four corners and the middle. */
export function five_crop(image: Tensor, size: Size): FiveImages {
  requireTensor('five_crop', 'image', image);
  const [height, width] = pairOf(size);
  const [h, w] = get_size(image);
  if (width > w || height > h) {
    throw new RangeError(`Requested crop size (${height}, ${width}) is bigger than input size (${h}, ${w})`);
  }
  const at = (top: number, left: number) => crop(image, top, left, height, width);
  return [
    at(0, 0),
    at(0, w - width),
    at(h - height, 0),
    at(h - height, w - width),
    center_crop(image, [height, width]),
  ];
}

interface TenCropArguments {
  image: Tensor;
  size: Size;
  vertical_flip?: boolean;
}

type TenCropOptions = Pick<TenCropArguments, 'vertical_flip'>;

type TenCropRest = Omit<TenCropArguments, 'image'>;

const ofTenCrop = new Signature<TenCropArguments>('ten_crop', {
  image: REQUIRED,
  size: REQUIRED,
  vertical_flip: false,
});

/** `five_crop` of the image and of the flipped one. */
export function ten_crop(
  ...args:
    | [image: Tensor, size: Size | TenCropRest, vertical_flip?: boolean | TenCropOptions]
    | [args: TenCropArguments]
): Tensor[] {
  const { image, size, vertical_flip: vertical } = ofTenCrop.read(args);
  requireTensor('ten_crop', 'image', image);
  const flipped = vertical ? vertical_flip(image) : horizontal_flip(image);
  return [...five_crop(image, size), ...five_crop(flipped, size)];
}

interface EraseArguments {
  image: Tensor;
  /** The upper left corner. */
  i: number;
  j: number;
  /** Height and width. */
  h: number;
  w: number;
  v: Tensor;
  inplace?: boolean;
}

type EraseOptions = Pick<EraseArguments, 'inplace'>;

const ofErase = new Signature<EraseArguments>('erase', {
  image: REQUIRED,
  i: REQUIRED,
  j: REQUIRED,
  h: REQUIRED,
  w: REQUIRED,
  v: REQUIRED,
  inplace: false,
});

/**
 * Fills a rectangle with values that fit into it.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.functional.erase.html
 */
export function erase(
  ...args:
    | [image: Tensor, i: number, j: number, h: number, w: number, v: Tensor, inplace?: boolean | EraseOptions]
    | [args: EraseArguments]
): Tensor {
  const { image, i, j, h, w, v, inplace } = ofErase.read(args);
  requireTensor('erase', 'image', image);
  const target = inplace ? image : image.clone();
  crop(target, i, j, h, w).copy_(v);
  return target;
}

/** The dtype of a grid over an image. */
export function gridDtype(image: Tensor): DType {
  return image.dtype.is_floating_point ? image.dtype : dtypes.float32;
}
