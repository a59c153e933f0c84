/** Averages and norms over windows. https://docs.pytorch.org/docs/2.13/nn.functional.html#pooling-functions */

import { python } from '../../arguments/python';
import type { Size } from '../../base/types';
import { _nn, _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import { relu } from './activation';
import { max_pool1d, max_pool2d, max_pool3d } from './max_pooling';
import { type OutputSize, outputSize, pair, product, triple } from './sizes';

/** (N, C, L) → (N, C, L_out). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.avg_pool1d.html */
export const avg_pool1d = _torch.avg_pool1d;

/** (N, C, H, W) → (N, C, H_out, W_out). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.avg_pool2d.html */
export const avg_pool2d = _nn.avg_pool2d;

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.avg_pool3d.html */
export const avg_pool3d = _nn.avg_pool3d;

/** (N, C, L) → (N, C, output_size). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.adaptive_avg_pool1d.html */
export const adaptive_avg_pool1d = _torch.adaptive_avg_pool1d;

/** (N, C, H, W) → (N, C, *output_size); null keeps a size. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.adaptive_avg_pool2d.html */
export const adaptive_avg_pool2d = python(
  'adaptive_avg_pool2d',
  ['input', 'output_size'],
  (input: Tensor, output_size: OutputSize): Tensor => _nn.adaptive_avg_pool2d(input, outputSize(output_size, input)),
);

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.adaptive_avg_pool3d.html */
export const adaptive_avg_pool3d = python(
  'adaptive_avg_pool3d',
  ['input', 'output_size'],
  (input: Tensor, output_size: OutputSize): Tensor => _nn.adaptive_avg_pool3d(input, outputSize(output_size, input)),
);

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
function lpPool(name: string, avgPool: AvgPool, maxPool: MaxPool, windowOf: (kernel_size: Size) => readonly number[]) {
  return python(
    name,
    ['input', 'norm_type', 'kernel_size', 'stride', 'ceil_mode'],
    (
      input: Tensor,
      norm_type: number,
      kernel_size: Size,
      stride: Size | null = null,
      ceil_mode: boolean = false,
    ): Tensor => {
      if (norm_type === Number.POSITIVE_INFINITY) return maxPool(input.abs(), kernel_size, stride, 0, 1, ceil_mode);
      if (norm_type === Number.NEGATIVE_INFINITY)
        return maxPool(input.abs().neg(), kernel_size, stride, 0, 1, ceil_mode).neg();
      const mean = avgPool(input.pow(norm_type), kernel_size, stride ?? [], 0, ceil_mode);
      const positive = mean.sign().mul(relu(mean.abs()));
      return positive.mul(product(windowOf(kernel_size))).pow(1 / norm_type);
    },
  );
}

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.lp_pool1d.html */
export const lp_pool1d = lpPool('lp_pool1d', avg_pool1d, max_pool1d, (size) => [size as number].flat());

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.lp_pool2d.html */
export const lp_pool2d = lpPool('lp_pool2d', avg_pool2d, max_pool2d, pair);

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.lp_pool3d.html */
export const lp_pool3d = lpPool('lp_pool3d', avg_pool3d, max_pool3d, triple);
