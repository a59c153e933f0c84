/** Flips, rotations and other views. https://docs.pytorch.org/vision/0.28/transforms.html#geometry */

import { requireList } from '../../face/arguments';
import { float, roundHalfEven } from '../../face/tensors';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/transforms_v2';
import * as F from './functional';
import type { Fill, InterpolationMode } from './functional/interpolation';
import {
  fillText,
  floatList,
  floatTuple,
  type Probability,
  RandomTransform,
  randomInteger,
  Transform,
  tuple,
  uniform,
} from './transform';

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

/** Rotates. https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.RandomRotation.html */
export class RandomRotation extends Transform<number> {
  degrees: number[];
  interpolation: InterpolationMode;
  expand: boolean;
  center: readonly number[] | null;
  fill: Fill;

  constructor(...args: signatures.RandomRotationArgs) {
    super();
    const { degrees, interpolation, expand, center, fill } = signatures.RandomRotation.read(args);
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
    return {
      degrees: floatList(degrees),
      interpolation,
      expand,
      fill: fillText(fill),
      center: center && tuple(center),
    };
  }
}

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

  constructor(...args: signatures.RandomAffineArgs) {
    super();
    const { degrees, translate, scale, shear, interpolation, fill, center } = signatures.RandomAffine.read(args);
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
      fill: fillText(fill),
      center: center && tuple(center),
    };
  }
}

type Corner = [x: number, y: number];

/** Looks at the image from another side. https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.RandomPerspective.html */
export class RandomPerspective extends RandomTransform<{ from: Corner[]; to: Corner[] }> {
  distortion_scale: number;
  interpolation: InterpolationMode;
  fill: Fill;

  constructor(...args: signatures.RandomPerspectiveArgs) {
    const { distortion_scale, p, interpolation, fill } = signatures.RandomPerspective.read(args);
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
    return { p: float(p), distortion_scale, interpolation, fill: fillText(fill) };
  }
}
