/** Pooling. https://docs.pytorch.org/docs/2.13/nn.html#pooling-layers */
import type { Tensor } from '../../tensor';
import { type ArgumentsOf, signature } from '../arguments';
import type { OptionalSize2, OptionalSize3, Size1, Size2, Size3 } from '../common_types';
import * as F from '../functional';
import { type OutputSize, repeated } from '../functional/sizes';
import { Module } from './module';
import { fields, float, repr } from './repr';

/** A size of any number of dimensions. */
type Size = number | readonly number[];

// ---- maxima

/** Options of a max pool over windows of `Size`. */
export interface MaxPoolOptions<Size> {
  kernel_size: Size;
  /** The window's size when null. */
  stride?: Size | null;
  padding?: Size;
  dilation?: Size;
  /** Gives the places of the maxima too. */
  return_indices?: boolean;
  /** Rounds the size of the output up. */
  ceil_mode?: boolean;
}

const maxPoolOrder = ['kernel_size', 'stride', 'padding', 'dilation', 'return_indices', 'ceil_mode'] as const;
const maxPoolDefaults = { stride: null, padding: 0, dilation: 1, return_indices: false, ceil_mode: false } as const;

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

  constructor(options: Required<MaxPoolOptions<Size>>) {
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

const ofMaxPool1d = signature<MaxPoolOptions<Size1>>()('MaxPool1d.__init__', maxPoolOrder, maxPoolDefaults);

/** (N, C, L) → (N, C, L_out). https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxPool1d.html */
export class MaxPool1d extends _MaxPoolNd {
  constructor(...args: ArgumentsOf<typeof ofMaxPool1d>) {
    super(ofMaxPool1d.read(args));
  }

  override forward(input: Tensor): MaxPoolResult {
    return this.pool(F.max_pool1d, input);
  }
}

const ofMaxPool2d = signature<MaxPoolOptions<Size2>>()('MaxPool2d.__init__', maxPoolOrder, maxPoolDefaults);

/** (N, C, H, W) → (N, C, H_out, W_out). https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxPool2d.html */
export class MaxPool2d extends _MaxPoolNd {
  constructor(...args: ArgumentsOf<typeof ofMaxPool2d>) {
    super(ofMaxPool2d.read(args));
  }

  override forward(input: Tensor): MaxPoolResult {
    return this.pool(F.max_pool2d, input);
  }
}

const ofMaxPool3d = signature<MaxPoolOptions<Size3>>()('MaxPool3d.__init__', maxPoolOrder, maxPoolDefaults);

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxPool3d.html */
export class MaxPool3d extends _MaxPoolNd {
  constructor(...args: ArgumentsOf<typeof ofMaxPool3d>) {
    super(ofMaxPool3d.read(args));
  }

  override forward(input: Tensor): MaxPoolResult {
    return this.pool(F.max_pool3d, input);
  }
}

// ---- the reverse of maxima

export interface MaxUnpoolOptions<Size> {
  kernel_size: Size;
  stride?: Size | null;
  padding?: Size;
}

const unpoolOrder = ['kernel_size', 'stride', 'padding'] as const;
const unpoolDefaults = { stride: null, padding: 0 } as const;

/** @internal */
export abstract class _MaxUnpoolNd extends Module {
  kernel_size: readonly number[];
  stride: readonly number[];
  padding: readonly number[];

  constructor({ kernel_size, stride, padding }: Required<MaxUnpoolOptions<Size>>, spatial: number) {
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

const ofMaxUnpool1d = signature<MaxUnpoolOptions<Size1>>()('MaxUnpool1d.__init__', unpoolOrder, unpoolDefaults);

/** Puts maxima back at their places. https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxUnpool1d.html */
export class MaxUnpool1d extends _MaxUnpoolNd {
  constructor(...args: ArgumentsOf<typeof ofMaxUnpool1d>) {
    super(ofMaxUnpool1d.read(args), 1);
  }

  override forward(input: Tensor, indices: Tensor, output_size: readonly number[] | null = null): Tensor {
    return F.max_unpool1d(input, indices, this.kernel_size, this.stride, this.padding, output_size);
  }
}

const ofMaxUnpool2d = signature<MaxUnpoolOptions<Size2>>()('MaxUnpool2d.__init__', unpoolOrder, unpoolDefaults);

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxUnpool2d.html */
export class MaxUnpool2d extends _MaxUnpoolNd {
  constructor(...args: ArgumentsOf<typeof ofMaxUnpool2d>) {
    super(ofMaxUnpool2d.read(args), 2);
  }

  override forward(input: Tensor, indices: Tensor, output_size: readonly number[] | null = null): Tensor {
    return F.max_unpool2d(input, indices, this.kernel_size, this.stride, this.padding, output_size);
  }
}

const ofMaxUnpool3d = signature<MaxUnpoolOptions<Size3>>()('MaxUnpool3d.__init__', unpoolOrder, unpoolDefaults);

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxUnpool3d.html */
export class MaxUnpool3d extends _MaxUnpoolNd {
  constructor(...args: ArgumentsOf<typeof ofMaxUnpool3d>) {
    super(ofMaxUnpool3d.read(args), 3);
  }

  override forward(input: Tensor, indices: Tensor, output_size: readonly number[] | null = null): Tensor {
    return F.max_unpool3d(input, indices, this.kernel_size, this.stride, this.padding, output_size);
  }
}

// ---- averages

export interface AvgPool1dOptions {
  kernel_size: Size1;
  stride?: Size1 | null;
  padding?: Size1;
  ceil_mode?: boolean;
  /** Zeros of the padding count in the average. */
  count_include_pad?: boolean;
}

/** Options of an average pool over windows of `Size`. */
export interface AvgPoolOptions<Size> {
  kernel_size: Size;
  stride?: Size | null;
  padding?: Size;
  ceil_mode?: boolean;
  count_include_pad?: boolean;
  /** Divides by this instead of the number of elements. */
  divisor_override?: number | null;
}

const avgPoolOrder = [
  'kernel_size',
  'stride',
  'padding',
  'ceil_mode',
  'count_include_pad',
  'divisor_override',
] as const;
const avgPoolDefaults = {
  stride: null,
  padding: 0,
  ceil_mode: false,
  count_include_pad: true,
  divisor_override: null,
} as const;

/** @internal */
export abstract class _AvgPoolNd extends Module {
  kernel_size: Size;
  stride: Size;
  padding: Size;
  ceil_mode: boolean;
  count_include_pad: boolean;

  constructor(options: Required<Omit<AvgPoolOptions<Size>, 'divisor_override'>>) {
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

const ofAvgPool1d = signature<AvgPool1dOptions>()(
  'AvgPool1d.__init__',
  ['kernel_size', 'stride', 'padding', 'ceil_mode', 'count_include_pad'],
  { stride: null, padding: 0, ceil_mode: false, count_include_pad: true },
);

/** (N, C, L) → (N, C, L_out). https://docs.pytorch.org/docs/2.13/generated/torch.nn.AvgPool1d.html */
export class AvgPool1d extends _AvgPoolNd {
  constructor(...args: ArgumentsOf<typeof ofAvgPool1d>) {
    const options = ofAvgPool1d.read(args);
    super({
      ...options,
      kernel_size: repeated(options.kernel_size, 1),
      stride: repeated(options.stride ?? options.kernel_size, 1),
      padding: repeated(options.padding, 1),
    });
  }

  override forward(input: Tensor): Tensor {
    const { kernel_size, stride, padding, ceil_mode, count_include_pad } = this;
    return F.avg_pool1d(input, kernel_size, stride, padding, ceil_mode, count_include_pad);
  }
}

const ofAvgPool2d = signature<AvgPoolOptions<Size2>>()('AvgPool2d.__init__', avgPoolOrder, avgPoolDefaults);

/** (N, C, H, W) → (N, C, H_out, W_out). https://docs.pytorch.org/docs/2.13/generated/torch.nn.AvgPool2d.html */
export class AvgPool2d extends _AvgPoolNd {
  divisor_override: number | null;

  constructor(...args: ArgumentsOf<typeof ofAvgPool2d>) {
    const { divisor_override, ...options } = ofAvgPool2d.read(args);
    super(options);
    this.divisor_override = divisor_override;
  }

  override forward(input: Tensor): Tensor {
    const { kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override } = this;
    return F.avg_pool2d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);
  }
}

const ofAvgPool3d = signature<AvgPoolOptions<Size3>>()('AvgPool3d.__init__', avgPoolOrder, avgPoolDefaults);

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.AvgPool3d.html */
export class AvgPool3d extends _AvgPoolNd {
  divisor_override: number | null;

  constructor(...args: ArgumentsOf<typeof ofAvgPool3d>) {
    const { divisor_override, ...options } = ofAvgPool3d.read(args);
    super(options);
    this.divisor_override = divisor_override;
  }

  override forward(input: Tensor): Tensor {
    const { kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override } = this;
    return F.avg_pool3d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);
  }
}

// ---- maxima of random windows

/** Options of a fractional max pool: a size of the output, or its ratio to the input's. */
export interface FractionalMaxPoolOptions<Size> {
  kernel_size: Size;
  output_size?: Size | null;
  output_ratio?: Size | null;
  return_indices?: boolean;
  _random_samples?: Tensor | null;
}

const fractionalOrder = ['kernel_size', 'output_size', 'output_ratio', 'return_indices', '_random_samples'] as const;
const fractionalDefaults = {
  output_size: null,
  output_ratio: null,
  return_indices: false,
  _random_samples: null,
} as const;

abstract class FractionalMaxPool extends Module {
  kernel_size: readonly number[];
  return_indices: boolean;
  declare _random_samples: Tensor | null;
  output_size: readonly number[] | null;
  output_ratio: readonly number[] | null;

  constructor(options: Required<FractionalMaxPoolOptions<Size>>, spatial: number) {
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

const ofFractionalMaxPool2d = signature<FractionalMaxPoolOptions<Size2>>()(
  'FractionalMaxPool2d.__init__',
  fractionalOrder,
  fractionalDefaults,
);

/** Maxima of windows at random places. https://docs.pytorch.org/docs/2.13/generated/torch.nn.FractionalMaxPool2d.html */
export class FractionalMaxPool2d extends FractionalMaxPool {
  constructor(...args: ArgumentsOf<typeof ofFractionalMaxPool2d>) {
    super(ofFractionalMaxPool2d.read(args), 2);
  }

  override forward(input: Tensor): MaxPoolResult {
    const { kernel_size, output_size, output_ratio, return_indices, _random_samples } = this;
    return F.fractional_max_pool2d(input, kernel_size, output_size, output_ratio, {
      return_indices,
      _random_samples,
    }) as MaxPoolResult;
  }
}

const ofFractionalMaxPool3d = signature<FractionalMaxPoolOptions<Size3>>()(
  'FractionalMaxPool3d.__init__',
  fractionalOrder,
  fractionalDefaults,
);

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.FractionalMaxPool3d.html */
export class FractionalMaxPool3d extends FractionalMaxPool {
  constructor(...args: ArgumentsOf<typeof ofFractionalMaxPool3d>) {
    const options = ofFractionalMaxPool3d.read(args);
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

/** Options of a pool of p-norms over windows of `Size`. */
export interface LPPoolOptions<Size> {
  norm_type: number;
  kernel_size: Size;
  stride?: Size | null;
  ceil_mode?: boolean;
}

const lpPoolOrder = ['norm_type', 'kernel_size', 'stride', 'ceil_mode'] as const;
const lpPoolDefaults = { stride: null, ceil_mode: false } as const;

/** @internal */
export abstract class _LPPoolNd extends Module {
  norm_type: number;
  kernel_size: Size;
  stride: Size | null;
  ceil_mode: boolean;

  constructor(options: Required<LPPoolOptions<Size>>) {
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

const ofLPPool1d = signature<LPPoolOptions<Size1>>()('LPPool1d.__init__', lpPoolOrder, lpPoolDefaults);

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.LPPool1d.html */
export class LPPool1d extends _LPPoolNd {
  constructor(...args: ArgumentsOf<typeof ofLPPool1d>) {
    super(ofLPPool1d.read(args));
  }

  override forward(input: Tensor): Tensor {
    return F.lp_pool1d(input, this.norm_type, this.kernel_size, this.stride, this.ceil_mode);
  }
}

const ofLPPool2d = signature<LPPoolOptions<Size2>>()('LPPool2d.__init__', lpPoolOrder, lpPoolDefaults);

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.LPPool2d.html */
export class LPPool2d extends _LPPoolNd {
  constructor(...args: ArgumentsOf<typeof ofLPPool2d>) {
    super(ofLPPool2d.read(args));
  }

  override forward(input: Tensor): Tensor {
    return F.lp_pool2d(input, this.norm_type, this.kernel_size, this.stride, this.ceil_mode);
  }
}

const ofLPPool3d = signature<LPPoolOptions<Size3>>()('LPPool3d.__init__', lpPoolOrder, lpPoolDefaults);

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.LPPool3d.html */
export class LPPool3d extends _LPPoolNd {
  constructor(...args: ArgumentsOf<typeof ofLPPool3d>) {
    super(ofLPPool3d.read(args));
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

interface AdaptiveMaxOptions<Size> {
  output_size: Size;
  return_indices?: boolean;
}

const adaptiveMaxOrder = ['output_size', 'return_indices'] as const;
const adaptiveMaxDefaults = { return_indices: false } as const;
const ofAdaptiveMaxPool1d = signature<AdaptiveMaxOptions<Size1>>()(
  'AdaptiveMaxPool1d.__init__',
  adaptiveMaxOrder,
  adaptiveMaxDefaults,
);

/** (N, C, L) → (N, C, output_size). https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveMaxPool1d.html */
export class AdaptiveMaxPool1d extends _AdaptiveMaxPoolNd {
  constructor(...args: ArgumentsOf<typeof ofAdaptiveMaxPool1d>) {
    super(ofAdaptiveMaxPool1d.read(args));
  }

  override forward(input: Tensor): MaxPoolResult {
    return F.adaptive_max_pool1d(input, this.output_size, this.return_indices) as MaxPoolResult;
  }
}

const ofAdaptiveMaxPool2d = signature<AdaptiveMaxOptions<OptionalSize2>>()(
  'AdaptiveMaxPool2d.__init__',
  adaptiveMaxOrder,
  adaptiveMaxDefaults,
);

/** (N, C, H, W) → (N, C, *output_size). https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveMaxPool2d.html */
export class AdaptiveMaxPool2d extends _AdaptiveMaxPoolNd {
  constructor(...args: ArgumentsOf<typeof ofAdaptiveMaxPool2d>) {
    super(ofAdaptiveMaxPool2d.read(args));
  }

  override forward(input: Tensor): MaxPoolResult {
    return F.adaptive_max_pool2d(input, this.output_size, this.return_indices) as MaxPoolResult;
  }
}

const ofAdaptiveMaxPool3d = signature<AdaptiveMaxOptions<OptionalSize3>>()(
  'AdaptiveMaxPool3d.__init__',
  adaptiveMaxOrder,
  adaptiveMaxDefaults,
);

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveMaxPool3d.html */
export class AdaptiveMaxPool3d extends _AdaptiveMaxPoolNd {
  constructor(...args: ArgumentsOf<typeof ofAdaptiveMaxPool3d>) {
    super(ofAdaptiveMaxPool3d.read(args));
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

const ofAdaptiveAvgPool1d = signature<{ output_size: Size1 }>()('AdaptiveAvgPool1d.__init__', ['output_size']);

/** (N, C, L) → (N, C, output_size). https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveAvgPool1d.html */
export class AdaptiveAvgPool1d extends _AdaptiveAvgPoolNd {
  constructor(...args: ArgumentsOf<typeof ofAdaptiveAvgPool1d>) {
    super(ofAdaptiveAvgPool1d.read(args));
  }

  override forward(input: Tensor): Tensor {
    return F.adaptive_avg_pool1d(input, this.output_size as number);
  }
}

const ofAdaptiveAvgPool2d = signature<{ output_size: OptionalSize2 }>()('AdaptiveAvgPool2d.__init__', ['output_size']);

/** (N, C, H, W) → (N, C, *output_size). https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveAvgPool2d.html */
export class AdaptiveAvgPool2d extends _AdaptiveAvgPoolNd {
  constructor(...args: ArgumentsOf<typeof ofAdaptiveAvgPool2d>) {
    super(ofAdaptiveAvgPool2d.read(args));
  }

  override forward(input: Tensor): Tensor {
    return F.adaptive_avg_pool2d(input, this.output_size);
  }
}

const ofAdaptiveAvgPool3d = signature<{ output_size: OptionalSize3 }>()('AdaptiveAvgPool3d.__init__', ['output_size']);

/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveAvgPool3d.html */
export class AdaptiveAvgPool3d extends _AdaptiveAvgPoolNd {
  constructor(...args: ArgumentsOf<typeof ofAdaptiveAvgPool3d>) {
    super(ofAdaptiveAvgPool3d.read(args));
  }

  override forward(input: Tensor): Tensor {
    return F.adaptive_avg_pool3d(input, this.output_size);
  }
}
