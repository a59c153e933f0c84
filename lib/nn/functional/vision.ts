/** Rearranging and sampling images. https://docs.pytorch.org/docs/2.13/nn.functional.html#vision-functions */

import { NotImplementedError, warn } from '../../base/errors';
import { listText, sizeText } from '../../base/text';
import type { TorchFunctions } from '../../generated/functions';
import { typeName } from '../../native/kinds';
import { _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_functional';

/** (*, C · r², H, W) → (*, C, H · r, W · r). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.pixel_shuffle.html */
export const pixel_shuffle: TorchFunctions['pixel_shuffle'] = _torch.pixel_shuffle;

/** (*, C, H · r, W · r) → (*, C · r², H, W). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.pixel_unshuffle.html */
export const pixel_unshuffle: TorchFunctions['pixel_unshuffle'] = _torch.pixel_unshuffle;

/** Interleaves groups of channels. https://docs.pytorch.org/docs/2.13/generated/torch.nn.ChannelShuffle.html */
export const channel_shuffle: TorchFunctions['channel_shuffle'] = _torch.channel_shuffle;
export const native_channel_shuffle: TorchFunctions['native_channel_shuffle'] = _torch.native_channel_shuffle;

export const GRID_SAMPLE_INTERPOLATION_MODES = { bilinear: 0, nearest: 1, bicubic: 2 } as const;
export const GRID_SAMPLE_PADDING_MODES = { zeros: 0, border: 1, reflection: 2 } as const;

export type GridSampleMode = keyof typeof GRID_SAMPLE_INTERPOLATION_MODES;
export type GridSamplePadding = keyof typeof GRID_SAMPLE_PADDING_MODES;

function cornersOf(align_corners: boolean | null): boolean {
  if (align_corners === null) {
    warn(
      'Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify ' +
        'align_corners=True if the old behavior is desired. See the documentation of grid_sample for details.',
    );
  }
  return align_corners ?? false;
}

/**
 * Reads `input` (N, C, H, W) at the places of `grid` (N, H_out, W_out, 2), in [−1, 1]; or with one dimension more.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.grid_sample.html
 */
export function grid_sample(...args: signatures.GridSampleArgs): Tensor {
  const [input, grid, mode, padding_mode, align_corners] = signatures.grid_sample.list(args);
  if (!Object.hasOwn(GRID_SAMPLE_INTERPOLATION_MODES, mode)) {
    throw new RangeError(
      `nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '${mode}'`,
    );
  }
  if (!Object.hasOwn(GRID_SAMPLE_PADDING_MODES, padding_mode)) {
    throw new RangeError(
      "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', " +
        `but got: '${padding_mode}'`,
    );
  }
  const how = GRID_SAMPLE_INTERPOLATION_MODES[mode];
  return _torch.grid_sampler(input, grid, how, GRID_SAMPLE_PADDING_MODES[padding_mode], cornersOf(align_corners));
}

function checkAffine(theta: Tensor, size: readonly number[]): void {
  if (!theta.is_floating_point())
    throw new RangeError(`Expected theta to have floating point type, but got ${theta.dtype}`);
  const spatial = size.length - 2;
  if (spatial !== 2 && spatial !== 3) {
    throw new NotImplementedError(
      'affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. ' +
        `Got size ${listText(size)}.`,
    );
  }
  const { shape } = theta;
  if (shape.length !== 3 || shape[1] !== spatial || shape[2] !== spatial + 1) {
    throw new RangeError(
      `Expected a batch of ${spatial}D affine matrices of shape Nx${spatial}x${spatial + 1} for size ${listText(size)}. ` +
        `Got ${sizeText(shape)}.`,
    );
  }
}

/**
 * The grid of an affine map `theta` (N, 2, 3) for images (N, C, H, W), or (N, 3, 4) for volumes.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.affine_grid.html
 */
export function affine_grid(...args: signatures.AffineGridArgs): Tensor {
  const [theta, size, align_corners] = signatures.affine_grid.list(args);
  if (!Array.isArray(size))
    throw new TypeError(`affine_grid(): argument 'size' must be tuple of ints, not ${typeName(size)}`);
  const corners = cornersOf(align_corners);
  checkAffine(theta, size);
  if (corners && Math.min(...size.slice(2)) === 1) {
    warn(
      'Since version 1.3.0, affine_grid behavior has changed for unit-size grids when align_corners=True. This is ' +
        'not an intended use case of affine_grid. See the documentation of affine_grid for details.',
    );
  } else if (Math.min(...size) <= 0) {
    throw new RangeError(`Expected non-zero, positive output size. Got ${listText(size)}`);
  }
  return _torch.affine_grid_generator(theta, size, corners);
}
