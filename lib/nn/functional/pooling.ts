/** Averages and norms over windows. https://docs.pytorch.org/docs/2.13/nn.functional.html#pooling-functions */

import type { Size } from '../../base/types';
import type { NNFunctions, TorchFunctions } from '../../generated/functions';
import { _nn, _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_functional';
import { relu } from './activation';
import { max_pool1d, max_pool2d, max_pool3d } from './max_pooling';
import { outputSize, pair, product, triple } from './sizes';

/** (N, C, L) → (N, C, L_out). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.avg_pool1d.html */
export const avg_pool1d: TorchFunctions['avg_pool1d'] = _torch.avg_pool1d;

/** (N, C, H, W) → (N, C, H_out, W_out). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.avg_pool2d.html */
export const avg_pool2d: NNFunctions['avg_pool2d'] = _nn.avg_pool2d;

/**
 * The mean over windows of (N, C, D, H, W) or (C, D, H, W).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.avg_pool3d.html
 */
export const avg_pool3d: NNFunctions['avg_pool3d'] = _nn.avg_pool3d;

/** (N, C, L) → (N, C, output_size). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.adaptive_avg_pool1d.html */
export const adaptive_avg_pool1d: TorchFunctions['adaptive_avg_pool1d'] = _torch.adaptive_avg_pool1d;

/** (N, C, H, W) → (N, C, *output_size); null keeps a size. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.adaptive_avg_pool2d.html */
export function adaptive_avg_pool2d(...args: signatures.AdaptiveAvgPool2dArgs): Tensor {
  const [input, output_size] = signatures.adaptive_avg_pool2d.list(args);
  return _nn.adaptive_avg_pool2d(input, outputSize(output_size, input));
}

/**
 * The mean over windows that make an output of the given size, of (N, C, D, H, W) or (C, D, H, W).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.adaptive_avg_pool3d.html
 */
export function adaptive_avg_pool3d(...args: signatures.AdaptiveAvgPool3dArgs): Tensor {
  const [input, output_size] = signatures.adaptive_avg_pool3d.list(args);
  return _nn.adaptive_avg_pool3d(input, outputSize(output_size, input));
}

type AvgPool = (
  input: Tensor,
  kernel_size: Size,
  stride: Size | readonly [],
  padding: Size,
  ceil_mode: boolean,
) => Tensor;
type MaxPool = (
  input: Tensor,
  kernel_size: Size,
  stride: Size | null,
  padding: Size,
  dilation: Size,
  ceil_mode: boolean,
) => Tensor;

/** (Σ xᵖ)^(1/p) over windows; the maximum or minimum of |x| when p is infinite. */
function lpPool(
  [input, norm_type, kernel_size, stride, ceil_mode]: signatures.LpPool1dList,
  avgPool: AvgPool,
  maxPool: MaxPool,
  windowOf: (kernel_size: Size) => readonly number[],
): Tensor {
  if (norm_type === Number.POSITIVE_INFINITY) return maxPool(input.abs(), kernel_size, stride, 0, 1, ceil_mode);
  if (norm_type === Number.NEGATIVE_INFINITY)
    return maxPool(input.abs().neg(), kernel_size, stride, 0, 1, ceil_mode).neg();
  const mean = avgPool(input.pow(norm_type), kernel_size, stride ?? [], 0, ceil_mode);
  const positive = mean.sign().mul(relu(mean.abs()));
  return positive.mul(product(windowOf(kernel_size))).pow(1 / norm_type);
}

/**
 * The p-norm over windows of (N, C, L) or (C, L).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.lp_pool1d.html
 */
export function lp_pool1d(...args: signatures.LpPool1dArgs): Tensor {
  return lpPool(signatures.lp_pool1d.list(args), avg_pool1d, max_pool1d, (size) => [size as number].flat());
}

/**
 * The p-norm over windows of (N, C, H, W) or (C, H, W).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.lp_pool2d.html
 */
export function lp_pool2d(...args: signatures.LpPool2dArgs): Tensor {
  return lpPool(signatures.lp_pool2d.list(args), avg_pool2d, max_pool2d, pair);
}

/**
 * The p-norm over windows of (N, C, D, H, W) or (C, D, H, W).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.lp_pool3d.html
 */
export function lp_pool3d(...args: signatures.LpPool3dArgs): Tensor {
  return lpPool(signatures.lp_pool3d.list(args), avg_pool3d, max_pool3d, triple);
}
