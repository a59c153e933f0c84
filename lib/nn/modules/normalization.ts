/** Normalisation over layers and groups. https://docs.pytorch.org/docs/2.13/nn.html#normalization-layers */

import type { Tensor } from '../../tensor/tensor';
import * as F from '../functional';
import * as signatures from '../generated/nn';
import * as init from '../init';
import type { Parameter } from '../parameter';
import { emptyParameter } from './factory';
import { Module } from './module';
import { float, repr } from './repr';

/** Divides by the energy of neighbouring channels. https://docs.pytorch.org/docs/2.13/generated/torch.nn.LocalResponseNorm.html */
export class LocalResponseNorm extends Module {
  size: number;
  alpha: number;
  beta: number;
  k: number;

  constructor(...args: signatures.LocalResponseNormArgs) {
    super();
    const { size, alpha, beta, k } = signatures.LocalResponseNorm.read(args);
    this.size = size;
    this.alpha = alpha;
    this.beta = beta;
    this.k = k;
  }

  override forward(input: Tensor): Tensor {
    return F.local_response_norm(input, this.size, this.alpha, this.beta, this.k);
  }

  override extra_repr(): string {
    return `${this.size}, alpha=${float(this.alpha)}, beta=${float(this.beta)}, k=${float(this.k)}`;
  }
}

/** Divides by the energy of neighbouring channels of (N, C, H, W), those beyond the border left out. */
export class CrossMapLRN2d extends Module {
  size: number;
  alpha: number;
  beta: number;
  k: number;

  constructor(...args: signatures.CrossMapLRN2dArgs) {
    super();
    const { size, alpha, beta, k } = signatures.CrossMapLRN2d.read(args);
    this.size = size;
    this.alpha = alpha;
    this.beta = beta;
    this.k = k;
  }

  override forward(input: Tensor): Tensor {
    if (input.dim() !== 4) throw new RangeError(`CrossMapLRN2d: Expected input to be 4D, got ${input.dim()}D instead.`);
    const reach = Math.floor((this.size - 1) / 2 + 1);
    const squares = input.mul(input);
    // PyTorch's running sum never drops the first channel again; results have always included it.
    const late = input
      .new_ones([input.size(1)])
      .cumsum(0)
      .gt(reach)
      .to(input.dtype)
      .view([1, -1, 1, 1]);
    const energy = neighbourSum(squares, reach).add(squares.narrow(1, 0, 1).mul(late));
    return input.mul(
      energy
        .mul(this.alpha / this.size)
        .add(this.k)
        .pow(-this.beta),
    );
  }

  override extra_repr(): string {
    return `${this.size}, alpha=${float(this.alpha)}, beta=${float(this.beta)}, k=${this.k}`;
  }
}

/** For each channel the sum over those less than `reach` away. */
function neighbourSum(x: Tensor, reach: number): Tensor {
  const padded = F.pad(x, [0, 0, 0, 0, reach - 1, reach - 1]);
  const window = 2 * reach - 1;
  return padded.unfold(1, window, 1).sum(-1);
}

/**
 * Normalises over the last dimensions, (*, *normalized_shape).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.LayerNorm.html
 */
export class LayerNorm extends Module {
  normalized_shape: readonly number[];
  eps: number;
  elementwise_affine: boolean;
  declare weight: Parameter | null;
  declare bias: Parameter | null;

  constructor(...args: signatures.LayerNormArgs) {
    super();
    const { normalized_shape, eps, elementwise_affine, bias, ...factory } = signatures.LayerNorm.read(args);
    const shape = [normalized_shape as number].flat();
    this.normalized_shape = shape;
    this.eps = eps;
    this.elementwise_affine = elementwise_affine;
    this.register_parameter('weight', elementwise_affine ? emptyParameter(shape, factory) : null);
    this.register_parameter('bias', elementwise_affine && bias ? emptyParameter(shape, factory) : null);
    this.reset_parameters();
  }

  /** Sets weights to 1 and biases to 0. */
  reset_parameters(): void {
    if (this.weight !== null) init.ones_(this.weight);
    if (this.bias !== null) init.zeros_(this.bias);
  }

  override forward(input: Tensor): Tensor {
    return F.layer_norm(input, this.normalized_shape, this.weight, this.bias, this.eps);
  }

  override extra_repr(): string {
    const { normalized_shape, eps, elementwise_affine } = this;
    return `${repr(normalized_shape)}, eps=${float(eps)}, elementwise_affine=${repr(elementwise_affine)}, bias=${repr(this.bias !== null)}`;
  }
}

/**
 * Normalises groups of channels of each instance of (N, C, *).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.GroupNorm.html
 */
export class GroupNorm extends Module {
  num_groups: number;
  num_channels: number;
  eps: number;
  affine: boolean;
  declare weight: Parameter | null;
  declare bias: Parameter | null;

  constructor(...args: signatures.GroupNormArgs) {
    super();
    const { num_groups, num_channels, eps, affine, bias, ...factory } = signatures.GroupNorm.read(args);
    if (num_channels % num_groups !== 0) {
      throw new RangeError(`num_channels (${num_channels}) must be divisible by num_groups (${num_groups})`);
    }
    this.num_groups = num_groups;
    this.num_channels = num_channels;
    this.eps = eps;
    this.affine = affine;
    this.register_parameter('weight', affine ? emptyParameter([num_channels], factory) : null);
    this.register_parameter('bias', affine && bias ? emptyParameter([num_channels], factory) : null);
    this.reset_parameters();
  }

  /** Sets weights to 1 and biases to 0. */
  reset_parameters(): void {
    if (this.weight !== null) init.ones_(this.weight);
    if (this.bias !== null) init.zeros_(this.bias);
  }

  override forward(input: Tensor): Tensor {
    return F.group_norm(input, this.num_groups, this.weight, this.bias, this.eps);
  }

  override extra_repr(): string {
    const { num_groups, num_channels, eps, affine } = this;
    return `${num_groups}, ${num_channels}, eps=${float(eps)}, affine=${repr(affine)}, bias=${repr(this.bias !== null)}`;
  }
}

/**
 * Divides by the root mean square over the last dimensions.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.RMSNorm.html
 */
export class RMSNorm extends Module {
  normalized_shape: readonly number[];
  eps: number | null;
  elementwise_affine: boolean;
  declare weight: Parameter | null;

  constructor(...args: signatures.RMSNormArgs) {
    super();
    const { normalized_shape, eps, elementwise_affine, ...factory } = signatures.RMSNorm.read(args);
    this.normalized_shape = [normalized_shape as number].flat();
    this.eps = eps;
    this.elementwise_affine = elementwise_affine;
    const weight = elementwise_affine ? emptyParameter(this.normalized_shape, factory) : null;
    this.register_parameter('weight', weight);
    this.reset_parameters();
  }

  /** Sets weights to 1. */
  reset_parameters(): void {
    if (this.weight !== null) init.ones_(this.weight);
  }

  override forward(x: Tensor): Tensor {
    return F.rms_norm(x, this.normalized_shape, this.weight, this.eps);
  }

  override extra_repr(): string {
    const { normalized_shape, eps, elementwise_affine } = this;
    return `${repr(normalized_shape)}, eps=${eps === null ? 'None' : float(eps)}, elementwise_affine=${repr(elementwise_affine)}`;
  }
}
