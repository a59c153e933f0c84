/** Convolutions. https://docs.pytorch.org/docs/2.13/nn.html#convolution-layers */
import type { Values } from '../../arguments/signature';
import { no_grad } from '../../autograd/grad_mode';
import { listText } from '../../base/text';
import { memoryFormats } from '../../base/types';
import type { Tensor } from '../../tensor/tensor';
import type { Factory } from '../arguments';
import * as F from '../functional';
import { repeated } from '../functional/sizes';
import * as signatures from '../generated/nn';
import * as init from '../init';
import type { Parameter } from '../parameter';
import { emptyParameter, uniformByFan } from './factory';
import { Module } from './module';
import { repr } from './repr';

/** All that defines a convolution, with one number a dimension. */
interface Geometry {
  in_channels: number;
  out_channels: number;
  kernel_size: readonly number[];
  stride: readonly number[];
  padding: readonly number[] | string;
  dilation: readonly number[];
  transposed: boolean;
  output_padding: readonly number[];
  groups: number;
  bias: boolean;
  padding_mode: string;
}

const paddingModes = ['zeros', 'reflect', 'replicate', 'circular'];

function check({ groups, in_channels, out_channels, padding, stride, padding_mode }: Geometry): void {
  if (groups <= 0) throw new RangeError('groups must be a positive integer');
  if (in_channels % groups !== 0) throw new RangeError('in_channels must be divisible by groups');
  if (out_channels % groups !== 0) throw new RangeError('out_channels must be divisible by groups');
  if (typeof padding === 'string') {
    if (padding !== 'same' && padding !== 'valid') {
      throw new RangeError(`Invalid padding string '${padding}', should be one of {'same', 'valid'}`);
    }
    if (padding === 'same' && stride.some((s) => s !== 1)) {
      throw new RangeError("padding='same' is not supported for strided convolutions");
    }
  }
  if (!paddingModes.includes(padding_mode)) {
    const known = paddingModes.map((mode) => `'${mode}'`).join(', ');
    throw new RangeError(`padding_mode must be one of {${known}}, but got padding_mode='${padding_mode}'`);
  }
}

/** What `F.pad` adds before a convolution whose padding is not zeros: the last dimension first, both sides of each. */
function explicitPadding({ padding, kernel_size, dilation }: Geometry): number[] {
  const sides = kernel_size.map((size, d): [number, number] => {
    if (padding === 'valid') return [0, 0];
    if (typeof padding !== 'string') return [padding[d]!, padding[d]!];
    const total = dilation[d]! * (size - 1);
    const left = Math.floor(total / 2);
    return [left, total - left];
  });
  return sides.reverse().flat();
}

/** @internal What all convolutions have. */
export abstract class _ConvNd extends Module {
  in_channels: number;
  out_channels: number;
  kernel_size: readonly number[];
  stride: readonly number[];
  padding: readonly number[] | string;
  dilation: readonly number[];
  transposed: boolean;
  output_padding: readonly number[];
  groups: number;
  padding_mode: string;
  _reversed_padding_repeated_twice: readonly number[];
  declare weight: Parameter;
  declare bias: Parameter | null;

  constructor(geometry: Geometry, factory: Factory) {
    super();
    check(geometry);
    this.in_channels = geometry.in_channels;
    this.out_channels = geometry.out_channels;
    this.kernel_size = geometry.kernel_size;
    this.stride = geometry.stride;
    this.padding = geometry.padding;
    this.dilation = geometry.dilation;
    this.transposed = geometry.transposed;
    this.output_padding = geometry.output_padding;
    this.groups = geometry.groups;
    this.padding_mode = geometry.padding_mode;
    this._reversed_padding_repeated_twice = explicitPadding(geometry);
    this.weight = emptyParameter(this.weightShape(), factory);
    this.register_parameter('bias', geometry.bias ? emptyParameter([this.out_channels], factory) : null);
    this.reset_parameters();
  }

  /** @internal */
  weightShape(): number[] {
    const [first, second] = this.transposed
      ? [this.in_channels, this.out_channels]
      : [this.out_channels, this.in_channels];
    return [first, second / this.groups, ...this.kernel_size];
  }

  /** Draws new weights. */
  reset_parameters(): void {
    const { weight, bias } = this;
    no_grad(() => {
      if (weight.is_contiguous()) init.kaiming_uniform_(weight, { a: Math.sqrt(5) });
      else {
        const ordered = weight.new_empty(weight.shape).contiguous({ memory_format: memoryFormats.contiguous_format });
        weight.copy_(init.kaiming_uniform_(ordered, { a: Math.sqrt(5) }));
      }
      if (bias !== null) uniformByFan(bias, weight);
    });
  }

  override extra_repr(): string {
    const { kernel_size, stride, padding, dilation, output_padding } = this;
    const not = (values: readonly number[] | string, usual: number) =>
      typeof values === 'string' || values.some((value) => value !== usual);
    const parts = [
      `${this.in_channels}, ${this.out_channels}, kernel_size=${repr(kernel_size)}, stride=${repr(stride)}`,
    ];
    if (not(padding, 0)) parts.push(`padding=${typeof padding === 'string' ? padding : repr(padding)}`);
    if (not(dilation, 1)) parts.push(`dilation=${repr(dilation)}`);
    if (not(output_padding, 0)) parts.push(`output_padding=${repr(output_padding)}`);
    if (this.groups !== 1) parts.push(`groups=${this.groups}`);
    if (this.bias === null) parts.push('bias=False');
    if (this.padding_mode !== 'zeros') parts.push(`padding_mode=${this.padding_mode}`);
    return parts.join(', ');
  }
}

type Kernel = (
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  stride: readonly number[],
  padding: readonly number[] | 'valid' | 'same',
  dilation: readonly number[],
  groups: number,
) => Tensor;

/** By the number of dimensions. */
const kernels: readonly Kernel[] = [F.conv1d, F.conv2d, F.conv3d];

type AnyConv = Values<signatures.Conv1dArguments | signatures.Conv2dArguments | signatures.Conv3dArguments>;

function geometryOf(options: Omit<AnyConv, 'device' | 'dtype'>, spatial: number): Geometry {
  const { padding } = options;
  return {
    ...options,
    kernel_size: repeated(options.kernel_size, spatial),
    stride: repeated(options.stride, spatial),
    padding: typeof padding === 'string' ? padding : repeated(padding, spatial),
    dilation: repeated(options.dilation, spatial),
    transposed: false,
    output_padding: new Array<number>(spatial).fill(0),
  };
}

/** @internal A convolution that is not transposed. */
abstract class _Conv extends _ConvNd {
  constructor({ device, dtype, ...options }: AnyConv, spatial: number) {
    super(geometryOf(options, spatial), { device, dtype });
  }

  /** @internal */
  _conv_forward(input: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
    const { padding_mode, stride, dilation, groups } = this;
    const kernel = kernels[this.kernel_size.length - 1]!;
    if (padding_mode === 'zeros') {
      return kernel(input, weight, bias, stride, this.padding as readonly number[], dilation, groups);
    }
    const padded = F.pad(input, this._reversed_padding_repeated_twice, padding_mode as 'reflect');
    return kernel(
      padded,
      weight,
      bias,
      stride,
      stride.map(() => 0),
      dilation,
      groups,
    );
  }

  override forward(input: Tensor): Tensor {
    return this._conv_forward(input, this.weight, this.bias);
  }
}

/**
 * (N, C_in, L) → (N, C_out, L_out), or without N.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Conv1d.html
 */
export class Conv1d extends _Conv {
  constructor(...args: signatures.Conv1dArgs) {
    super(signatures.Conv1d.read(args), 1);
  }
}

/**
 * (N, C_in, H, W) → (N, C_out, H_out, W_out), or without N.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Conv2d.html
 */
export class Conv2d extends _Conv {
  constructor(...args: signatures.Conv2dArgs) {
    super(signatures.Conv2d.read(args), 2);
  }
}

/**
 * (N, C_in, D, H, W) → (N, C_out, D_out, H_out, W_out), or without N.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Conv3d.html
 */
export class Conv3d extends _Conv {
  constructor(...args: signatures.Conv3dArgs) {
    super(signatures.Conv3d.read(args), 3);
  }
}

type TransposedKernel = (
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  stride: readonly number[],
  padding: readonly number[],
  output_padding: readonly number[],
  groups: number,
  dilation: readonly number[],
) => Tensor;

/** By the number of dimensions. */
const transposedKernels: readonly TransposedKernel[] = [F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d];

type AnyTranspose = Values<
  signatures.ConvTranspose1dArguments | signatures.ConvTranspose2dArguments | signatures.ConvTranspose3dArguments
>;

/** @internal The gradient of a convolution, used as a layer. */
export abstract class _ConvTransposeNd extends _ConvNd {
  constructor({ device, dtype, ...options }: AnyTranspose, spatial: number) {
    if ((options.padding_mode as string) !== 'zeros') {
      throw new RangeError(`Only "zeros" padding mode is supported for ${new.target.name}`);
    }
    const geometry = {
      ...options,
      kernel_size: repeated(options.kernel_size, spatial),
      stride: repeated(options.stride, spatial),
      padding: repeated(options.padding, spatial),
      dilation: repeated(options.dilation, spatial),
      transposed: true,
      output_padding: repeated(options.output_padding, spatial),
    };
    super(geometry, { device, dtype });
  }

  override forward(input: Tensor, output_size: readonly number[] | null = null): Tensor {
    const spatial = this.kernel_size.length;
    if (this.padding_mode !== 'zeros') {
      throw new RangeError(`Only \`zeros\` padding mode is supported for ConvTranspose${spatial}d`);
    }
    const padding = this.padding as readonly number[];
    const output_padding = output_size === null ? this.output_padding : this.paddingFor(input, output_size);
    const { weight, bias, stride, groups, dilation } = this;
    return transposedKernels[spatial - 1]!(input, weight, bias, stride, padding, output_padding, groups, dilation);
  }

  /** The output padding that gives this size. */
  private paddingFor(input: Tensor, output_size: readonly number[]): number[] {
    const { kernel_size, stride, dilation } = this;
    const padding = this.padding as readonly number[];
    const spatial = kernel_size.length;
    const { shape } = input;
    const leading = shape.length === spatial + 2 ? 2 : 1;
    const asked = output_size.length === leading + spatial ? output_size.slice(leading) : output_size;
    if (asked.length !== spatial) {
      throw new RangeError(
        `ConvTranspose${spatial}D: for ${shape.length}D input, output_size must have ${spatial} or ${leading + spatial} elements (got ${asked.length})`,
      );
    }
    const least = kernel_size.map(
      (size, d) => (shape[d + leading]! - 1) * stride[d]! - 2 * padding[d]! + dilation[d]! * (size - 1) + 1,
    );
    const most = least.map((size, d) => size + stride[d]! - 1);
    if (asked.some((size, d) => size < least[d]! || size > most[d]!)) {
      throw new RangeError(
        `requested an output size of ${listText(asked)}, but valid sizes range from ${listText(least)} to ${listText(most)} (for an input of torch.Size(${listText(shape.slice(2))}))`,
      );
    }
    return asked.map((size, d) => size - least[d]!);
  }
}

/** (N, C_in, L) → (N, C_out, L_out). https://docs.pytorch.org/docs/2.13/generated/torch.nn.ConvTranspose1d.html */
export class ConvTranspose1d extends _ConvTransposeNd {
  constructor(...args: signatures.ConvTranspose1dArgs) {
    super(signatures.ConvTranspose1d.read(args), 1);
  }
}

/**
 * (N, C_in, H, W) → (N, C_out, H_out, W_out).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.ConvTranspose2d.html
 */
export class ConvTranspose2d extends _ConvTransposeNd {
  constructor(...args: signatures.ConvTranspose2dArgs) {
    super(signatures.ConvTranspose2d.read(args), 2);
  }
}

/**
 * (N, C_in, D, H, W) → (N, C_out, D_out, H_out, W_out).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.ConvTranspose3d.html
 */
export class ConvTranspose3d extends _ConvTransposeNd {
  constructor(...args: signatures.ConvTranspose3dArgs) {
    super(signatures.ConvTranspose3d.read(args), 3);
  }
}
