/** Pooling. https://docs.pytorch.org/docs/2.13/nn.html#pooling-layers */

import type { Values } from '../../arguments/signature';
import type { Tensor } from '../../tensor/tensor';
import * as F from '../functional';
import { type OutputSize, repeated } from '../functional/sizes';
import * as signatures from '../generated/nn';
import { Module } from './module';
import { fields, float, repr } from './repr';

/** A size of any number of dimensions. */
type Size = number | readonly number[];

// ---- maxima

/**
 * What a max pool gives: a tensor, or with `return_indices` the pair `[values, places]`, which destructures as a tensor
 * does. An option of the constructor decides, so the type says the usual.
 */
type MaxPoolResult = Tensor;

/** @internal */
export abstract class _MaxPoolNd extends Module {
  kernel_size: Size;
  stride: Size;
  padding: Size;
  dilation: Size;
  return_indices: boolean;
  ceil_mode: boolean;

  constructor(
    options: Values<signatures.MaxPool1dArguments | signatures.MaxPool2dArguments | signatures.MaxPool3dArguments>,
  ) {
    super();
    this.kernel_size = options.kernel_size;
    this.stride = options.stride ?? options.kernel_size;
    this.padding = options.padding;
    this.dilation = options.dilation;
    this.return_indices = options.return_indices;
    this.ceil_mode = options.ceil_mode;
  }

  protected pool(kernel: typeof F.max_pool2d, input: Tensor): MaxPoolResult {
    const { kernel_size, stride, padding, dilation, ceil_mode, return_indices } = this;
    return kernel(input, kernel_size, stride, padding, dilation, ceil_mode, return_indices) as MaxPoolResult;
  }

  override extra_repr(): string {
    const { kernel_size, stride, padding, dilation, ceil_mode } = this;
    return fields({ kernel_size, stride, padding, dilation, ceil_mode });
  }
}

/** (N, C, L) → (N, C, L_out). https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxPool1d.html */
export class MaxPool1d extends _MaxPoolNd {
  constructor(...args: signatures.MaxPool1dArgs) {
    super(signatures.MaxPool1d.read(args));
  }

  override forward(input: Tensor): MaxPoolResult {
    return this.pool(F.max_pool1d, input);
  }
}

/** (N, C, H, W) → (N, C, H_out, W_out). https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxPool2d.html */
export class MaxPool2d extends _MaxPoolNd {
  constructor(...args: signatures.MaxPool2dArgs) {
    super(signatures.MaxPool2d.read(args));
  }

  override forward(input: Tensor): MaxPoolResult {
    return this.pool(F.max_pool2d, input);
  }
}

/**
 * The maximum over windows of (N, C, D, H, W) or (C, D, H, W).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxPool3d.html
 */
export class MaxPool3d extends _MaxPoolNd {
  constructor(...args: signatures.MaxPool3dArgs) {
    super(signatures.MaxPool3d.read(args));
  }

  override forward(input: Tensor): MaxPoolResult {
    return this.pool(F.max_pool3d, input);
  }
}

// ---- the reverse of maxima

type AnyMaxUnpool = Values<
  signatures.MaxUnpool1dArguments | signatures.MaxUnpool2dArguments | signatures.MaxUnpool3dArguments
>;

/** @internal */
export abstract class _MaxUnpoolNd extends Module {
  kernel_size: readonly number[];
  stride: readonly number[];
  padding: readonly number[];

  constructor({ kernel_size, stride, padding }: AnyMaxUnpool, spatial: number) {
    super();
    this.kernel_size = repeated(kernel_size, spatial);
    this.stride = repeated(stride ?? kernel_size, spatial);
    this.padding = repeated(padding, spatial);
  }

  override extra_repr(): string {
    const { kernel_size, stride, padding } = this;
    return fields({ kernel_size, stride, padding });
  }
}

/** Puts maxima back at their places. https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxUnpool1d.html */
export class MaxUnpool1d extends _MaxUnpoolNd {
  constructor(...args: signatures.MaxUnpool1dArgs) {
    super(signatures.MaxUnpool1d.read(args), 1);
  }

  override forward(input: Tensor, indices: Tensor, output_size: readonly number[] | null = null): Tensor {
    return F.max_unpool1d(input, indices, this.kernel_size, this.stride, this.padding, output_size);
  }
}

/**
 * Puts maxima of `MaxPool2d` back to their places, with zeros elsewhere: (N, C, H, W) or (C, H, W).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxUnpool2d.html
 */
export class MaxUnpool2d extends _MaxUnpoolNd {
  constructor(...args: signatures.MaxUnpool2dArgs) {
    super(signatures.MaxUnpool2d.read(args), 2);
  }

  override forward(input: Tensor, indices: Tensor, output_size: readonly number[] | null = null): Tensor {
    return F.max_unpool2d(input, indices, this.kernel_size, this.stride, this.padding, output_size);
  }
}

/**
 * Puts maxima of `MaxPool3d` back to their places, with zeros elsewhere: (N, C, D, H, W) or (C, D, H, W).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxUnpool3d.html
 */
export class MaxUnpool3d extends _MaxUnpoolNd {
  constructor(...args: signatures.MaxUnpool3dArgs) {
    super(signatures.MaxUnpool3d.read(args), 3);
  }

  override forward(input: Tensor, indices: Tensor, output_size: readonly number[] | null = null): Tensor {
    return F.max_unpool3d(input, indices, this.kernel_size, this.stride, this.padding, output_size);
  }
}

// ---- averages

/** @internal */
export abstract class _AvgPoolNd extends Module {
  kernel_size: Size;
  stride: Size;
  padding: Size;
  ceil_mode: boolean;
  count_include_pad: boolean;

  constructor(
    options: Values<signatures.AvgPool1dArguments | signatures.AvgPool2dArguments | signatures.AvgPool3dArguments>,
  ) {
    super();
    this.kernel_size = options.kernel_size;
    this.stride = options.stride ?? options.kernel_size;
    this.padding = options.padding;
    this.ceil_mode = options.ceil_mode;
    this.count_include_pad = options.count_include_pad;
  }

  override extra_repr(): string {
    const { kernel_size, stride, padding } = this;
    return fields({ kernel_size, stride, padding });
  }
}

/** (N, C, L) → (N, C, L_out). https://docs.pytorch.org/docs/2.13/generated/torch.nn.AvgPool1d.html */
export class AvgPool1d extends _AvgPoolNd {
  constructor(...args: signatures.AvgPool1dArgs) {
    const options = signatures.AvgPool1d.read(args);
    super(options);
    this.kernel_size = repeated(options.kernel_size, 1);
    this.stride = repeated(options.stride ?? options.kernel_size, 1);
    this.padding = repeated(options.padding, 1);
  }

  override forward(input: Tensor): Tensor {
    const { kernel_size, stride, padding, ceil_mode, count_include_pad } = this;
    return F.avg_pool1d(input, kernel_size, stride, padding, ceil_mode, count_include_pad);
  }
}

/** (N, C, H, W) → (N, C, H_out, W_out). https://docs.pytorch.org/docs/2.13/generated/torch.nn.AvgPool2d.html */
export class AvgPool2d extends _AvgPoolNd {
  divisor_override: number | null;

  constructor(...args: signatures.AvgPool2dArgs) {
    const options = signatures.AvgPool2d.read(args);
    super(options);
    this.divisor_override = options.divisor_override;
  }

  override forward(input: Tensor): Tensor {
    const { kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override } = this;
    return F.avg_pool2d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);
  }
}

/**
 * The mean over windows of (N, C, D, H, W) or (C, D, H, W).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.AvgPool3d.html
 */
export class AvgPool3d extends _AvgPoolNd {
  divisor_override: number | null;

  constructor(...args: signatures.AvgPool3dArgs) {
    const options = signatures.AvgPool3d.read(args);
    super(options);
    this.divisor_override = options.divisor_override;
  }

  override forward(input: Tensor): Tensor {
    const { kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override } = this;
    return F.avg_pool3d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);
  }
}

// ---- maxima of random windows

type AnyFractional = Values<signatures.FractionalMaxPool2dArguments | signatures.FractionalMaxPool3dArguments>;

abstract class FractionalMaxPool extends Module {
  kernel_size: readonly number[];
  return_indices: boolean;
  declare _random_samples: Tensor | null;
  output_size: readonly number[] | null;
  output_ratio: readonly number[] | null;

  constructor(options: AnyFractional, spatial: number) {
    super();
    const { kernel_size, output_size, output_ratio, return_indices, _random_samples } = options;
    this.kernel_size = repeated(kernel_size, spatial);
    this.return_indices = return_indices;
    this.register_buffer('_random_samples', _random_samples);
    this.output_size = output_size === null ? null : repeated(output_size, spatial);
    this.output_ratio = output_ratio === null ? null : repeated(output_ratio, spatial);
    const name = `FractionalMaxPool${spatial}d`;
    if (output_size === null && output_ratio === null) {
      throw new RangeError(`${name} requires specifying either an output size, or a pooling ratio`);
    }
    if (output_size !== null && output_ratio !== null) {
      throw new RangeError('only one of output_size and output_ratio may be specified');
    }
    if (this.output_ratio?.some((ratio) => !(ratio > 0 && ratio < 1))) {
      throw new RangeError(`output_ratio must be between 0 and 1 (got ${repr(output_ratio)})`);
    }
  }
}

/** Maxima of windows at random places. https://docs.pytorch.org/docs/2.13/generated/torch.nn.FractionalMaxPool2d.html */
export class FractionalMaxPool2d extends FractionalMaxPool {
  constructor(...args: signatures.FractionalMaxPool2dArgs) {
    super(signatures.FractionalMaxPool2d.read(args), 2);
  }

  override forward(input: Tensor): MaxPoolResult {
    const { kernel_size, output_size, output_ratio, return_indices, _random_samples } = this;
    return F.fractional_max_pool2d(input, kernel_size, output_size, output_ratio, {
      return_indices,
      _random_samples,
    }) as MaxPoolResult;
  }
}

/**
 * The maximum over windows at random steps, of (N, C, D, H, W) or (C, D, H, W).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.FractionalMaxPool3d.html
 */
export class FractionalMaxPool3d extends FractionalMaxPool {
  constructor(...args: signatures.FractionalMaxPool3dArgs) {
    const options = signatures.FractionalMaxPool3d.read(args);
    const sizes = [options.kernel_size as number].flat();
    if (!sizes.every((size) => size > 0)) {
      throw new RangeError(`kernel_size must be greater than 0, but got ${repr(options.kernel_size)}`);
    }
    super(options, 3);
  }

  override forward(input: Tensor): MaxPoolResult {
    const { kernel_size, output_size, output_ratio, return_indices, _random_samples } = this;
    return F.fractional_max_pool3d(input, kernel_size, output_size, output_ratio, {
      return_indices,
      _random_samples,
    }) as MaxPoolResult;
  }
}

// ---- norms

/** @internal */
export abstract class _LPPoolNd extends Module {
  norm_type: number;
  kernel_size: Size;
  stride: Size | null;
  ceil_mode: boolean;

  constructor(
    options: Values<signatures.LPPool1dArguments | signatures.LPPool2dArguments | signatures.LPPool3dArguments>,
  ) {
    super();
    this.norm_type = options.norm_type;
    this.kernel_size = options.kernel_size;
    this.stride = options.stride;
    this.ceil_mode = options.ceil_mode;
  }

  override extra_repr(): string {
    const { kernel_size, stride, ceil_mode } = this;
    return `norm_type=${float(this.norm_type)}, ${fields({ kernel_size, stride, ceil_mode })}`;
  }
}

/**
 * The p-norm over windows of (N, C, L) or (C, L).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.LPPool1d.html
 */
export class LPPool1d extends _LPPoolNd {
  constructor(...args: signatures.LPPool1dArgs) {
    super(signatures.LPPool1d.read(args));
  }

  override forward(input: Tensor): Tensor {
    return F.lp_pool1d(input, this.norm_type, this.kernel_size, this.stride, this.ceil_mode);
  }
}

/**
 * The p-norm over windows of (N, C, H, W) or (C, H, W).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.LPPool2d.html
 */
export class LPPool2d extends _LPPoolNd {
  constructor(...args: signatures.LPPool2dArgs) {
    super(signatures.LPPool2d.read(args));
  }

  override forward(input: Tensor): Tensor {
    return F.lp_pool2d(input, this.norm_type, this.kernel_size, this.stride, this.ceil_mode);
  }
}

/**
 * The p-norm over windows of (N, C, D, H, W) or (C, D, H, W).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.LPPool3d.html
 */
export class LPPool3d extends _LPPoolNd {
  constructor(...args: signatures.LPPool3dArgs) {
    super(signatures.LPPool3d.read(args));
  }

  override forward(input: Tensor): Tensor {
    return F.lp_pool3d(input, this.norm_type, this.kernel_size, this.stride, this.ceil_mode);
  }
}

// ---- outputs of a fixed size

/** @internal */
export abstract class _AdaptiveMaxPoolNd extends Module {
  output_size: OutputSize;
  return_indices: boolean;

  constructor({ output_size, return_indices }: { output_size: OutputSize; return_indices: boolean }) {
    super();
    this.output_size = output_size;
    this.return_indices = return_indices;
  }

  override extra_repr(): string {
    return `output_size=${repr(this.output_size)}`;
  }
}

/** (N, C, L) → (N, C, output_size). https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveMaxPool1d.html */
export class AdaptiveMaxPool1d extends _AdaptiveMaxPoolNd {
  constructor(...args: signatures.AdaptiveMaxPool1dArgs) {
    super(signatures.AdaptiveMaxPool1d.read(args));
  }

  override forward(input: Tensor): MaxPoolResult {
    return F.adaptive_max_pool1d(input, this.output_size, this.return_indices) as MaxPoolResult;
  }
}

/** (N, C, H, W) → (N, C, *output_size). https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveMaxPool2d.html */
export class AdaptiveMaxPool2d extends _AdaptiveMaxPoolNd {
  constructor(...args: signatures.AdaptiveMaxPool2dArgs) {
    super(signatures.AdaptiveMaxPool2d.read(args));
  }

  override forward(input: Tensor): MaxPoolResult {
    return F.adaptive_max_pool2d(input, this.output_size, this.return_indices) as MaxPoolResult;
  }
}

/**
 * The maximum over windows that make an output of the given size, of (N, C, D, H, W) or (C, D, H, W).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveMaxPool3d.html
 */
export class AdaptiveMaxPool3d extends _AdaptiveMaxPoolNd {
  constructor(...args: signatures.AdaptiveMaxPool3dArgs) {
    super(signatures.AdaptiveMaxPool3d.read(args));
  }

  override forward(input: Tensor): MaxPoolResult {
    return F.adaptive_max_pool3d(input, this.output_size, this.return_indices) as MaxPoolResult;
  }
}

/** @internal */
export abstract class _AdaptiveAvgPoolNd extends Module {
  output_size: OutputSize;

  constructor({ output_size }: { output_size: OutputSize }) {
    super();
    this.output_size = output_size;
  }

  override extra_repr(): string {
    return `output_size=${repr(this.output_size)}`;
  }
}

/** (N, C, L) → (N, C, output_size). https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveAvgPool1d.html */
export class AdaptiveAvgPool1d extends _AdaptiveAvgPoolNd {
  constructor(...args: signatures.AdaptiveAvgPool1dArgs) {
    super(signatures.AdaptiveAvgPool1d.read(args));
  }

  override forward(input: Tensor): Tensor {
    return F.adaptive_avg_pool1d(input, this.output_size as number);
  }
}

/** (N, C, H, W) → (N, C, *output_size). https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveAvgPool2d.html */
export class AdaptiveAvgPool2d extends _AdaptiveAvgPoolNd {
  constructor(...args: signatures.AdaptiveAvgPool2dArgs) {
    super(signatures.AdaptiveAvgPool2d.read(args));
  }

  override forward(input: Tensor): Tensor {
    return F.adaptive_avg_pool2d(input, this.output_size);
  }
}

/**
 * The mean over windows that make an output of the given size, of (N, C, D, H, W) or (C, D, H, W).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveAvgPool3d.html
 */
export class AdaptiveAvgPool3d extends _AdaptiveAvgPoolNd {
  constructor(...args: signatures.AdaptiveAvgPool3dArgs) {
    super(signatures.AdaptiveAvgPool3d.read(args));
  }

  override forward(input: Tensor): Tensor {
    return F.adaptive_avg_pool3d(input, this.output_size);
  }
}
