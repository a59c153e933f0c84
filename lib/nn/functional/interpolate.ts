/** Resampling to another size. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.interpolate.html */

import { NotImplementedError, warn } from '../../base/errors';
import { listText } from '../../base/text';
import { typeName } from '../../native/kinds';
import { _nn, _torch } from '../../tensor/namespaces';
import { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_functional';
import { repeated } from './sizes';

export type InterpolationMode =
  | 'nearest'
  | 'linear'
  | 'bilinear'
  | 'bicubic'
  | 'trilinear'
  | 'lanczos'
  | 'area'
  | 'nearest-exact';

/** Either a size or factors; the other is null. */
interface Target {
  size: readonly number[] | null;
  factors: readonly number[] | null;
}

interface Request extends Target {
  input: Tensor;
  align_corners: boolean;
}

type Resampler = (request: Request) => Tensor;

const areaWithSize =
  (pool: (input: Tensor, size: readonly number[]) => Tensor): Resampler =>
  ({ input, size }) =>
    pool(input, size!);

/** The kernel for each mode and number of spatial dimensions. */
const resamplers: Readonly<Record<string, Resampler>> = {
  'nearest 1': ({ input, size, factors }) => _nn.upsample_nearest1d(input, size, factors),
  'nearest 2': ({ input, size, factors }) => _nn.upsample_nearest2d(input, size, factors),
  'nearest 3': ({ input, size, factors }) => _nn.upsample_nearest3d(input, size, factors),
  'nearest-exact 1': ({ input, size, factors }) => _nn._upsample_nearest_exact1d(input, size, factors),
  'nearest-exact 2': ({ input, size, factors }) => _nn._upsample_nearest_exact2d(input, size, factors),
  'nearest-exact 3': ({ input, size, factors }) => _nn._upsample_nearest_exact3d(input, size, factors),
  'area 1': areaWithSize(_torch.adaptive_avg_pool1d),
  'area 2': areaWithSize(_nn.adaptive_avg_pool2d),
  'area 3': areaWithSize(_nn.adaptive_avg_pool3d),
  'linear 1': ({ input, size, align_corners, factors }) => _nn.upsample_linear1d(input, size, align_corners, factors),
  'bilinear 2': ({ input, size, align_corners, factors }) =>
    _nn.upsample_bilinear2d(input, size, align_corners, factors),
  'trilinear 3': ({ input, size, align_corners, factors }) =>
    _nn.upsample_trilinear3d(input, size, align_corners, factors),
  'bicubic 2': ({ input, size, align_corners, factors }) => _nn.upsample_bicubic2d(input, size, align_corners, factors),
};

/** The kernels that smooth before they shrink. */
const antialiased: Readonly<Record<string, Resampler>> = {
  bilinear: ({ input, size, align_corners, factors }) =>
    _nn._upsample_bilinear2d_aa(input, size, align_corners, factors),
  bicubic: ({ input, size, align_corners, factors }) => _nn._upsample_bicubic2d_aa(input, size, align_corners, factors),
  lanczos: ({ input, size, align_corners, factors }) => _nn._upsample_lanczos2d_aa(input, size, align_corners, factors),
};

const spatialOf: Readonly<Record<string, number>> = { linear: 1, bilinear: 2, trilinear: 3 };

function unsupported(input: Tensor, mode: string): NotImplementedError {
  const ndim = input.dim();
  const spatial = spatialOf[mode];
  if (spatial !== undefined && ndim >= 3 && ndim <= 5) {
    return new NotImplementedError(`Got ${ndim}D input, but ${mode} mode needs ${spatial + 2}D input`);
  }
  return new NotImplementedError(
    `Input Error: Only 3D, 4D and 5D input Tensors supported (got ${ndim}D) for the modes: nearest | linear | bilinear | ` +
      `bicubic | trilinear | lanczos | area | nearest-exact (got ${mode})`,
  );
}

type Numbers = number | readonly number[];

/** The text of what does not have a value for each spatial dimension. */
function mismatch(input: Tensor, what: 'output size of' | 'scale_factor of shape', values: readonly number[]): string {
  const [noun, letter] = what === 'output size of' ? ['output size', 'o'] : ['scale_factor', 's'];
  const subject = noun === 'output size' ? 'Input and output' : 'Input and scale_factor';
  return (
    `${subject} must have the same number of spatial dimensions, but got input with spatial dimensions of ` +
    `${listText(input.shape.slice(2))} and ${what} ${listText(values)}. Please provide input tensor in ` +
    `(N, C, d1, d2, ...,dK) format and ${noun} in (${letter}1, ${letter}2, ...,${letter}K) format.`
  );
}

function isInteger(value: unknown): boolean {
  return Number.isInteger(value) || (value instanceof Tensor && !value.is_floating_point());
}

function targetOf(input: Tensor, size: Numbers | null, scale_factor: Numbers | null): Target {
  const spatial = Math.max(input.dim() - 2, 0);
  if (size !== null && scale_factor !== null)
    throw new RangeError('only one of size or scale_factor should be defined');
  if (size !== null) {
    const sizes = repeated(size, spatial);
    if (sizes.length !== spatial) throw new RangeError(mismatch(input, 'output size of', sizes));
    if (Array.isArray(size) && !sizes.every(isInteger)) {
      throw new TypeError(
        'expected size to be one of int or Tuple[int] or Tuple[int, int] or Tuple[int, int, int], ' +
          `but got size with types ${listText(sizes.map(typeName))}`,
      );
    }
    return { size: sizes, factors: null };
  }
  if (scale_factor === null) throw new RangeError('either size or scale_factor should be defined');
  const factors = repeated(scale_factor, spatial);
  if (factors.length !== spatial) throw new RangeError(mismatch(input, 'scale_factor of shape', factors));
  return { size: null, factors };
}

/** The size that factors give, used instead of them. */
function withComputedSize(input: Tensor, target: Target): Target {
  const size = target.factors!.map((factor, i) => Math.trunc(input.size(i + 2) * factor));
  return { size, factors: null };
}

function resamplerFor(input: Tensor, mode: InterpolationMode, align_corners: boolean, antialias: boolean): Resampler {
  if (antialias && !(Object.hasOwn(antialiased, mode) && input.dim() === 4)) {
    throw new RangeError(
      'Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input',
    );
  }
  if (mode === 'lanczos' && input.dim() === 4) {
    if (align_corners) throw new RangeError('Lanczos mode does not support align_corners=True');
    if (!antialias) throw new RangeError('Lanczos mode requires antialias=True');
  }
  const resampler = antialias ? antialiased[mode] : resamplers[`${mode} ${input.dim() - 2}`];
  if (resampler === undefined) throw unsupported(input, mode);
  return resampler;
}

/**
 * Resamples (N, C, *) to `size`, or by `scale_factor`, over 1 to 3 spatial dimensions.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.interpolate.html
 */
export function interpolate(...args: signatures.InterpolateArgs): Tensor {
  const [input, size, scale_factor, mode, align_corners, recompute_scale_factor, antialias] =
    signatures.interpolate.list(args);
  if (align_corners !== null && ['nearest', 'area', 'nearest-exact'].includes(mode)) {
    throw new RangeError(
      'align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear',
    );
  }
  let target = targetOf(input, size, scale_factor);
  if (recompute_scale_factor && size !== null) {
    throw new RangeError('recompute_scale_factor is not meaningful with an explicit size.');
  }
  if (recompute_scale_factor || (mode === 'area' && target.size === null)) target = withComputedSize(input, target);
  const corners = align_corners ?? false;
  return resamplerFor(input, mode, corners, antialias)({ input, ...target, align_corners: corners });
}

function warnOfName(name: string): void {
  warn(`\`nn.functional.${name}\` is deprecated. Use \`nn.functional.interpolate\` instead.`);
}

/** Deprecated: `interpolate`. */
export function upsample(...args: signatures.UpsampleArgs): Tensor {
  const [input, size, scale_factor, mode, align_corners] = signatures.upsample.list(args);
  warnOfName('upsample');
  return interpolate(input, size, scale_factor, mode, align_corners);
}

/** Deprecated: `interpolate` with mode 'nearest'. */
export function upsample_nearest(...args: signatures.UpsampleNearestArgs): Tensor {
  const [input, size, scale_factor] = signatures.upsample_nearest.list(args);
  warnOfName('upsample_nearest');
  return interpolate(input, size, scale_factor, 'nearest');
}

/** Deprecated: `interpolate` with mode 'bilinear' and `align_corners`. */
export function upsample_bilinear(...args: signatures.UpsampleBilinearArgs): Tensor {
  const [input, size, scale_factor] = signatures.upsample_bilinear.list(args);
  warnOfName('upsample_bilinear');
  return interpolate(input, size, scale_factor, 'bilinear', true);
}
