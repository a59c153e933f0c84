/** Multi-head attention. */

import type { Values } from '../../arguments/signature';
import { is_grad_enabled } from '../../autograd/grad_mode';
import { get_fastpath_enabled } from '../../backends/mha';
import { AssertionError } from '../../base/errors';
import { is_autocast_enabled } from '../../context/autocast';
import { callOperator } from '../../operators/operator';
import type { Tensor } from '../../tensor/tensor';
import * as F from '../functional';
import * as signatures from '../generated/nn';
import * as init from '../init';
import type { Parameter } from '../parameter';
import { emptyParameter } from './factory';
import { NonDynamicallyQuantizableLinear } from './linear';
import { canonicalMask } from './masks';
import { Module } from './module';

type Inputs = Values<signatures.MultiheadAttentionForwardArguments>;

/** Both masks in one, as the fused kernels take it, and which of the two it is. */
export type MergedMask = [mask: Tensor | null, type: number | null];

/**
 * Attention of several heads: query (L, N, E), key (S, N, kdim), value (S, N, vdim) → output (L, N, E) and the weights
 * (N, L, S).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.MultiheadAttention.html
 */
export class MultiheadAttention extends Module {
  embed_dim: number;
  kdim: number;
  vdim: number;
  num_heads: number;
  dropout: number;
  batch_first: boolean;
  head_dim: number;
  add_zero_attn: boolean;
  _qkv_same_embed_dim: boolean;
  declare in_proj_weight: Parameter | null;
  declare q_proj_weight: Parameter | null;
  declare k_proj_weight: Parameter | null;
  declare v_proj_weight: Parameter | null;
  declare in_proj_bias: Parameter | null;
  declare out_proj: NonDynamicallyQuantizableLinear;
  declare bias_k: Parameter | null;
  declare bias_v: Parameter | null;

  constructor(...args: signatures.MultiheadAttentionArgs) {
    super();
    const options = signatures.MultiheadAttention.read(args);
    const { embed_dim, num_heads, bias, device, dtype } = options;
    if (embed_dim <= 0 || num_heads <= 0) {
      throw new RangeError(
        `embed_dim and num_heads must be greater than 0, got embed_dim=${embed_dim} and num_heads=${num_heads} instead`,
      );
    }
    const factory = { device, dtype };
    this.embed_dim = embed_dim;
    this.kdim = options.kdim ?? embed_dim;
    this.vdim = options.vdim ?? embed_dim;
    this._qkv_same_embed_dim = this.kdim === embed_dim && this.vdim === embed_dim;
    this.num_heads = num_heads;
    this.dropout = options.dropout;
    this.batch_first = options.batch_first;
    this.head_dim = Math.floor(embed_dim / num_heads);
    if (this.head_dim * num_heads !== embed_dim) {
      throw new AssertionError('embed_dim must be divisible by num_heads');
    }
    const packed = this._qkv_same_embed_dim;
    const separate = (width: number) => (packed ? null : emptyParameter([embed_dim, width], factory));
    // The order of registration is the order of the state_dict.
    if (packed) this.in_proj_weight = emptyParameter([3 * embed_dim, embed_dim], factory);
    this.register_parameter('q_proj_weight', separate(embed_dim));
    this.register_parameter('k_proj_weight', separate(this.kdim));
    this.register_parameter('v_proj_weight', separate(this.vdim));
    if (!packed) this.register_parameter('in_proj_weight', null);
    this.register_parameter('in_proj_bias', bias ? emptyParameter([3 * embed_dim], factory) : null);
    this.out_proj = new NonDynamicallyQuantizableLinear(embed_dim, embed_dim, { bias, ...factory });
    this.bias_k = options.add_bias_kv ? emptyParameter([1, 1, embed_dim], factory) : null;
    this.bias_v = options.add_bias_kv ? emptyParameter([1, 1, embed_dim], factory) : null;
    this.add_zero_attn = options.add_zero_attn;
    this._reset_parameters();
  }

  /** @internal Draws new weights. */
  _reset_parameters(): void {
    const { in_proj_weight, q_proj_weight, k_proj_weight, v_proj_weight } = this;
    for (const weight of [in_proj_weight, q_proj_weight, k_proj_weight, v_proj_weight]) {
      if (weight !== null) init.xavier_uniform_(weight);
    }
    if (this.in_proj_bias !== null) {
      init.constant_(this.in_proj_bias, 0);
      init.constant_(this.out_proj.bias!, 0);
    }
    if (this.bias_k !== null) init.xavier_normal_(this.bias_k);
    if (this.bias_v !== null) init.xavier_normal_(this.bias_v);
  }

  override forward(...args: signatures.MultiheadAttentionForwardArgs): [output: Tensor, weights: Tensor | null] {
    const inputs = signatures.MultiheadAttention_forward.read(args);
    const { query, attn_mask, key_padding_mask } = inputs;
    const floatMasks = (attn_mask?.is_floating_point() || key_padding_mask?.is_floating_point()) ?? false;
    inputs.key_padding_mask = canonicalMask(key_padding_mask, 'key_padding_mask', query.dtype, attn_mask, 'attn_mask');
    inputs.attn_mask = canonicalMask(attn_mask, 'attn_mask', query.dtype);
    if (!floatMasks && this.canFuse(inputs)) return this.fused(inputs);
    return this.composed(inputs);
  }

  /** Whether the kernel for inference applies: self-attention of a batch, with nothing to learn or to add. */
  private canFuse({ query, key, value, attn_mask, key_padding_mask }: Inputs): boolean {
    const { in_proj_weight, in_proj_bias, out_proj } = this;
    if (!get_fastpath_enabled() || this.training || query.dim() !== 3 || query !== key || key !== value) return false;
    if (in_proj_weight === null || in_proj_bias === null || out_proj.bias === null) return false;
    if (query.dtype !== in_proj_weight.dtype || query.dtype !== in_proj_bias.dtype) return false;
    if (this.num_heads % 2 !== 0 || !this.batch_first || this.add_zero_attn) return false;
    if (this.bias_k !== null || this.bias_v !== null) return false;
    if (query.is_nested && (key_padding_mask !== null || attn_mask !== null)) return false;
    return isInference([query, in_proj_weight, in_proj_bias, out_proj.weight, out_proj.bias]);
  }

  private fused(inputs: Inputs): [Tensor, Tensor | null] {
    const { query, need_weights, average_attn_weights } = inputs;
    const [mask, type] = this.merge_masks(inputs.attn_mask, inputs.key_padding_mask, query);
    const results = callOperator<[Tensor, Tensor | null]>(
      '_native_multi_head_attention',
      query,
      inputs.key,
      inputs.value,
      this.embed_dim,
      this.num_heads,
      this.in_proj_weight,
      this.in_proj_bias,
      this.out_proj.weight,
      this.out_proj.bias,
      mask,
      need_weights,
      average_attn_weights,
      type,
    );
    return [results[0], results[1]];
  }

  private composed(inputs: Inputs): [Tensor, Tensor | null] {
    if (inputs.query.is_nested || inputs.key.is_nested || inputs.value.is_nested) {
      throw new AssertionError('MultiheadAttention does not support NestedTensor outside of its fast path. ');
    }
    const swapped = this.batch_first && inputs.query.dim() === 3;
    const [query, key, value] = swapped ? timeFirst(inputs) : [inputs.query, inputs.key, inputs.value];
    const [output, weights] = F.multi_head_attention_forward(
      query,
      key,
      value,
      this.embed_dim,
      this.num_heads,
      this.in_proj_weight,
      this.in_proj_bias,
      this.bias_k,
      this.bias_v,
      this.add_zero_attn,
      this.dropout,
      this.out_proj.weight,
      this.out_proj.bias,
      this.training,
      inputs.key_padding_mask,
      inputs.need_weights,
      inputs.attn_mask,
      !this._qkv_same_embed_dim,
      this.q_proj_weight,
      this.k_proj_weight,
      this.v_proj_weight,
      null,
      null,
      inputs.average_attn_weights,
      inputs.is_causal,
    );
    return [swapped ? output.transpose(1, 0) : output, weights];
  }

  /** One mask of both for the fused kernels, and its type: 1 for padding alone, 2 with a mask of pairs. */
  merge_masks(attn_mask: Tensor | null, key_padding_mask: Tensor | null, query: Tensor): MergedMask {
    if (attn_mask === null) return [key_padding_mask, key_padding_mask === null ? null : 1];
    const [batch, length] = query.shape as [number, number];
    const pairs =
      attn_mask.dim() === 3
        ? attn_mask.view([batch, -1, length, length])
        : attn_mask.view([1, 1, length, length]).expand([batch, this.num_heads, -1, -1]);
    if (key_padding_mask === null) return [pairs, 2];
    const padding = key_padding_mask.view([batch, 1, 1, length]).expand([-1, this.num_heads, -1, -1]);
    return [pairs.add(padding), 2];
  }
}

/** (N, L, E) → (L, N, E); tensors that are the same stay the same, which saves projections. */
function timeFirst({ query, key, value }: Inputs): [Tensor, Tensor, Tensor] {
  const swappedValue = value.transpose(1, 0);
  const swappedKey = key === value ? swappedValue : key.transpose(1, 0);
  return [query === key && key === value ? swappedValue : query.transpose(1, 0), swappedKey, swappedValue];
}

/** Whether fused kernels can take these tensors: on a device that has them, in their dtype, without a gradient. */
export function isInference(tensors: readonly Tensor[]): boolean {
  if (is_autocast_enabled()) return false;
  if (!tensors.every((x) => ['cpu', 'cuda', 'xpu'].includes(x.device.type))) return false;
  return !is_grad_enabled() || !tensors.some((x) => x.requires_grad);
}
