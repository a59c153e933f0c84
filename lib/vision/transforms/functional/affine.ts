/** Rotations and other affine maps, perspective and blur. https://docs.pytorch.org/vision/0.28/transforms.html#geometry */

import { dtypes } from '../../../base/types';
import { REQUIRED, requireList, requireNumber, requireTensor, Signature, typeName } from '../../../face/arguments';
import { _linalg, _torch, cos, sin, tan, tensor } from '../../../face/tensors';
import { conv2d, grid_sample, pad as padTensor } from '../../../nn/functional';
import type { Tensor } from '../../../tensor/tensor';
import { get_size, gridDtype, pairOf } from './geometry';
import { checkInterpolation, type Fill, type InterpolationMode, type Size } from './interpolation';
import { dimensionsOf } from './types';

type Matrix = [number, number, number, number, number, number];
type Pair = readonly [number, number];

const radians = (degrees: number) => degrees * (Math.PI / 180);

/**
 * The map from places in the result to places in the image, for a rotation, a shear and a scale around `center`, and
 * a translation after it. Places are relative to the middle.
 */
function inverseMatrix(center: Pair, angle: number, translate: Pair, scale: number, shear: Pair): Matrix {
  const [rotation, sx, sy] = [radians(angle), radians(shear[0]), radians(shear[1])];
  const a = cos(rotation - sy) / cos(sy);
  const b = (-cos(rotation - sy) * tan(sx)) / cos(sy) - sin(rotation);
  const c = sin(rotation - sy) / cos(sy);
  const d = (-sin(rotation - sy) * tan(sx)) / cos(sy) + cos(rotation);
  const [m0, m1, m3, m4] = [d / scale, -b / scale, -c / scale, a / scale];
  const [x, y] = [center[0] + translate[0], center[1] + translate[1]];
  return [m0, m1, center[0] - m0 * x - m1 * y, m3, m4, center[1] - m3 * x - m4 * y];
}

/** Where each pixel of a `[height, width]` result comes from, in shares of the image's half size. */
function affineGrid(matrix: Matrix, image: Tensor, [height, width]: Pair): Tensor {
  const dtype = gridDtype(image);
  const { device } = image;
  const [h, w] = get_size(image);
  const middle = (size: number) =>
    _torch.linspace((1 - size) * 0.5, (size - 1) * 0.5, size, { device }).to(dtype) as Tensor;
  const grid = _torch.ones([1, height, width, 3], { dtype, device }) as Tensor;
  grid.select(-1, 0).copy_(middle(width));
  grid.select(-1, 1).copy_(middle(height).unsqueeze(-1));
  const theta = tensor([...matrix], { dtype, device }).view(1, 2, 3);
  const scaled = theta.transpose(1, 2).div_(tensor([0.5 * w, 0.5 * h], { dtype, device }));
  return grid
    .view(1, height * width, 3)
    .bmm(scaled)
    .view(1, height, width, 2);
}

/** The image seen through a grid; `fill` outside of it. */
function throughGrid(image: Tensor, grid: Tensor, mode: InterpolationMode, fill: Fill): Tensor {
  const [channels, height, width] = dimensionsOf(image);
  checkGridArguments(channels, mode, fill);
  const shape = [...image.shape.slice(0, -2), ...grid.shape.slice(1, 3)];
  if (image.numel() === 0) return image.reshape(shape);
  const batch = image.reshape(-1, channels, height, width).to(grid.dtype);
  const count = batch.shape[0]!;
  const masked = fill === null ? batch : _torch.cat([batch, _torch.ones_like(batch.narrow(1, 0, 1))], 1);
  const sampled = grid_sample(masked, grid.expand(count, -1, -1, -1), {
    mode: mode as 'nearest' | 'bilinear',
    padding_mode: 'zeros',
    align_corners: false,
  }) as Tensor;
  const seen = fill === null ? sampled : withFill(sampled, channels, mode, typeof fill === 'number' ? [fill] : fill);
  return (image.dtype.is_floating_point ? seen : seen.round_()).to(image.dtype).reshape(shape);
}

function checkGridArguments(channels: number, mode: InterpolationMode, fill: Fill): void {
  if (fill !== null && typeof fill !== 'number' && !Array.isArray(fill)) {
    throw new TypeError(`fill must be a number, a list of them or null, not ${typeName(fill)}`);
  }
  if (fill !== null && typeof fill !== 'number' && fill.length > 1 && fill.length !== channels) {
    throw new RangeError(
      "The number of elements in 'fill' cannot broadcast to match the number of channels of the image " +
        `(${fill.length} != ${channels})`,
    );
  }
  checkInterpolation(mode);
  if (mode !== 'nearest' && mode !== 'bilinear') {
    throw new RangeError(`Interpolation mode '${mode}' is unsupported with Tensor input`);
  }
}

/** The last channel says how much of each pixel is image. */
function withFill(sampled: Tensor, channels: number, mode: InterpolationMode, fill: readonly number[]): Tensor {
  const seen = sampled.narrow(1, 0, channels);
  const share = sampled.narrow(1, channels, 1).expand_as(seen);
  const { dtype, device } = sampled;
  const colour = tensor([...fill], { dtype, device }).view(1, -1, 1, 1);
  if (mode === 'nearest') return _torch.where(share.lt(0.5), colour.expand_as(seen), seen);
  return seen.sub(colour).mul_(share).add_(colour);
}

/** A place in pixels from the corner, as one from the middle. */
function fromMiddle(center: readonly number[] | null | undefined, image: Tensor): [number, number] {
  if (!center) return [0, 0];
  const [height, width] = get_size(image);
  return [center[0]! - width * 0.5, center[1]! - height * 0.5];
}

export interface AffineOptions {
  interpolation?: InterpolationMode;
  fill?: Fill;
  /** In pixels from the left and from above; the middle by default. */
  center?: readonly number[] | null;
}

interface AffineArguments extends AffineOptions {
  image: Tensor;
  angle: number;
  translate: readonly number[];
  scale: number;
  shear: number | readonly number[];
}

const ofAffine = new Signature<AffineArguments>('affine', {
  image: REQUIRED,
  angle: REQUIRED,
  translate: REQUIRED,
  scale: REQUIRED,
  shear: REQUIRED,
  interpolation: 'nearest',
  fill: null,
  center: null,
});

/**
 * Rotates by `angle` degrees clockwise, scales, shears by degrees, and moves by pixels.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.functional.affine.html
 */
export function affine(
  ...args:
    | [
        image: Tensor,
        angle: number,
        translate: readonly number[],
        scale: number,
        shear: number | readonly number[],
        interpolation?: InterpolationMode | AffineOptions,
        fill?: Fill | AffineOptions,
        center?: readonly number[] | null | AffineOptions,
      ]
    | [args: AffineArguments]
): Tensor {
  const { image, angle, translate, scale, shear, interpolation, fill, center } = ofAffine.read(args);
  requireTensor('affine', 'image', image);
  requireList('affine', 'translate', translate);
  if (translate.length !== 2) throw new RangeError('Argument translate should be a sequence of length 2');
  if (scale <= 0) throw new RangeError('Argument scale should be positive');
  if (typeof shear !== 'number') requireList('affine', 'shear', shear);
  const shears = typeof shear === 'number' ? [shear, 0] : shear.length === 1 ? [shear[0]!, shear[0]!] : shear;
  if (shears.length !== 2) {
    throw new RangeError(`Shear should be a sequence containing two values. Got [${shears.join(', ')}]`);
  }
  const matrix = inverseMatrix(fromMiddle(center, image), angle, translate as Pair, scale, shears as Pair);
  return throughGrid(image, affineGrid(matrix, image, get_size(image)), interpolation, fill);
}

export interface RotateOptions extends AffineOptions {
  /** The result is as large as the whole rotated image. */
  expand?: boolean;
}

interface RotateArguments extends RotateOptions {
  image: Tensor;
  angle: number;
}

const ofRotate = new Signature<RotateArguments>('rotate', {
  image: REQUIRED,
  angle: REQUIRED,
  interpolation: 'nearest',
  expand: false,
  center: null,
  fill: null,
});

/**
 * Rotates by `angle` degrees counter-clockwise.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.functional.rotate.html
 */
export function rotate(
  ...args:
    | [
        image: Tensor,
        angle: number | (RotateOptions & { angle: number }),
        interpolation?: InterpolationMode | RotateOptions,
        expand?: boolean | RotateOptions,
        center?: readonly number[] | null | RotateOptions,
        fill?: Fill | RotateOptions,
      ]
    | [args: RotateArguments]
): Tensor {
  const { image, angle, interpolation, expand, center, fill } = ofRotate.read(args);
  requireTensor('rotate', 'image', image);
  requireNumber('rotate', 'angle', angle);
  const turn = ((angle % 360) + 360) % 360;
  const size = get_size(image);
  if (center === null) {
    if (turn === 0) return image.clone();
    if (turn === 180) return image.rot90(2, [-2, -1]);
    if ((expand || size[0] === size[1]) && turn % 90 === 0) return image.rot90(turn / 90, [-2, -1]);
  }
  const matrix = inverseMatrix(fromMiddle(center, image), -turn, [0, 0], 1, [0, 0]);
  const target = expand ? expandedSize(matrix, size) : size;
  return throughGrid(image, affineGrid(matrix, image, target), interpolation, fill);
}

/** Height and width of the rectangle around the mapped image; in float32, as torchvision does it. */
function expandedSize(matrix: Matrix, [height, width]: Pair): [number, number] {
  const [x, y] = [0.5 * width, 0.5 * height];
  const corners = tensor(
    [
      [-x, -y, 1],
      [-x, y, 1],
      [x, y, 1],
      [x, -y, 1],
    ],
    { dtype: dtypes.float32 },
  );
  const theta = tensor([...matrix], { dtype: dtypes.float32 }).view(2, 3);
  const [low, high] = _torch.aminmax(corners.matmul(theta.T), { dim: 0 });
  const half = tensor([x, y], { dtype: dtypes.float32 });
  const steps = (value: Tensor) => value.add_(half).mul_(1e4).trunc_().mul_(1e-4);
  const size = steps(high).ceil_().sub_(steps(low).floor_());
  return [Math.trunc(size.index(1).item()), Math.trunc(size.index(0).item())];
}

/** The eight numbers of the map that brings four points of the result to four of the image. */
function perspectiveCoefficients(start: readonly Pair[], end: readonly Pair[]): number[] {
  const rows = end.flatMap(([x, y], i) => [
    [x, y, 1, 0, 0, 0, -start[i]![0] * x, -start[i]![0] * y],
    [0, 0, 0, x, y, 1, -start[i]![1] * x, -start[i]![1] * y],
  ]);
  const a = tensor(rows, { dtype: dtypes.float64 });
  const b = tensor(start.flat(), { dtype: dtypes.float64 });
  const { solution } = _linalg.lstsq(a, b, { driver: 'gels' });
  return solution.to(dtypes.float32).tolist() as number[];
}

function requirePoints(argument: string, points: unknown): void {
  requireList('perspective', argument, points);
  for (const point of points) requireList('perspective', argument, point);
}

export interface PerspectiveOptions {
  interpolation?: InterpolationMode;
  fill?: Fill;
}

interface PerspectiveArguments extends PerspectiveOptions {
  image: Tensor;
  startpoints: readonly Pair[];
  endpoints: readonly Pair[];
}

const ofPerspective = new Signature<PerspectiveArguments>('perspective', {
  image: REQUIRED,
  startpoints: REQUIRED,
  endpoints: REQUIRED,
  interpolation: 'bilinear',
  fill: null,
});

/**
 * Brings four points, [x, y] from the corner, to four others.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.functional.perspective.html
 */
export function perspective(
  ...args:
    | [
        image: Tensor,
        startpoints: readonly Pair[],
        endpoints: readonly Pair[],
        interpolation?: InterpolationMode | PerspectiveOptions,
        fill?: Fill | PerspectiveOptions,
      ]
    | [args: PerspectiveArguments]
): Tensor {
  const { image, startpoints, endpoints, interpolation, fill } = ofPerspective.read(args);
  requireTensor('perspective', 'image', image);
  requirePoints('startpoints', startpoints);
  requirePoints('endpoints', endpoints);
  const k = perspectiveCoefficients(startpoints, endpoints);
  const dtype = gridDtype(image);
  const { device } = image;
  const [height, width] = get_size(image);
  const base = _torch.ones([1, height, width, 3], { dtype, device }) as Tensor;
  const line = (size: number) => _torch.linspace(0.5, size - 0.5, size, { dtype, device }) as Tensor;
  base.select(-1, 0).copy_(line(width));
  base.select(-1, 1).copy_(line(height).unsqueeze(-1));
  const above = tensor([k[0]!, k[1]!, k[2]!, k[3]!, k[4]!, k[5]!], { dtype, device }).view(1, 2, 3);
  const below = tensor([k[6]!, k[7]!, 1, k[6]!, k[7]!, 1], { dtype, device }).view(1, 2, 3);
  const half = tensor([0.5 * width, 0.5 * height], { dtype, device });
  const points = base.view(1, height * width, 3);
  const numerator = points.bmm(above.transpose(1, 2).div_(half));
  const grid = numerator
    .div_(points.bmm(below.transpose(1, 2)))
    .sub_(1)
    .view(1, height, width, 2);
  return throughGrid(image, grid, interpolation, fill);
}

function gaussian(size: number, sigma: number, like: Tensor): Tensor {
  const limit = (size - 1) / (2 * Math.sqrt(2));
  const { dtype, device } = like;
  const x = _torch.linspace(-limit, limit, size, { dtype, device }) as Tensor;
  return x.div(sigma).pow(2).neg().softmax(0);
}

interface BlurArguments {
  image: Tensor;
  kernel_size: Size;
  sigma?: Size | null;
}

type BlurOptions = Pick<BlurArguments, 'sigma'>;

type BlurRest = Omit<BlurArguments, 'image'>;

const ofGaussianBlur = new Signature<BlurArguments>('gaussian_blur', {
  image: REQUIRED,
  kernel_size: REQUIRED,
  sigma: null,
});

/**
 * Smooths with a bell curve; kernel sizes (width, height) are odd.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.functional.gaussian_blur.html
 */
export function gaussian_blur(
  ...args: [image: Tensor, kernel_size: Size | BlurRest, sigma?: Size | null | BlurOptions] | [args: BlurArguments]
): Tensor {
  const { image, kernel_size, sigma } = ofGaussianBlur.read(args);
  requireTensor('gaussian_blur', 'image', image);
  const sizes = pairOf(kernel_size, `If kernel_size is a sequence its length should be 2.`);
  if (sizes.some((size) => size % 2 === 0 || size < 0)) {
    throw new RangeError(`kernel_size should have odd and positive integers. Got [${sizes.join(', ')}]`);
  }
  const sigmas =
    sigma === null ? sizes.map((size) => size * 0.15 + 0.35) : pairOf(sigma, 'sigma has one or two values');
  if (sigmas.some((value) => value <= 0)) {
    throw new RangeError(`sigma should have positive values. Got [${sigmas.join(', ')}]`);
  }
  if (image.numel() === 0) return image;
  const [channels, height, width] = dimensionsOf(image);
  const batch = image.reshape(-1, channels, height, width).to(gridDtype(image));
  const [x, y] = [gaussian(sizes[0], sigmas[0]!, batch), gaussian(sizes[1], sigmas[1]!, batch)];
  const kernel = y.unsqueeze(-1).mul(x).expand(channels, 1, -1, -1);
  const [across, down] = [sizes[0] >> 1, sizes[1] >> 1];
  const large = padTensor(batch, [across, across, down, down], 'reflect') as Tensor;
  const smooth = conv2d(large, kernel, null, { groups: channels }) as Tensor;
  return (image.dtype.is_floating_point ? smooth : smooth.round_()).to(image.dtype).reshape(image.shape);
}
