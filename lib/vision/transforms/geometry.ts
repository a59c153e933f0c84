/** Sizes, places and directions. https://docs.pytorch.org/vision/0.28/transforms.html#geometry */

import { REQUIRED, requireList, Signature } from '../../face/arguments';
import { float } from '../../face/tensors';
import type { Tensor } from '../../tensor/tensor';
import * as F from './functional';
import { paddingOf, pairOf, roundHalfEven } from './functional/geometry';
import type { Fill, InterpolationMode, PaddingMode, Size } from './functional/interpolation';
import {
  floatList,
  floatTuple,
  type Probability,
  RandomTransform,
  randomInteger,
  Transform,
  tuple,
  uniform,
} from './transform';

interface ResizeArguments {
  size: Size | null;
  interpolation?: InterpolationMode;
  max_size?: number | null;
  antialias?: boolean | null;
}

type ResizeOptions = Omit<ResizeArguments, 'size'>;

type ResizeArgs =
  | [
      size: Size | null,
      interpolation?: InterpolationMode | ResizeOptions,
      max_size?: number | null | ResizeOptions,
      antialias?: boolean | null | ResizeOptions,
    ]
  | [args: ResizeArguments];

const ofResize = new Signature<ResizeArguments>('Resize.__init__', {
  size: REQUIRED,
  interpolation: 'bilinear',
  max_size: null,
  antialias: true,
});

/**
 * Another size: [height, width], or the length of the shorter side.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.Resize.html
 */
export class Resize extends Transform {
  size: readonly number[] | null;
  interpolation: InterpolationMode;
  max_size: number | null;
  antialias: boolean | null;

  constructor(...args: ResizeArgs) {
    super();
    const { size, interpolation, max_size, antialias } = ofResize.read(args);
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

interface PadArguments {
  padding: Size;
  fill?: Fill;
  padding_mode?: PaddingMode;
}

type PadOptions = Omit<PadArguments, 'padding'>;

type PadArgs =
  | [padding: Size, fill?: Fill | PadOptions, padding_mode?: PaddingMode | PadOptions]
  | [args: PadArguments];

const ofPad = new Signature<PadArguments>('Pad.__init__', { padding: REQUIRED, fill: 0, padding_mode: 'constant' });

function checkPadding(padding: Size, mode: PaddingMode): void {
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

  constructor(...args: PadArgs) {
    super();
    const { padding, fill, padding_mode } = ofPad.read(args);
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
    return { padding, fill: shown(fill), padding_mode };
  }
}

interface RandomCropArguments {
  size: Size;
  padding?: Size | null;
  pad_if_needed?: boolean;
  fill?: Fill;
  padding_mode?: PaddingMode;
}

type RandomCropOptions = Omit<RandomCropArguments, 'size'>;

type RandomCropArgs =
  | [
      size: Size,
      padding?: Size | null | RandomCropOptions,
      pad_if_needed?: boolean | RandomCropOptions,
      fill?: Fill | RandomCropOptions,
      padding_mode?: PaddingMode | RandomCropOptions,
    ]
  | [args: RandomCropArguments];

const ofRandomCrop = new Signature<RandomCropArguments>('RandomCrop.__init__', {
  size: REQUIRED,
  padding: null,
  pad_if_needed: false,
  fill: 0,
  padding_mode: 'constant',
});

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

  constructor(...args: RandomCropArgs) {
    super();
    const { size, padding, pad_if_needed, fill, padding_mode } = ofRandomCrop.read(args);
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
    return { size: tuple(size), padding, pad_if_needed, fill: shown(fill), padding_mode };
  }
}

/** Mirrors. https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.RandomHorizontalFlip.html */
export class RandomHorizontalFlip extends RandomTransform {
  constructor(p: Probability = 0.5) {
    super(p);
  }

  override transform(image: Tensor): Tensor {
    return F.horizontal_flip(image);
  }
}

/** Turns upside down. https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.RandomVerticalFlip.html */
export class RandomVerticalFlip extends RandomTransform {
  constructor(p: Probability = 0.5) {
    super(p);
  }

  override transform(image: Tensor): Tensor {
    return F.vertical_flip(image);
  }
}

interface RandomResizedCropArguments {
  size: Size;
  scale?: readonly [number, number];
  ratio?: readonly [number, number];
  interpolation?: InterpolationMode;
  antialias?: boolean | null;
}

type RandomResizedCropOptions = Omit<RandomResizedCropArguments, 'size'>;

type RandomResizedCropArgs =
  | [
      size: Size,
      scale?: readonly [number, number] | RandomResizedCropOptions,
      ratio?: readonly [number, number] | RandomResizedCropOptions,
      interpolation?: InterpolationMode | RandomResizedCropOptions,
      antialias?: boolean | null | RandomResizedCropOptions,
    ]
  | [args: RandomResizedCropArguments];

const ofRandomResizedCrop = new Signature<RandomResizedCropArguments>('RandomResizedCrop.__init__', {
  size: REQUIRED,
  scale: [0.08, 1],
  ratio: [3 / 4, 4 / 3],
  interpolation: 'bilinear',
  antialias: true,
});

interface Box {
  top: number;
  left: number;
  height: number;
  width: number;
}

/** The logarithm in float32, as torchvision has it. */
const logarithm = (value: number) => Math.fround(Math.log(Math.fround(value)));

/** A ratio, even on a logarithmic scale. */
export function randomRatio([low, high]: readonly [number, number]): number {
  return Math.fround(Math.exp(uniform(logarithm(low), logarithm(high))));
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

  constructor(...args: RandomResizedCropArgs) {
    super();
    const { size, scale, ratio, interpolation, antialias } = ofRandomResizedCrop.read(args);
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

/** A fill as Python shows it. */
const shown = (fill: Fill) => (typeof fill === 'number' || fill === null ? fill : tuple(fill));

/** Degrees from −x to x of one number, or from one to the other. */
function angles(value: number | readonly number[], name: string, lengths: readonly number[] = [2]): number[] {
  if (typeof value === 'number') {
    if (value < 0) throw new RangeError(`If ${name} is a single number, it must be positive.`);
    return [0 - value, value]; // not -0
  }
  if (!Array.isArray(value)) throw new TypeError(`${name} should be a sequence of length ${lengths.join(' or ')}.`);
  if (!lengths.includes(value.length)) {
    throw new RangeError(`${name} should be a sequence of length ${lengths.join(' or ')}.`);
  }
  return [...value];
}

interface RotationArguments {
  degrees: number | readonly number[];
  interpolation?: InterpolationMode;
  expand?: boolean;
  center?: readonly number[] | null;
  fill?: Fill;
}

type RandomRotationOptions = Omit<RotationArguments, 'degrees'>;

type RandomRotationArgs =
  | [
      degrees: number | readonly number[],
      interpolation?: InterpolationMode | RandomRotationOptions,
      expand?: boolean | RandomRotationOptions,
      center?: readonly number[] | null | RandomRotationOptions,
      fill?: Fill | RandomRotationOptions,
    ]
  | [args: RotationArguments];

const ofRotation = new Signature<RotationArguments>('RandomRotation.__init__', {
  degrees: REQUIRED,
  interpolation: 'nearest',
  expand: false,
  center: null,
  fill: 0,
});

/** Rotates. https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.RandomRotation.html */
export class RandomRotation extends Transform<number> {
  degrees: number[];
  interpolation: InterpolationMode;
  expand: boolean;
  center: readonly number[] | null;
  fill: Fill;

  constructor(...args: RandomRotationArgs) {
    super();
    const { degrees, interpolation, expand, center, fill } = ofRotation.read(args);
    this.degrees = angles(degrees, 'degrees');
    this.interpolation = interpolation;
    this.expand = expand;
    this.center = center;
    this.fill = fill;
  }

  override make_params(): number {
    return uniform(this.degrees[0]!, this.degrees[1]!);
  }

  override transform(image: Tensor, angle: number): Tensor {
    const { interpolation, expand, center, fill } = this;
    return F.rotate(image, angle, { interpolation, expand, center, fill });
  }

  protected override options() {
    const { degrees, interpolation, expand, center, fill } = this;
    return { degrees: floatList(degrees), interpolation, expand, fill: shown(fill), center: center && tuple(center) };
  }
}

interface RandomAffineArguments {
  degrees: number | readonly number[];
  /** The largest shares of width and height. */
  translate?: readonly [number, number] | null;
  scale?: readonly [number, number] | null;
  shear?: number | readonly number[] | null;
  interpolation?: InterpolationMode;
  fill?: Fill;
  center?: readonly number[] | null;
}

type RandomAffineOptions = Omit<RandomAffineArguments, 'degrees'>;

type RandomAffineArgs =
  | [
      degrees: number | readonly number[],
      translate?: readonly [number, number] | null | RandomAffineOptions,
      scale?: readonly [number, number] | null | RandomAffineOptions,
      shear?: number | readonly number[] | null | RandomAffineOptions,
      interpolation?: InterpolationMode | RandomAffineOptions,
      fill?: Fill | RandomAffineOptions,
      center?: readonly number[] | null | RandomAffineOptions,
    ]
  | [args: RandomAffineArguments];

const ofRandomAffine = new Signature<RandomAffineArguments>('RandomAffine.__init__', {
  degrees: REQUIRED,
  translate: null,
  scale: null,
  shear: null,
  interpolation: 'nearest',
  fill: 0,
  center: null,
});

interface AffineParams {
  angle: number;
  translate: [number, number];
  scale: number;
  shear: [number, number];
}

/**
 * Rotates, moves, scales and shears.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.RandomAffine.html
 */
export class RandomAffine extends Transform<AffineParams> {
  degrees: number[];
  translate: readonly [number, number] | null;
  scale: readonly [number, number] | null;
  shear: number[] | null;
  interpolation: InterpolationMode;
  fill: Fill;
  center: readonly number[] | null;

  constructor(...args: RandomAffineArgs) {
    super();
    const { degrees, translate, scale, shear, interpolation, fill, center } = ofRandomAffine.read(args);
    if (translate !== null) requireList('RandomAffine', 'translate', translate);
    if (scale !== null) requireList('RandomAffine', 'scale', scale);
    if (translate?.some((share) => !(share >= 0 && share <= 1))) {
      throw new RangeError('translation values should be between 0 and 1');
    }
    if (scale?.some((factor) => factor <= 0)) throw new RangeError('scale values should be positive');
    this.degrees = angles(degrees, 'degrees');
    this.translate = translate;
    this.scale = scale;
    this.shear = shear === null ? null : angles(shear, 'shear', [2, 4]);
    this.interpolation = interpolation;
    this.fill = fill;
    this.center = center;
  }

  override make_params(image: Tensor): AffineParams {
    const [height, width] = F.get_size(image);
    const angle = uniform(this.degrees[0]!, this.degrees[1]!);
    const shift = (share: number, size: number) => roundHalfEven(uniform(-share * size, share * size));
    const x = this.translate ? shift(this.translate[0], width) : 0;
    const y = this.translate ? shift(this.translate[1], height) : 0;
    const scale = this.scale ? uniform(...this.scale) : 1;
    const shearX = this.shear ? uniform(this.shear[0]!, this.shear[1]!) : 0;
    const shearY = this.shear?.length === 4 ? uniform(this.shear[2]!, this.shear[3]!) : 0;
    return { angle, translate: [x, y], scale, shear: [shearX, shearY] };
  }

  override transform(image: Tensor, { angle, translate, scale, shear }: AffineParams): Tensor {
    const { interpolation, fill, center } = this;
    return F.affine(image, angle, translate, scale, shear, { interpolation, fill, center });
  }

  protected override options() {
    const { degrees, translate, scale, shear, interpolation, fill, center } = this;
    return {
      degrees: floatList(degrees),
      translate: translate && floatTuple(translate),
      scale: scale && floatTuple(scale),
      shear: shear && floatList(shear),
      interpolation,
      fill: shown(fill),
      center: center && tuple(center),
    };
  }
}

interface PerspectiveArguments {
  distortion_scale?: number;
  p?: number;
  interpolation?: InterpolationMode;
  fill?: Fill;
}

type RandomPerspectiveArgs = [
  distortion_scale?: number | PerspectiveArguments,
  p?: number | PerspectiveArguments,
  interpolation?: InterpolationMode | PerspectiveArguments,
  fill?: Fill | PerspectiveArguments,
];

const ofPerspective = new Signature<PerspectiveArguments>('RandomPerspective.__init__', {
  distortion_scale: 0.5,
  p: 0.5,
  interpolation: 'bilinear',
  fill: 0,
});

type Corner = [x: number, y: number];

/** Looks at the image from another side. https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.RandomPerspective.html */
export class RandomPerspective extends RandomTransform<{ from: Corner[]; to: Corner[] }> {
  distortion_scale: number;
  interpolation: InterpolationMode;
  fill: Fill;

  constructor(...args: RandomPerspectiveArgs) {
    const { distortion_scale, p, interpolation, fill } = ofPerspective.read(args);
    super(p);
    if (!(distortion_scale >= 0 && distortion_scale <= 1)) {
      throw new RangeError('Argument distortion_scale value should be between 0 and 1');
    }
    this.distortion_scale = distortion_scale;
    this.interpolation = interpolation;
    this.fill = fill;
  }

  override make_params(image: Tensor): { from: Corner[]; to: Corner[] } {
    const [h, w] = F.get_size(image);
    const [down, across] = [h, w].map((size) => Math.trunc(this.distortion_scale * (size >> 1)) + 1) as [
      number,
      number,
    ];
    const left = () => randomInteger(0, across);
    const right = () => randomInteger(w - across, w);
    const top = () => randomInteger(0, down);
    const bottom = () => randomInteger(h - down, h);
    const to: Corner[] = [
      [left(), top()],
      [right(), top()],
      [right(), bottom()],
      [left(), bottom()],
    ];
    const from: Corner[] = [
      [0, 0],
      [w - 1, 0],
      [w - 1, h - 1],
      [0, h - 1],
    ];
    return { from, to };
  }

  override transform(image: Tensor, { from, to }: { from: Corner[]; to: Corner[] }): Tensor {
    return F.perspective(image, from, to, { interpolation: this.interpolation, fill: this.fill });
  }

  protected override options() {
    const { p, distortion_scale, interpolation, fill } = this;
    return { p: float(p), distortion_scale, interpolation, fill: shown(fill) };
  }
}
