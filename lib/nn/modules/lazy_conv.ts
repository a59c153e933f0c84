/** Convolutions that take the number of input channels from their first input. */
import { TorchError } from '../../base/errors';
import { sizeText } from '../../base/text';
import type { Tensor } from '../../tensor/tensor';
import type { Factory } from '../arguments';
import * as signatures from '../generated/nn';
import { is_lazy, UninitializedParameter } from '../parameter';
import { type _ConvNd, Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from './conv';
import { hasUninitialized, type LazyModule, LazyModuleMixin } from './lazy';

/** Replaces the empty weights by ones that wait. */
function wait(module: _ConvNd, options: { out_channels: number; bias: boolean } & Factory): void {
  const { device, dtype } = options;
  module.weight = new UninitializedParameter({ device, dtype });
  module.out_channels = options.out_channels;
  if (options.bias) module.bias = new UninitializedParameter({ device, dtype });
}

function channelsOf(module: _ConvNd, input: Tensor): number {
  const unbatched = module.kernel_size.length + 1;
  const { shape } = input;
  if (shape.length !== unbatched && shape.length !== unbatched + 1) {
    throw new TorchError(
      `Expected ${unbatched}D (unbatched) or ${unbatched + 1}D (batched) input to ${module.constructor.name}, but got input of size: ${sizeText(shape)}`,
    );
  }
  return shape[shape.length - unbatched]!;
}

function initialize(module: _ConvNd, input: Tensor): void {
  if (!hasUninitialized(module)) return;
  module.in_channels = channelsOf(module, input);
  if (module.in_channels % module.groups !== 0) throw new RangeError('in_channels must be divisible by groups');
  if (is_lazy(module.weight)) module.weight.materialize(module.weightShape());
  if (is_lazy(module.bias)) module.bias.materialize([module.out_channels]);
  module.reset_parameters();
}

/** What the options of every lazy convolution have. */
type Waiting = { out_channels: number; bias: boolean } & Factory;

/** Makes a convolution lazy: it has no weights until its first input says how many channels there are. */
function LazyConvMixin<Conv extends _ConvNd>(Class: { readonly prototype: Conv }) {
  abstract class LazyConv extends LazyModuleMixin(Class as AnyConv) {
    constructor(options: Waiting) {
      super({ ...options, in_channels: 0, out_channels: 0, bias: false });
      wait(this, options);
    }

    override reset_parameters(): void {
      if (!hasUninitialized(this) && this.in_channels !== 0) super.reset_parameters();
    }

    override initialize_parameters(input: Tensor): void {
      initialize(this, input);
    }
  }
  return LazyConv as unknown as abstract new (
    options: Waiting,
  ) => Conv & LazyModule;
}

type AnyConv = abstract new (options: Waiting & { in_channels: number }) => _ConvNd;

/**
 * `Conv1d` that takes its `in_channels` from the first input.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyConv1d.html
 */
export class LazyConv1d extends LazyConvMixin(Conv1d) {
  constructor(...args: signatures.LazyConv1dArgs) {
    super(signatures.LazyConv1d.read(args));
  }
}

/**
 * `Conv2d` that takes its `in_channels` from the first input.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyConv2d.html
 */
export class LazyConv2d extends LazyConvMixin(Conv2d) {
  constructor(...args: signatures.LazyConv2dArgs) {
    super(signatures.LazyConv2d.read(args));
  }
}

/**
 * `Conv3d` that takes its `in_channels` from the first input.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyConv3d.html
 */
export class LazyConv3d extends LazyConvMixin(Conv3d) {
  constructor(...args: signatures.LazyConv3dArgs) {
    super(signatures.LazyConv3d.read(args));
  }
}

/**
 * `ConvTranspose1d` that takes its `in_channels` from the first input.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyConvTranspose1d.html
 */
export class LazyConvTranspose1d extends LazyConvMixin(ConvTranspose1d) {
  constructor(...args: signatures.LazyConvTranspose1dArgs) {
    super(signatures.LazyConvTranspose1d.read(args));
  }
}

/**
 * `ConvTranspose2d` that takes its `in_channels` from the first input.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyConvTranspose2d.html
 */
export class LazyConvTranspose2d extends LazyConvMixin(ConvTranspose2d) {
  constructor(...args: signatures.LazyConvTranspose2dArgs) {
    super(signatures.LazyConvTranspose2d.read(args));
  }
}

/**
 * `ConvTranspose3d` that takes its `in_channels` from the first input.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyConvTranspose3d.html
 */
export class LazyConvTranspose3d extends LazyConvMixin(ConvTranspose3d) {
  constructor(...args: signatures.LazyConvTranspose3dArgs) {
    super(signatures.LazyConvTranspose3d.read(args));
  }
}
