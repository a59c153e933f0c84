/** Batch normalisation. https://docs.pytorch.org/docs/2.13/nn.html#normalization-layers */

import type { Values } from '../../arguments/signature';
import { dtypes } from '../../base/types';
import { chosenDevice } from '../../context/default_device';
import { callOperator } from '../../operators/operator';
import type { Tensor } from '../../tensor/tensor';
import type { Factory } from '../arguments';
import * as F from '../functional';
import * as signatures from '../generated/nn';
import * as init from '../init';
import { is_lazy, type Parameter, UninitializedBuffer, UninitializedParameter } from '../parameter';
import type { LocalMetadata } from './contract';
import { emptyParameter, ones, zeros } from './factory';
import { hasUninitialized, type LazyModule, LazyModuleMixin } from './lazy';
import { Module } from './module';
import { float, repr } from './repr';

/** The options of a normalisation by running statistics. */
type Options = Values<signatures.BatchNorm1dArguments>;

function counter(device: Factory['device']): Tensor {
  return callOperator('zeros', [], dtypes.int64, null, chosenDevice(device));
}

/** @internal What batch and instance normalisation share. */
export abstract class _NormBase extends Module {
  num_features: number;
  eps: number;
  momentum: number | null;
  affine: boolean;
  track_running_stats: boolean;
  declare weight: Parameter | null;
  declare bias: Parameter | null;
  declare running_mean: Tensor | null;
  declare running_var: Tensor | null;
  declare num_batches_tracked: Tensor | null;

  constructor(options: Options) {
    super();
    const { num_features, affine, track_running_stats, bias, device, dtype } = options;
    const factory = { device, dtype };
    this.num_features = num_features;
    this.eps = options.eps;
    this.momentum = options.momentum;
    this.affine = affine;
    this.track_running_stats = track_running_stats;
    this.register_parameter('weight', affine ? emptyParameter([num_features], factory) : null);
    this.register_parameter('bias', affine && bias ? emptyParameter([num_features], factory) : null);
    this.register_buffer('running_mean', track_running_stats ? zeros([num_features], factory) : null);
    this.register_buffer('running_var', track_running_stats ? ones([num_features], factory) : null);
    this.register_buffer('num_batches_tracked', track_running_stats ? counter(device) : null);
    this.reset_parameters();
  }

  override get _version(): number {
    return 2;
  }

  /** Forgets the statistics. */
  reset_running_stats(): void {
    if (!this.track_running_stats) return;
    this.running_mean!.zero_();
    this.running_var!.fill_(1);
    this.num_batches_tracked!.zero_();
  }

  reset_parameters(): void {
    this.reset_running_stats();
    if (this.weight !== null) init.ones_(this.weight);
    if (this.bias !== null) init.zeros_(this.bias);
  }

  /** @internal Throws for an input of the wrong number of dimensions. */
  abstract _check_input_dim(input: Tensor): void;

  override extra_repr(): string {
    const { momentum, affine, track_running_stats } = this;
    return [
      `${this.num_features}, eps=${float(this.eps)}, momentum=${momentum === null ? 'None' : float(momentum)}`,
      `affine=${repr(affine)}, bias=${repr(this.bias !== null)}, track_running_stats=${repr(track_running_stats)}`,
    ].join(', ');
  }

  /** States older than version 2 do not count batches. */
  override _load_from_state_dict(
    state_dict: Record<string, unknown>,
    prefix: string,
    local_metadata: LocalMetadata,
    strict: boolean,
    missing_keys: string[],
    unexpected_keys: string[],
    error_msgs: string[],
  ): void {
    const key = `${prefix}num_batches_tracked`;
    if ((local_metadata.version ?? 0) < 2 && this.track_running_stats && !Object.hasOwn(state_dict, key)) {
      const current = this.num_batches_tracked;
      state_dict[key] = current !== null && !current.is_meta ? current : counter(null);
    }
    super._load_from_state_dict(state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs);
  }
}

/** @internal */
export function checkDims(input: Tensor, ...allowed: [number, ...number[]]): void {
  const ndim = input.dim();
  if (allowed.includes(ndim)) return;
  throw new RangeError(`expected ${allowed.map((dim) => `${dim}D`).join(' or ')} input (got ${ndim}D input)`);
}

/** @internal */
export abstract class _BatchNorm extends _NormBase {
  override forward(input: Tensor): Tensor {
    this._check_input_dim(input);
    const { training, track_running_stats, running_mean, running_var } = this;
    const momentum = this.countBatch();
    const byBatch = training || (running_mean === null && running_var === null);
    const keeps = !training || track_running_stats;
    return F.batch_norm(
      input,
      keeps ? running_mean : null,
      keeps ? running_var : null,
      this.weight,
      this.bias,
      byBatch,
      momentum,
      this.eps,
    );
  }

  /** Counts a batch when training; gives its weight in the running statistics. */
  protected countBatch(): number {
    const { momentum, num_batches_tracked } = this;
    if (!this.training || !this.track_running_stats || num_batches_tracked === null) return momentum ?? 0;
    num_batches_tracked.add_(1);
    return momentum ?? 1 / num_batches_tracked.item();
  }
}

/**
 * Normalises each channel of (N, C) or (N, C, L) over the batch.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.BatchNorm1d.html
 */
export class BatchNorm1d extends _BatchNorm {
  constructor(...args: signatures.BatchNorm1dArgs) {
    super(signatures.BatchNorm1d.read(args));
  }

  override _check_input_dim(input: Tensor): void {
    checkDims(input, 2, 3);
  }
}

/**
 * Normalises each channel of (N, C, H, W) over the batch.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.BatchNorm2d.html
 */
export class BatchNorm2d extends _BatchNorm {
  constructor(...args: signatures.BatchNorm2dArgs) {
    super(signatures.BatchNorm2d.read(args));
  }

  override _check_input_dim(input: Tensor): void {
    checkDims(input, 4);
  }
}

/**
 * Normalises each channel of (N, C, D, H, W) over the batch.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.BatchNorm3d.html
 */
export class BatchNorm3d extends _BatchNorm {
  constructor(...args: signatures.BatchNorm3dArgs) {
    super(signatures.BatchNorm3d.read(args));
  }

  override _check_input_dim(input: Tensor): void {
    checkDims(input, 5);
  }
}

// ---- lazy ones

/** The options of a lazy one. */
type LazyOptions = Values<signatures.LazyBatchNorm1dOptions>;

/** Replaces what is missing by tensors that wait for their shape. */
function awaitFeatures(module: _NormBase, options: LazyOptions): void {
  const { affine, track_running_stats, bias, device, dtype } = options;
  module.affine = affine;
  module.track_running_stats = track_running_stats;
  if (affine) module.weight = new UninitializedParameter({ device, dtype });
  if (affine && bias) module.bias = new UninitializedParameter({ device, dtype });
  if (!track_running_stats) return;
  module.running_mean = new UninitializedBuffer({ device, dtype });
  module.running_var = new UninitializedBuffer({ device, dtype });
  module.num_batches_tracked = counter(device);
}

/** Gives the tensors as many elements as the input has channels. */
function receiveFeatures(module: _NormBase, input: Tensor): void {
  if (!hasUninitialized(module)) return;
  module.num_features = input.size(1);
  const { weight, bias, running_mean, running_var } = module;
  for (const tensor of [weight, bias, running_mean, running_var]) {
    if (is_lazy(tensor)) tensor.materialize([module.num_features]);
  }
  module.reset_parameters();
}

/** @internal Makes a normalisation lazy: it has no tensors until its first input says how many channels there are. */
export function LazyNormMixin<Norm extends _NormBase>(Class: { readonly prototype: Norm }) {
  abstract class LazyNorm extends LazyModuleMixin(Class as AnyNorm) {
    constructor(options: LazyOptions) {
      super({ ...options, num_features: 0, affine: false, track_running_stats: false, bias: false });
      awaitFeatures(this, options);
    }

    override reset_parameters(): void {
      if (!hasUninitialized(this) && this.num_features !== 0) super.reset_parameters();
    }

    override initialize_parameters(input: Tensor): void {
      receiveFeatures(this, input);
    }
  }
  return LazyNorm as unknown as abstract new (
    options: LazyOptions,
  ) => Norm & LazyModule;
}

type AnyNorm = abstract new (options: Options) => _NormBase;

/**
 * `BatchNorm1d` that takes its number of features from the first input.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyBatchNorm1d.html
 */
export class LazyBatchNorm1d extends LazyNormMixin(BatchNorm1d) {
  constructor(...args: signatures.LazyBatchNorm1dArgs) {
    super(signatures.LazyBatchNorm1d.read(args));
  }
}

/**
 * `BatchNorm2d` that takes its number of features from the first input.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyBatchNorm2d.html
 */
export class LazyBatchNorm2d extends LazyNormMixin(BatchNorm2d) {
  constructor(...args: signatures.LazyBatchNorm2dArgs) {
    super(signatures.LazyBatchNorm2d.read(args));
  }
}

/**
 * `BatchNorm3d` that takes its number of features from the first input.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyBatchNorm3d.html
 */
export class LazyBatchNorm3d extends LazyNormMixin(BatchNorm3d) {
  constructor(...args: signatures.LazyBatchNorm3dArgs) {
    super(signatures.LazyBatchNorm3d.read(args));
  }
}
