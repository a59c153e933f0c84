/** Transformers. https://docs.pytorch.org/docs/2.13/nn.html#transformer-layers */

import { requireCount } from '../../arguments/checks';
import { REQUIRED, Signature, type Values } from '../../arguments/signature';
import { get_fastpath_enabled } from '../../backends/mha';
import { TorchError, warn } from '../../base/errors';
import { type DeviceLike, type DType, parseDevice } from '../../base/types';
import { callOperator } from '../../operators/operator';
import { deepcopy } from '../../tensor/copy';
import type { Tensor } from '../../tensor/tensor';
import * as F from '../functional';
import * as signatures from '../generated/nn';
import * as init from '../init';
import { requireModule } from '../require';
import { GELU, ReLU } from './activation';
import { isInference, MultiheadAttention } from './attention';
import { ModuleList } from './container';
import { Dropout } from './dropout';
import { Linear } from './linear';
import { canonicalMask, causalMask, isCausal } from './masks';
import { Module } from './module';
import { LayerNorm } from './normalization';
import { stateOf } from './registry';

/** A non-linearity between the linear maps: by name, or any function. */
export type Activation = 'relu' | 'gelu' | ((x: Tensor) => Tensor);

function activationOf(activation: Activation): (x: Tensor) => Tensor {
  if (typeof activation !== 'string') return activation;
  if (activation === 'relu') return F.relu;
  if (activation === 'gelu') return F.gelu;
  throw new TorchError(`activation should be relu/gelu, not ${activation}`);
}

/** The length of sequences; null when they differ. */
function lengthOf(x: Tensor, batch_first: boolean): number | null {
  if (x.is_nested) return null;
  const { shape } = x;
  return shape[shape.length === 2 || !batch_first ? 0 : 1]!;
}

// ---- encoder

/**
 * Self-attention and a feed-forward network: src (L, N, d_model) → (L, N, d_model).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.TransformerEncoderLayer.html
 */
export class TransformerEncoderLayer extends Module {
  declare self_attn: MultiheadAttention;
  declare linear1: Linear;
  declare dropout: Dropout;
  declare linear2: Linear;
  norm_first: boolean;
  declare norm1: LayerNorm;
  declare norm2: LayerNorm;
  declare dropout1: Dropout;
  declare dropout2: Dropout;
  /** 1 for ReLU, 2 for GELU, 0 for another: the fused kernel knows these two. */
  activation_relu_or_gelu: 0 | 1 | 2;
  declare activation: (x: Tensor) => Tensor;

  constructor(...args: signatures.TransformerEncoderLayerArgs) {
    super();
    const options = signatures.TransformerEncoderLayer.read(args);
    const { d_model, nhead, dim_feedforward, dropout, layer_norm_eps: eps, batch_first, bias, device, dtype } = options;
    const factory = { device, dtype };
    this.self_attn = new MultiheadAttention(d_model, nhead, { dropout, bias, batch_first, ...factory });
    this.linear1 = new Linear(d_model, dim_feedforward, { bias, ...factory });
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dim_feedforward, d_model, { bias, ...factory });
    this.norm_first = options.norm_first;
    this.norm1 = new LayerNorm(d_model, { eps, bias, ...factory });
    this.norm2 = new LayerNorm(d_model, { eps, bias, ...factory });
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
    const activation: unknown = activationOf(options.activation);
    const isRelu = activation === F.relu || activation instanceof ReLU;
    const isGelu = activation === F.gelu || activation instanceof GELU;
    this.activation_relu_or_gelu = isRelu ? 1 : isGelu ? 2 : 0;
    this.activation = activation as (x: Tensor) => Tensor;
  }

  override forward(...args: signatures.TransformerEncoderLayerForwardArgs): Tensor {
    const { src, src_mask, src_key_padding_mask, is_causal } = signatures.TransformerEncoderLayer_forward.read(args);
    const { dtype } = src;
    const padding = canonicalMask(src_key_padding_mask, 'src_key_padding_mask', dtype, src_mask, 'src_mask');
    const mask = canonicalMask(src_mask, 'src_mask', dtype);
    if (this.canFuse(src, mask, padding)) return this.fused(src, mask, padding);
    const attend = (x: Tensor) => {
      const options = { attn_mask: mask, key_padding_mask: padding, need_weights: false, is_causal };
      return this.dropout1(this.self_attn(x, x, x, options)[0]);
    };
    if (this.norm_first) {
      const attended = src.add(attend(this.norm1(src)));
      return attended.add(this.feedForward(this.norm2(attended)));
    }
    const attended = this.norm1(src.add(attend(src)));
    return this.norm2(attended.add(this.feedForward(attended)));
  }

  private feedForward(x: Tensor): Tensor {
    return this.dropout2(this.linear2(this.dropout(this.activation(this.linear1(x)))));
  }

  /** @internal The tensors that the fused kernel reads; null when one is missing. */
  fusedTensors(src: Tensor): Tensor[] | null {
    const { self_attn, linear1, linear2, norm1, norm2 } = this;
    const { in_proj_weight, in_proj_bias, out_proj } = self_attn;
    const layers = [out_proj, norm1, norm2, linear1, linear2].flatMap((layer) => [layer.weight, layer.bias]);
    const tensors = [src, in_proj_weight, in_proj_bias, ...layers];
    return tensors.includes(null) ? null : (tensors as Tensor[]);
  }

  /** @internal Whether the layer itself, whatever its inputs, can be computed by the fused kernel. */
  get fusible(): boolean {
    const { self_attn, norm1, norm2 } = this;
    if (!self_attn.batch_first || self_attn.in_proj_bias === null || !self_attn._qkv_same_embed_dim) return false;
    return this.activation_relu_or_gelu > 0 && norm1.eps === norm2.eps && self_attn.num_heads % 2 === 0;
  }

  private canFuse(src: Tensor, mask: Tensor | null, padding: Tensor | null): boolean {
    if (!get_fastpath_enabled() || src.dim() !== 3 || this.training || !this.fusible) return false;
    if (src.is_nested && (padding !== null || mask !== null)) return false;
    if (this.modules().some((module) => stateOf(module).hooks.any)) return false;
    const tensors = this.fusedTensors(src);
    return tensors !== null && isInference(tensors);
  }

  private fused(src: Tensor, mask: Tensor | null, padding: Tensor | null): Tensor {
    const { self_attn, norm1, norm2, linear1, linear2 } = this;
    const [merged, type] = self_attn.merge_masks(mask, padding, src);
    return callOperator(
      '_transformer_encoder_layer_fwd',
      src,
      self_attn.embed_dim,
      self_attn.num_heads,
      self_attn.in_proj_weight,
      self_attn.in_proj_bias,
      self_attn.out_proj.weight,
      self_attn.out_proj.bias,
      this.activation_relu_or_gelu === 2,
      this.norm_first,
      norm1.eps,
      norm1.weight,
      norm1.bias,
      norm2.weight,
      norm2.bias,
      linear1.weight,
      linear1.bias,
      linear2.weight,
      linear2.bias,
      merged,
      type,
    );
  }
}

/** Copies of a layer, each with weights of its own. */
function clones<Layer extends Module>(layer: Layer, count: number): ModuleList<Layer> {
  return new ModuleList<Layer>(Array.from({ length: count }, () => deepcopy(layer)));
}

/** Why the layer cannot leave out padding; null when it can. */
function whyNotNested(layer: unknown): string | null {
  const name = 'encoder_layer';
  if (!(layer instanceof TransformerEncoderLayer)) return `${name} was not TransformerEncoderLayer`;
  const { self_attn } = layer;
  if (layer.norm_first) return `${name}.norm_first was True`;
  if (!self_attn.batch_first) {
    return `${name}.self_attn.batch_first was not True(use batch_first for better inference performance)`;
  }
  if (!self_attn._qkv_same_embed_dim) return `${name}.self_attn._qkv_same_embed_dim was not True`;
  if (self_attn.in_proj_bias === null) return `${name}.self_attn was passed bias=False`;
  if (layer.activation_relu_or_gelu === 0) return `${name}.activation_relu_or_gelu was not True`;
  if (layer.norm1.eps !== layer.norm2.eps) return `${name}.norm1.eps was not equal to ${name}.norm2.eps`;
  return self_attn.num_heads % 2 === 1 ? `${name}.self_attn.num_heads is odd` : null;
}

/**
 * Several encoder layers, one after the other.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.TransformerEncoder.html
 */
export class TransformerEncoder extends Module {
  declare layers: ModuleList<TransformerEncoderLayer>;
  num_layers: number;
  declare norm: Module | null;
  enable_nested_tensor: boolean;
  use_nested_tensor: boolean;
  mask_check: boolean;

  constructor(...args: signatures.TransformerEncoderArgs) {
    super();
    const { encoder_layer, num_layers, norm, enable_nested_tensor, mask_check } =
      signatures.TransformerEncoder.read(args);
    requireModule('TransformerEncoder.__init__', 'encoder_layer', encoder_layer);
    requireCount('TransformerEncoder.__init__', 'num_layers', num_layers);
    this.layers = clones(encoder_layer as TransformerEncoderLayer, num_layers);
    this.num_layers = num_layers;
    this.norm = norm;
    this.enable_nested_tensor = enable_nested_tensor;
    this.mask_check = mask_check;
    const reason = whyNotNested(encoder_layer);
    this.use_nested_tensor = enable_nested_tensor && reason === null;
    if (enable_nested_tensor && reason !== null) {
      warn(`enable_nested_tensor is True, but self.use_nested_tensor is False because ${reason}`);
    }
  }

  override forward(...args: signatures.TransformerEncoderForwardArgs): Tensor {
    const inputs = signatures.TransformerEncoder_forward.read(args);
    const { src } = inputs;
    const { dtype } = src;
    const padding = canonicalMask(inputs.src_key_padding_mask, 'src_key_padding_mask', dtype, inputs.mask, 'mask');
    const mask = canonicalMask(inputs.mask, 'mask', dtype);
    const nested = padding !== null && this.canNest(src, mask, padding);
    const { batch_first } = this.layers[0]!.self_attn;
    const is_causal = isCausal(mask, inputs.is_causal, lengthOf(src, batch_first));
    const options = { src_mask: mask, is_causal, src_key_padding_mask: nested ? null : padding };
    let output = nested ? callOperator<Tensor>('_nested_tensor_from_mask', src, padding.logical_not(), false) : src;
    for (const layer of this.layers) output = layer(output, options);
    if (nested) output = callOperator('to_padded_tensor', output, 0, src.shape);
    return this.norm === null ? output : this.norm(output);
  }

  /** Whether the padding can be left out: only without gradients, and only at the end of sequences. */
  private canNest(src: Tensor, mask: Tensor | null, padding: Tensor): boolean {
    const first = this.layers[0]!;
    if (!get_fastpath_enabled() || !this.use_nested_tensor || first.training || src.dim() !== 3) return false;
    if (src.is_nested || mask !== null) return false;
    const kept = padding.logical_not();
    if (this.mask_check && !callOperator<boolean>('_nested_tensor_from_mask_left_aligned', src, kept)) return false;
    const tensors = first.fusedTensors(src);
    return tensors !== null && isInference(tensors);
  }
}

// ---- decoder

type Inputs = Values<signatures.TransformerDecoderLayerForwardArguments>;

/**
 * Self-attention, attention to an encoder's output and a feed-forward network: tgt (T, N, d_model), memory
 * (S, N, d_model) → (T, N, d_model).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.TransformerDecoderLayer.html
 */
export class TransformerDecoderLayer extends Module {
  declare self_attn: MultiheadAttention;
  declare multihead_attn: MultiheadAttention;
  declare linear1: Linear;
  declare dropout: Dropout;
  declare linear2: Linear;
  norm_first: boolean;
  declare norm1: LayerNorm;
  declare norm2: LayerNorm;
  declare norm3: LayerNorm;
  declare dropout1: Dropout;
  declare dropout2: Dropout;
  declare dropout3: Dropout;
  declare activation: (x: Tensor) => Tensor;

  constructor(...args: signatures.TransformerDecoderLayerArgs) {
    super();
    const options = signatures.TransformerDecoderLayer.read(args);
    const { d_model, nhead, dim_feedforward, dropout, layer_norm_eps: eps, batch_first, bias, device, dtype } = options;
    const factory = { device, dtype };
    this.self_attn = new MultiheadAttention(d_model, nhead, { dropout, batch_first, bias, ...factory });
    this.multihead_attn = new MultiheadAttention(d_model, nhead, { dropout, batch_first, bias, ...factory });
    this.linear1 = new Linear(d_model, dim_feedforward, { bias, ...factory });
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dim_feedforward, d_model, { bias, ...factory });
    this.norm_first = options.norm_first;
    this.norm1 = new LayerNorm(d_model, { eps, bias, ...factory });
    this.norm2 = new LayerNorm(d_model, { eps, bias, ...factory });
    this.norm3 = new LayerNorm(d_model, { eps, bias, ...factory });
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
    this.dropout3 = new Dropout(dropout);
    this.activation = activationOf(options.activation);
  }

  override forward(...args: signatures.TransformerDecoderLayerForwardArgs): Tensor {
    const inputs = signatures.TransformerDecoderLayer_forward.read(args);
    const { tgt } = inputs;
    if (this.norm_first) {
      const attended = tgt.add(this.attendSelf(this.norm1(tgt), inputs));
      const informed = attended.add(this.attendMemory(this.norm2(attended), inputs));
      return informed.add(this.feedForward(this.norm3(informed)));
    }
    const attended = this.norm1(tgt.add(this.attendSelf(tgt, inputs)));
    const informed = this.norm2(attended.add(this.attendMemory(attended, inputs)));
    return this.norm3(informed.add(this.feedForward(informed)));
  }

  private attendSelf(x: Tensor, inputs: Inputs): Tensor {
    const options = {
      attn_mask: inputs.tgt_mask,
      key_padding_mask: inputs.tgt_key_padding_mask,
      is_causal: inputs.tgt_is_causal,
      need_weights: false,
    };
    return this.dropout1(this.self_attn(x, x, x, options)[0]);
  }

  private attendMemory(x: Tensor, inputs: Inputs): Tensor {
    const { memory } = inputs;
    const options = {
      attn_mask: inputs.memory_mask,
      key_padding_mask: inputs.memory_key_padding_mask,
      is_causal: inputs.memory_is_causal,
      need_weights: false,
    };
    return this.dropout2(this.multihead_attn(x, memory, memory, options)[0]);
  }

  private feedForward(x: Tensor): Tensor {
    return this.dropout3(this.linear2(this.dropout(this.activation(this.linear1(x)))));
  }
}

/**
 * Several decoder layers, one after the other.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.TransformerDecoder.html
 */
export class TransformerDecoder extends Module {
  declare layers: ModuleList<TransformerDecoderLayer>;
  num_layers: number;
  declare norm: Module | null;

  constructor(...args: signatures.TransformerDecoderArgs) {
    super();
    const { decoder_layer, num_layers, norm } = signatures.TransformerDecoder.read(args);
    requireModule('TransformerDecoder.__init__', 'decoder_layer', decoder_layer);
    requireCount('TransformerDecoder.__init__', 'num_layers', num_layers);
    this.layers = clones(decoder_layer as TransformerDecoderLayer, num_layers);
    this.num_layers = num_layers;
    this.norm = norm;
  }

  override forward(...args: signatures.TransformerDecoderForwardArgs): Tensor {
    const { tgt, memory, tgt_is_causal, ...options } = signatures.TransformerDecoder_forward.read(args);
    const length = lengthOf(tgt, this.layers[0]!.self_attn.batch_first);
    const causal = isCausal(options.tgt_mask, tgt_is_causal, length);
    let output = tgt;
    for (const layer of this.layers) output = layer(output, memory, { ...options, tgt_is_causal: causal });
    return this.norm === null ? output : this.norm(output);
  }
}

// ---- both

interface MaskOptions {
  device?: DeviceLike | null;
  dtype?: DType | null;
}

const ofMask = new Signature<MaskOptions & { sz: number }>('generate_square_subsequent_mask', {
  sz: REQUIRED,
  device: null,
  dtype: null,
});

/**
 * An encoder and a decoder: src (S, N, d_model), tgt (T, N, d_model) → (T, N, d_model).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Transformer.html
 */
export class Transformer extends Module {
  declare encoder: TransformerEncoder;
  declare decoder: TransformerDecoder;
  d_model: number;
  nhead: number;
  batch_first: boolean;

  constructor(...args: signatures.TransformerArgs) {
    super();
    const { num_encoder_layers, num_decoder_layers, custom_encoder, custom_decoder, ...layer } =
      signatures.Transformer.read(args);
    const { d_model, layer_norm_eps: eps, bias, device, dtype } = layer;
    const norm = () => new LayerNorm(d_model, { eps, bias, device, dtype });
    this.encoder = (custom_encoder ??
      new TransformerEncoder(new TransformerEncoderLayer(layer), num_encoder_layers, norm())) as TransformerEncoder;
    this.decoder = (custom_decoder ??
      new TransformerDecoder(new TransformerDecoderLayer(layer), num_decoder_layers, norm())) as TransformerDecoder;
    this._reset_parameters();
    this.d_model = d_model;
    this.nhead = layer.nhead;
    this.batch_first = layer.batch_first;
  }

  override forward(...args: signatures.TransformerForwardArgs): Tensor {
    const { src, tgt, src_mask, src_key_padding_mask, src_is_causal, ...decoding } =
      signatures.Transformer_forward.read(args);
    const batchDim = this.batch_first ? 0 : 1;
    if (src.dim() === 3 && src.size(batchDim) !== tgt.size(batchDim)) {
      throw new TorchError('the batch number of src and tgt must be equal');
    }
    if (src.size(-1) !== this.d_model || tgt.size(-1) !== this.d_model) {
      throw new TorchError('the feature number of src and tgt must be equal to d_model');
    }
    const memory = this.encoder(src, { mask: src_mask, src_key_padding_mask, is_causal: src_is_causal });
    return this.decoder(tgt, memory, decoding);
  }

  /** A mask (sz, sz) that hides what comes later: −∞ above the diagonal, 0 elsewhere. */
  static generate_square_subsequent_mask(
    ...args:
      | [sz: number, device?: DeviceLike | null | MaskOptions, dtype?: DType | null | MaskOptions]
      | [args: MaskOptions & { sz: number }]
  ): Tensor {
    const { sz, device, dtype } = ofMask.read(args);
    return causalMask(sz, device === null ? null : parseDevice(device), dtype);
  }

  /** The same, of an object. */
  generate_square_subsequent_mask(...args: Parameters<typeof Transformer.generate_square_subsequent_mask>): Tensor {
    return Transformer.generate_square_subsequent_mask(...args);
  }

  /** @internal Draws new matrices. */
  _reset_parameters(): void {
    for (const parameter of this.parameters()) if (parameter.dim() > 1) init.xavier_uniform_(parameter);
  }
}
