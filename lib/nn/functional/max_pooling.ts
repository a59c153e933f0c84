/** Maxima over windows, and their reverse. https://docs.pytorch.org/docs/2.13/nn.functional.html#pooling-functions */

import { type FlaggedFunction, python } from '../../arguments/python';
import { listText } from '../../base/text';
import type { Size } from '../../base/types';
import { _nn, _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import { type OutputSize, outputSize, repeated } from './sizes';

/** With `return_indices: true` a pair, the second the places of the maxima. */
type Pool<Args extends readonly unknown[], Names extends readonly string[]> = FlaggedFunction<
  Args,
  Names,
  'return_indices',
  [Tensor, Tensor],
  Tensor
>;

// ---- windows of a fixed size

type MaxPoolArgs = [
  input: Tensor,
  kernel_size: Size,
  stride?: Size | null,
  padding?: Size,
  dilation?: Size,
  ceil_mode?: boolean,
];
type MaxPool = Pool<MaxPoolArgs, readonly ['input', 'kernel_size', 'stride', 'padding', 'dilation', 'ceil_mode']>;
type MaxPoolKernel<Result> = (
  input: Tensor,
  kernel_size: Size,
  stride: Size | readonly [],
  padding: Size,
  dilation: Size,
  ceil_mode: boolean,
) => Result;

const maxPoolParameters = [
  'input',
  'kernel_size',
  'stride',
  'padding',
  'dilation',
  'ceil_mode',
  'return_indices',
] as const;

function maxPool(name: string, values: MaxPoolKernel<Tensor>, withIndices: MaxPoolKernel<[Tensor, Tensor]>) {
  return python(
    name,
    maxPoolParameters,
    (
      input: Tensor,
      kernel_size: Size,
      stride: Size | null = null,
      padding: Size = 0,
      dilation: Size = 1,
      ceil_mode: boolean = false,
      return_indices: boolean = false,
    ): Tensor | [Tensor, Tensor] =>
      (return_indices ? withIndices : values)(input, kernel_size, stride ?? [], padding, dilation, ceil_mode),
  );
}

/** The pool that gives values and places, whatever `return_indices` says. */
function maxPoolWithIndices(name: string, withIndices: MaxPoolKernel<[Tensor, Tensor]>) {
  return maxPool(name, withIndices as never, withIndices) as FlaggedFunction<
    MaxPoolArgs,
    readonly ['input', 'kernel_size', 'stride', 'padding', 'dilation', 'ceil_mode'],
    'return_indices',
    [Tensor, Tensor],
    [Tensor, Tensor]
  >;
}

/** (N, C, L) → (N, C, L_out). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_pool1d.html */
export const max_pool1d = maxPool('max_pool1d', _torch.max_pool1d, _torch.max_pool1d_with_indices) as MaxPool;
export const max_pool1d_with_indices = maxPoolWithIndices('max_pool1d_with_indices', _torch.max_pool1d_with_indices);

/** (N, C, H, W) → (N, C, H_out, W_out). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_pool2d.html */
export const max_pool2d = maxPool('max_pool2d', _torch.max_pool2d, _nn.max_pool2d_with_indices) as MaxPool;
export const max_pool2d_with_indices = maxPoolWithIndices('max_pool2d_with_indices', _nn.max_pool2d_with_indices);

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_pool3d.html */
export const max_pool3d = maxPool('max_pool3d', _torch.max_pool3d, _nn.max_pool3d_with_indices) as MaxPool;
export const max_pool3d_with_indices = maxPoolWithIndices('max_pool3d_with_indices', _nn.max_pool3d_with_indices);

// ---- windows that give an output of a fixed size

type AdaptiveArgs = [input: Tensor, output_size: OutputSize];
type AdaptiveNames = readonly ['input', 'output_size'];
type AdaptiveMaxPool = Pool<AdaptiveArgs, AdaptiveNames>;
type AdaptiveKernel = (input: Tensor, output_size: Size) => [Tensor, Tensor];

function adaptiveMaxPool(name: string, kernel: AdaptiveKernel): AdaptiveMaxPool {
  return python(
    name,
    ['input', 'output_size', 'return_indices'],
    (input: Tensor, output_size: OutputSize, return_indices: boolean = false): Tensor | [Tensor, Tensor] => {
      const both = kernel(input, outputSize(output_size, input));
      return return_indices ? both : both[0];
    },
  ) as AdaptiveMaxPool;
}

function adaptiveMaxPoolWithIndices(name: string, kernel: AdaptiveKernel) {
  return python(
    name,
    ['input', 'output_size', 'return_indices'],
    (input: Tensor, output_size: OutputSize, _return_indices: boolean = false): [Tensor, Tensor] =>
      kernel(input, outputSize(output_size, input)),
  );
}

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.adaptive_max_pool1d.html */
export const adaptive_max_pool1d = adaptiveMaxPool('adaptive_max_pool1d', _torch.adaptive_max_pool1d);
export const adaptive_max_pool1d_with_indices = adaptiveMaxPoolWithIndices(
  'adaptive_max_pool1d_with_indices',
  _torch.adaptive_max_pool1d,
);

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.adaptive_max_pool2d.html */
export const adaptive_max_pool2d = adaptiveMaxPool('adaptive_max_pool2d', _nn.adaptive_max_pool2d);
export const adaptive_max_pool2d_with_indices = adaptiveMaxPoolWithIndices(
  'adaptive_max_pool2d_with_indices',
  _nn.adaptive_max_pool2d,
);

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.adaptive_max_pool3d.html */
export const adaptive_max_pool3d = adaptiveMaxPool('adaptive_max_pool3d', _nn.adaptive_max_pool3d);
export const adaptive_max_pool3d_with_indices = adaptiveMaxPoolWithIndices(
  'adaptive_max_pool3d_with_indices',
  _nn.adaptive_max_pool3d,
);

// ---- windows at random places

type Ratio = number | readonly number[];
type FractionalArgs = [
  input: Tensor,
  kernel_size: Size,
  output_size?: Size | null,
  output_ratio?: Ratio | null,
  _random_samples?: Tensor | null,
];
/** `_random_samples` comes behind `return_indices` and is given by name. */
type FractionalMaxPool<Off> = FlaggedFunction<
  FractionalArgs,
  readonly ['input', 'kernel_size', 'output_size', 'output_ratio', '*', '_random_samples'],
  'return_indices',
  [Tensor, Tensor],
  Off
>;
type FractionalKernel = (input: Tensor, kernel_size: Size, output_size: Size, samples: Tensor) => [Tensor, Tensor];

/** The places of the windows: (N, C, spatial dimensions) numbers of [0, 1). */
function windowPlaces(input: Tensor, spatial: number): Tensor {
  const { shape } = input;
  const batch = shape.length === spatial + 1 ? 1 : shape[0]!;
  return _torch.rand([batch, shape.at(-spatial - 1)!, spatial], { dtype: input.dtype, device: input.device });
}

function fractionalMaxPool(name: string, kernel: FractionalKernel, spatial: number, always: boolean) {
  return python(
    name,
    ['input', 'kernel_size', 'output_size', 'output_ratio', 'return_indices', '_random_samples'],
    (
      input: Tensor,
      kernel_size: Size,
      output_size: Size | null = null,
      output_ratio: Ratio | null = null,
      return_indices: boolean = false,
      _random_samples: Tensor | null = null,
    ): Tensor | [Tensor, Tensor] => {
      if (output_size === null && output_ratio === null) {
        throw new RangeError(
          `fractional_max_pool${spatial}d requires specifying either an output_size or an output_ratio`,
        );
      }
      const size = output_size ?? scaledSize(input, output_ratio!, spatial);
      const both = kernel(input, kernel_size, size, _random_samples ?? windowPlaces(input, spatial));
      return always || return_indices ? both : both[0];
    },
  );
}

function scaledSize(input: Tensor, ratio: Ratio, spatial: number): number[] {
  if (spatial === 2 && Array.isArray(ratio) && ratio.length > 2) {
    throw new RangeError('fractional_max_pool2d requires output_ratio to either be a single Int or tuple of Ints.');
  }
  const sizes = input.shape.slice(-spatial);
  return repeated(ratio, spatial).map((part, i) => Math.trunc(sizes[i]! * part));
}

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.fractional_max_pool2d.html */
export const fractional_max_pool2d = fractionalMaxPool(
  'fractional_max_pool2d',
  _nn.fractional_max_pool2d,
  2,
  false,
) as FractionalMaxPool<Tensor>;
export const fractional_max_pool2d_with_indices = fractionalMaxPool(
  'fractional_max_pool2d_with_indices',
  _nn.fractional_max_pool2d,
  2,
  true,
) as FractionalMaxPool<[Tensor, Tensor]>;

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.fractional_max_pool3d.html */
export const fractional_max_pool3d = fractionalMaxPool(
  'fractional_max_pool3d',
  _nn.fractional_max_pool3d,
  3,
  false,
) as FractionalMaxPool<Tensor>;
export const fractional_max_pool3d_with_indices = fractionalMaxPool(
  'fractional_max_pool3d_with_indices',
  _nn.fractional_max_pool3d,
  3,
  true,
) as FractionalMaxPool<[Tensor, Tensor]>;

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

function maxUnpool(name: string, spatial: number, unpool: Unpool) {
  return python(
    name,
    ['input', 'indices', 'kernel_size', 'stride', 'padding', 'output_size'],
    (
      input: Tensor,
      indices: Tensor,
      kernel_size: Size,
      stride: Size | null = null,
      padding: Size = 0,
      output_size: readonly number[] | null = null,
    ): Tensor => {
      const kernel = repeated(kernel_size, spatial);
      const steps = stride === null ? kernel : repeated(stride, spatial);
      const pads = repeated(padding, spatial);
      return unpool(input, indices, unpooledSize(input, kernel, steps, pads, output_size), steps, pads);
    },
  );
}

/** Puts maxima back at their places, zeros elsewhere. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_unpool1d.html */
export const max_unpool1d = maxUnpool('max_unpool1d', 1, (input, indices, size) =>
  _nn.max_unpool2d(input.unsqueeze(-1), indices.unsqueeze(-1), [...size, 1]).squeeze(-1),
);

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_unpool2d.html */
export const max_unpool2d = maxUnpool('max_unpool2d', 2, (input, indices, size) =>
  _nn.max_unpool2d(input, indices, size),
);

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_unpool3d.html */
export const max_unpool3d = maxUnpool('max_unpool3d', 3, _nn.max_unpool3d);
