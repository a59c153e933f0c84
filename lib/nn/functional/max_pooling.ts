/** Maxima over windows, and their reverse. https://docs.pytorch.org/docs/2.13/nn.functional.html#pooling-functions */

import { listText } from '../../base/text';
import type { Size } from '../../base/types';
import { _nn, _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_functional';
import { outputSize, repeated } from './sizes';

/** With `return_indices: true` a pair, the second the places of the maxima. */
type Pooled<Flag extends boolean> = Flag extends true ? [Tensor, Tensor] : Tensor;

// ---- windows of a fixed size

type MaxPoolKernel<Result> = (
  input: Tensor,
  kernel_size: Size,
  stride: Size | readonly [],
  padding: Size,
  dilation: Size,
  ceil_mode: boolean,
) => Result;

function maxPool<Result>(list: signatures.MaxPool1dList<boolean>, kernel: MaxPoolKernel<Result>): Result {
  const [input, kernel_size, stride, padding, dilation, ceil_mode] = list;
  return kernel(input, kernel_size, stride ?? [], padding, dilation, ceil_mode);
}

/** (N, C, L) → (N, C, L_out). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_pool1d.html */
export function max_pool1d<Flag extends boolean = false>(...args: signatures.MaxPool1dArgs<Flag>): Pooled<Flag> {
  const list = signatures.max_pool1d.list(args);
  return maxPool<unknown>(list, list[6] ? _torch.max_pool1d_with_indices : _torch.max_pool1d) as Pooled<Flag>;
}

/** The same with the places of the maxima, whatever `return_indices` says. */
export function max_pool1d_with_indices(...args: signatures.MaxPool1dWithIndicesArgs): [Tensor, Tensor] {
  return maxPool(signatures.max_pool1d_with_indices.list(args), _torch.max_pool1d_with_indices);
}

/** (N, C, H, W) → (N, C, H_out, W_out). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_pool2d.html */
export function max_pool2d<Flag extends boolean = false>(...args: signatures.MaxPool2dArgs<Flag>): Pooled<Flag> {
  const list = signatures.max_pool2d.list(args);
  return maxPool<unknown>(list, list[6] ? _nn.max_pool2d_with_indices : _torch.max_pool2d) as Pooled<Flag>;
}

/** The same with the places of the maxima, whatever `return_indices` says. */
export function max_pool2d_with_indices(...args: signatures.MaxPool2dWithIndicesArgs): [Tensor, Tensor] {
  return maxPool(signatures.max_pool2d_with_indices.list(args), _nn.max_pool2d_with_indices);
}

/**
 * The maximum over windows of (N, C, D, H, W) or (C, D, H, W), with its places when `return_indices` says so.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_pool3d.html
 */
export function max_pool3d<Flag extends boolean = false>(...args: signatures.MaxPool3dArgs<Flag>): Pooled<Flag> {
  const list = signatures.max_pool3d.list(args);
  return maxPool<unknown>(list, list[6] ? _nn.max_pool3d_with_indices : _torch.max_pool3d) as Pooled<Flag>;
}

/** The same with the places of the maxima, whatever `return_indices` says. */
export function max_pool3d_with_indices(...args: signatures.MaxPool3dWithIndicesArgs): [Tensor, Tensor] {
  return maxPool(signatures.max_pool3d_with_indices.list(args), _nn.max_pool3d_with_indices);
}

// ---- windows that give an output of a fixed size

type AdaptiveKernel = (input: Tensor, output_size: Size) => [Tensor, Tensor];

function adaptiveMaxPool(list: signatures.AdaptiveMaxPool1dList<boolean>, kernel: AdaptiveKernel): [Tensor, Tensor] {
  const [input, output_size] = list;
  return kernel(input, outputSize(output_size, input));
}

/**
 * The maximum over windows that make an output of the given length, of (N, C, L) or (C, L).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.adaptive_max_pool1d.html
 */
export function adaptive_max_pool1d<Flag extends boolean = false>(
  ...args: signatures.AdaptiveMaxPool1dArgs<Flag>
): Pooled<Flag> {
  const list = signatures.adaptive_max_pool1d.list(args);
  const both = adaptiveMaxPool(list, _torch.adaptive_max_pool1d);
  return (list[2] ? both : both[0]) as Pooled<Flag>;
}

/** The same with the places of the maxima, whatever `return_indices` says. */
export function adaptive_max_pool1d_with_indices(
  ...args: signatures.AdaptiveMaxPool1dWithIndicesArgs
): [Tensor, Tensor] {
  return adaptiveMaxPool(signatures.adaptive_max_pool1d_with_indices.list(args), _torch.adaptive_max_pool1d);
}

/**
 * The maximum over windows that make an output of the given size, of (N, C, H, W) or (C, H, W).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.adaptive_max_pool2d.html
 */
export function adaptive_max_pool2d<Flag extends boolean = false>(
  ...args: signatures.AdaptiveMaxPool2dArgs<Flag>
): Pooled<Flag> {
  const list = signatures.adaptive_max_pool2d.list(args);
  const both = adaptiveMaxPool(list, _nn.adaptive_max_pool2d);
  return (list[2] ? both : both[0]) as Pooled<Flag>;
}

/** The same with the places of the maxima, whatever `return_indices` says. */
export function adaptive_max_pool2d_with_indices(
  ...args: signatures.AdaptiveMaxPool2dWithIndicesArgs
): [Tensor, Tensor] {
  return adaptiveMaxPool(signatures.adaptive_max_pool2d_with_indices.list(args), _nn.adaptive_max_pool2d);
}

/**
 * The maximum over windows that make an output of the given size, of (N, C, D, H, W) or (C, D, H, W).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.adaptive_max_pool3d.html
 */
export function adaptive_max_pool3d<Flag extends boolean = false>(
  ...args: signatures.AdaptiveMaxPool3dArgs<Flag>
): Pooled<Flag> {
  const list = signatures.adaptive_max_pool3d.list(args);
  const both = adaptiveMaxPool(list, _nn.adaptive_max_pool3d);
  return (list[2] ? both : both[0]) as Pooled<Flag>;
}

/** The same with the places of the maxima, whatever `return_indices` says. */
export function adaptive_max_pool3d_with_indices(
  ...args: signatures.AdaptiveMaxPool3dWithIndicesArgs
): [Tensor, Tensor] {
  return adaptiveMaxPool(signatures.adaptive_max_pool3d_with_indices.list(args), _nn.adaptive_max_pool3d);
}

// ---- windows at random places

type FractionalKernel = (input: Tensor, kernel_size: Size, output_size: Size, samples: Tensor) => [Tensor, Tensor];

/** The places of the windows: (N, C, spatial dimensions) numbers of [0, 1). */
function windowPlaces(input: Tensor, spatial: number): Tensor {
  const { shape } = input;
  const batch = shape.length === spatial + 1 ? 1 : shape[0]!;
  return _torch.rand([batch, shape.at(-spatial - 1)!, spatial], { dtype: input.dtype, device: input.device });
}

function fractionalMaxPool(
  list: signatures.FractionalMaxPool2dList<boolean>,
  kernel: FractionalKernel,
  spatial: number,
): [Tensor, Tensor] {
  const [input, kernel_size, output_size, output_ratio, , _random_samples] = list;
  if (output_size === null && output_ratio === null) {
    throw new RangeError(`fractional_max_pool${spatial}d requires specifying either an output_size or an output_ratio`);
  }
  const size = output_size ?? scaledSize(input, output_ratio!, spatial);
  return kernel(input, kernel_size, size, _random_samples ?? windowPlaces(input, spatial));
}

function scaledSize(input: Tensor, ratio: number | readonly number[], spatial: number): number[] {
  if (spatial === 2 && Array.isArray(ratio) && ratio.length > 2) {
    throw new RangeError('fractional_max_pool2d requires output_ratio to either be a single Int or tuple of Ints.');
  }
  const sizes = input.shape.slice(-spatial);
  return repeated(ratio, spatial).map((part, i) => Math.trunc(sizes[i]! * part));
}

/**
 * The maximum over windows at random steps, of (N, C, H, W) or (C, H, W).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.fractional_max_pool2d.html
 */
export function fractional_max_pool2d<Flag extends boolean = false>(
  ...args: signatures.FractionalMaxPool2dArgs<Flag>
): Pooled<Flag> {
  const list = signatures.fractional_max_pool2d.list(args);
  const both = fractionalMaxPool(list, _nn.fractional_max_pool2d, 2);
  return (list[4] ? both : both[0]) as Pooled<Flag>;
}

/** The same with the places of the maxima, whatever `return_indices` says. */
export function fractional_max_pool2d_with_indices(
  ...args: signatures.FractionalMaxPool2dWithIndicesArgs
): [Tensor, Tensor] {
  return fractionalMaxPool(signatures.fractional_max_pool2d_with_indices.list(args), _nn.fractional_max_pool2d, 2);
}

/**
 * The maximum over windows at random steps, of (N, C, D, H, W) or (C, D, H, W).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.fractional_max_pool3d.html
 */
export function fractional_max_pool3d<Flag extends boolean = false>(
  ...args: signatures.FractionalMaxPool3dArgs<Flag>
): Pooled<Flag> {
  const list = signatures.fractional_max_pool3d.list(args);
  const both = fractionalMaxPool(list, _nn.fractional_max_pool3d, 3);
  return (list[4] ? both : both[0]) as Pooled<Flag>;
}

/** The same with the places of the maxima, whatever `return_indices` says. */
export function fractional_max_pool3d_with_indices(
  ...args: signatures.FractionalMaxPool3dWithIndicesArgs
): [Tensor, Tensor] {
  return fractionalMaxPool(signatures.fractional_max_pool3d_with_indices.list(args), _nn.fractional_max_pool3d, 3);
}

// ---- the reverse of a max pool

/** The smallest size that pools to the input's, or the one asked for if it pools to that too. */
function unpooledSize(
  input: Tensor,
  kernel: readonly number[],
  stride: readonly number[],
  padding: readonly number[],
  asked: readonly number[] | null,
): readonly number[] {
  const sizes = input.shape.slice(-kernel.length);
  const smallest = kernel.map((width, d) => (sizes[d]! - 1) * stride[d]! + width - 2 * padding[d]!);
  const size = asked === null ? smallest : chosenSize(smallest, stride, asked);
  const negative = size.findIndex((value) => value < 0);
  if (negative >= 0) {
    throw new RangeError(
      `max_unpooling: output_size must contain non-negative spatial dimensions, but got output_size[${negative}]=${size[negative]}`,
    );
  }
  return size;
}

function chosenSize(
  smallest: readonly number[],
  stride: readonly number[],
  asked: readonly number[],
): readonly number[] {
  const spatial = smallest.length;
  const size = asked.length === spatial + 2 ? asked.slice(2) : asked;
  if (size.length !== spatial) {
    throw new RangeError(
      `output_size should be a sequence containing ${spatial} or ${spatial + 2} elements, but it has a length of '${size.length}'`,
    );
  }
  size.forEach((value, d) => {
    const [least, most] = [smallest[d]! - stride[d]!, smallest[d]! + stride[d]!];
    if (least < value && value < most) return;
    throw new RangeError(`invalid output_size "${listText(size)}" (dim ${d} must be between ${least} and ${most})`);
  });
  return size;
}

type Unpool = (
  input: Tensor,
  indices: Tensor,
  size: readonly number[],
  stride: readonly number[],
  padding: readonly number[],
) => Tensor;

function maxUnpool(list: signatures.MaxUnpool1dList, spatial: number, unpool: Unpool): Tensor {
  const [input, indices, kernel_size, stride, padding, output_size] = list;
  const kernel = repeated(kernel_size, spatial);
  const steps = stride === null ? kernel : repeated(stride, spatial);
  const pads = repeated(padding, spatial);
  return unpool(input, indices, unpooledSize(input, kernel, steps, pads, output_size), steps, pads);
}

/** Puts maxima back at their places, zeros elsewhere. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_unpool1d.html */
export function max_unpool1d(...args: signatures.MaxUnpool1dArgs): Tensor {
  return maxUnpool(signatures.max_unpool1d.list(args), 1, (input, indices, size) =>
    _nn.max_unpool2d(input.unsqueeze(-1), indices.unsqueeze(-1), [...size, 1]).squeeze(-1),
  );
}

/**
 * Puts maxima of `max_pool2d` back to their places, with zeros elsewhere.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_unpool2d.html
 */
export function max_unpool2d(...args: signatures.MaxUnpool2dArgs): Tensor {
  return maxUnpool(signatures.max_unpool2d.list(args), 2, (input, indices, size) =>
    _nn.max_unpool2d(input, indices, size),
  );
}

/**
 * Puts maxima of `max_pool3d` back to their places, with zeros elsewhere.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_unpool3d.html
 */
export function max_unpool3d(...args: signatures.MaxUnpool3dArgs): Tensor {
  return maxUnpool(signatures.max_unpool3d.list(args), 3, _nn.max_unpool3d);
}
