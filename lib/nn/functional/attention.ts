/** Attention. https://docs.pytorch.org/docs/2.13/nn.functional.html#attention-mechanisms */

import { AssertionError, TorchError, warn } from '../../base/errors';
import { sameShape, sizeText, tupleText } from '../../base/text';
import { type DType, dtypes } from '../../base/types';
import { native } from '../../native/addon';
import { call } from '../../native/frame';
import { isOptions } from '../../native/kinds';
import { _nn, _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import { CausalBias } from '../attention/bias';
import * as signatures from '../generated/nn_functional';
import { linear } from './linear';
import { pad } from './padding';

interface ScaledDotProductOptions {
  /** Added to the scores, or where it is a bool, true for those that count: (*, L, S). */
  attn_mask?: Tensor | CausalBias | null;
  dropout_p?: number;
  /** Each query sees the keys up to its own place. */
  is_causal?: boolean;
  /** 1 / √E when null. */
  scale?: number | null;
  /** Several query heads share a head of keys and values. */
  enable_gqa?: boolean;
}

interface ScaledDotProductRest extends ScaledDotProductOptions {
  key: Tensor;
  value: Tensor;
}

interface ScaledDotProductAttention {
  /** softmax(QKᵀ · scale + mask) V: query (*, L, E), key (*, S, E), value (*, S, Ev) → (*, L, Ev). */
  // biome-ignore lint/style/useShorthandFunctionType: a function type has no documentation that editors show
  (
    ...args:
      | [
          query: Tensor,
          key: Tensor,
          value: Tensor | (ScaledDotProductOptions & { value: Tensor }),
          attn_mask?: Tensor | CausalBias | null | ScaledDotProductOptions,
          dropout_p?: number | ScaledDotProductOptions,
          is_causal?: boolean | ScaledDotProductOptions,
          options?: ScaledDotProductOptions,
        ]
      | [query: Tensor, named: ScaledDotProductRest]
      | [args: ScaledDotProductRest & { query: Tensor }]
  ): Tensor;
}

/**
 * softmax(QKᵀ · scale + mask) V: query (*, L, E), key (*, S, E), value (*, S, Ev) → (*, L, Ev).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.scaled_dot_product_attention.html
 */
export const scaled_dot_product_attention = ((...args: unknown[]) => {
  const last = args[args.length - 1];
  const options = isOptions(last) ? last : null;
  const mask = options?.attn_mask ?? args[3];
  return mask instanceof CausalBias ? biased(mask, args, options) : fused(...args);
}) as ScaledDotProductAttention;

const fused = _nn.scaled_dot_product_attention as (...args: unknown[]) => Tensor;

/** Attention under a causal bias: the kernels' own one where it is the same, else a mask. */
function biased(bias: CausalBias, args: readonly unknown[], options: Record<string, unknown> | null): Tensor {
  const positional = options === null ? args : args.slice(0, -1);
  const names = ['query', 'key', 'value', 'attn_mask', 'dropout_p', 'is_causal'];
  const given: Record<string, unknown> = { ...options };
  positional.forEach((value, i) => {
    given[names[i]!] = value;
  });
  if (given.is_causal === true) throw new RangeError('CausalBias should not be used with causal=True');
  const attn_mask = bias.isPlain ? null : bias._materialize((given.query as Tensor).device);
  return fused({ ...given, attn_mask, is_causal: bias.isPlain });
}

// ---- what multi-head attention expects

interface Inputs {
  query: Tensor;
  key: Tensor;
  value: Tensor;
  key_padding_mask: Tensor | null;
  attn_mask: Tensor | null;
}

function assert(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new AssertionError(message());
}

/** Checks the numbers of dimensions; says whether there is a batch. */
function isBatched({ query, key, value, key_padding_mask, attn_mask }: Inputs, num_heads: number): boolean {
  const ndim = query.dim();
  assert(
    ndim === 2 || ndim === 3,
    () => `query should be unbatched 2D or batched 3D tensor but received ${ndim}-D query tensor`,
  );
  const batched = ndim === 3;
  const start = batched ? 'For batched (3-D) `query`, expected' : 'For unbatched (2-D) `query`, expected';
  assert(
    key.dim() === ndim && value.dim() === ndim,
    () =>
      `${start} \`key\` and \`value\` to be ${ndim}-D but found ${key.dim()}-D and ${value.dim()}-D tensors respectively`,
  );
  assert(
    key_padding_mask === null || key_padding_mask.dim() === ndim - 1,
    () =>
      `${start} \`key_padding_mask\` to be \`None\` or ${ndim - 1}-D but found ${key_padding_mask!.dim()}-D tensor instead`,
  );
  const maskDim = attn_mask?.dim() ?? 2;
  assert(
    maskDim === 2 || maskDim === 3,
    () => `${start} \`attn_mask\` to be \`None\`, 2-D or 3-D but found ${maskDim}-D tensor instead`,
  );
  if (!batched && maskDim === 3) {
    const expected = [num_heads, query.shape[0]!, key.shape[0]!];
    assert(
      sameShape(attn_mask!.shape, expected),
      () => `Expected \`attn_mask\` shape to be ${tupleText(expected)} but got ${sizeText(attn_mask!.shape)}`,
    );
  }
  return batched;
}

/** A mask to add: booleans become 0 and −∞. */
function additiveMask(mask: Tensor | null, name: string, dtype: DType): Tensor | null {
  if (mask === null) return null;
  const isFloat = mask.is_floating_point();
  assert(isFloat || mask.dtype === dtypes.bool, () => `only bool and floating types of ${name} are supported`);
  if (isFloat) return mask;
  return _torch.zeros_like(mask, { dtype }).masked_fill_(mask, Number.NEGATIVE_INFINITY);
}

function warnOfMixedMasks(padding: Tensor | null, attention: Tensor | null): void {
  if (padding === null || attention === null || padding.dtype === attention.dtype) return;
  warn('Support for mismatched key_padding_mask and attn_mask is deprecated. Use same type for both instead.');
}

// ---- projections

type Three<Value> = [Value, Value, Value];

/** Queries, keys and values by a weight each, to the width of the queries. */
function projectSeparately(inputs: Three<Tensor>, weights: Three<Tensor | null>, bias: Tensor | null): Three<Tensor> {
  const names = ['query', 'key', 'value'];
  weights.forEach((weight, i) => {
    assert(weight !== null, () => `use_separate_proj_weight is True but ${names[i]![0]}_proj_weight is None`);
  });
  const width = inputs[0].size(-1);
  const biases = bias === null ? [null, null, null] : bias.chunk(3);
  weights.forEach((weight, i) => {
    const expected = [width, inputs[i]!.size(-1)];
    assert(
      sameShape(weight!.shape, expected),
      () => `expecting ${names[i]} weights shape of ${tupleText(expected)}, but got ${sizeText(weight!.shape)}`,
    );
  });
  biases.forEach((part, i) => {
    assert(
      part === null || sameShape(part.shape, [width]),
      () => `expecting ${names[i]} bias shape of ${tupleText([width])}, but got ${sizeText(part!.shape)}`,
    );
  });
  return inputs.map((x, i) => linear(x, weights[i]!, biases[i]!)) as Three<Tensor>;
}

// ---- heads

interface Sizes {
  targets: number;
  batch: number;
  heads: number;
  headWidth: number;
}

/** Keys or values given for each head, (batch · heads, length, width), as projections are: (length, batch, heads · width). */
function joinedHeads(x: Tensor, name: string, { batch, heads, headWidth }: Sizes): Tensor {
  assert(x.size(0) === batch * heads, () => `expecting ${name}.size(0) of ${batch * heads}, but got ${x.size(0)}`);
  assert(x.size(2) === headWidth, () => `expecting ${name}.size(2) of ${headWidth}, but got ${x.size(2)}`);
  return x.transpose(0, 1).reshape([x.size(1), batch, heads * headWidth]);
}

function checkAttentionMask(mask: Tensor, sources: number, { targets, batch, heads }: Sizes): Tensor {
  const ndim = mask.dim();
  if (ndim !== 2 && ndim !== 3) throw new TorchError(`attn_mask's dimension ${ndim} is not supported`);
  const expected = ndim === 2 ? [targets, sources] : [batch * heads, targets, sources];
  if (!sameShape(mask.shape, expected)) {
    throw new TorchError(
      `The shape of the ${ndim}D attn_mask is ${sizeText(mask.shape)}, but should be ${tupleText(expected)}.`,
    );
  }
  return ndim === 2 ? mask.unsqueeze(0) : mask;
}

interface Masks {
  attention: Tensor | null;
  padding: Tensor | null;
}

/** Lets every query see one more key. */
function widened({ attention, padding }: Masks): Masks {
  return {
    attention: attention === null ? null : pad(attention, [0, 1]),
    padding: padding === null ? null : pad(padding, [0, 1]),
  };
}

/** One mask of both, (1 or batch · heads, 1 or targets, sources). */
function mergedMask({ attention, padding }: Masks, sources: number, { batch, heads }: Sizes): Tensor | null {
  if (padding === null) return attention;
  const { shape } = padding;
  assert(shape[0] === batch, () => `Expected key_padded_mask.shape[0] to be ${batch}, but got ${shape[0]}`);
  assert(shape[1] === sources, () => `Expected key_padded_mask.shape[1] to be ${sources}, but got ${shape[1]}`);
  const perHeadMask = padding
    .view([batch, 1, 1, sources])
    .expand([-1, heads, -1, -1])
    .reshape([batch * heads, 1, sources]);
  return attention === null ? perHeadMask : attention.add(perHeadMask);
}

type Forward = [output: Tensor, weights: Tensor | null];

/**
 * Multi-head attention over (length, batch, width) or (length, width): the output and, with `need_weights`, the weights
 * averaged over the heads or of each.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.MultiheadAttention.html
 */
export function multi_head_attention_forward(...args: signatures.MultiHeadAttentionForwardArgs): Forward {
  const [
    query,
    key,
    value,
    embed_dim_to_check,
    num_heads,
    in_proj_weight,
    in_proj_bias,
    bias_k,
    bias_v,
    add_zero_attn,
    dropout_p,
    out_proj_weight,
    out_proj_bias,
    training,
    key_padding_mask,
    need_weights,
    attn_mask,
    use_separate_proj_weight,
    q_proj_weight,
    k_proj_weight,
    v_proj_weight,
    static_k,
    static_v,
    average_attn_weights,
    is_causal,
  ] = signatures.multi_head_attention_forward.list(args);
  const batched = isBatched({ query, key, value, key_padding_mask, attn_mask }, num_heads);
  const inputs = batched ? ([query, key, value] as Three<Tensor>) : withBatch(query, key, value);
  const [targets, batch, width] = inputs[0].shape as [number, number, number];
  const sources = inputs[1].size(0);
  const sizes: Sizes = { targets, batch, heads: num_heads, headWidth: Math.floor(width / num_heads) };

  warnOfMixedMasks(key_padding_mask, attn_mask);
  const padding = batched || key_padding_mask === null ? key_padding_mask : key_padding_mask.unsqueeze(0);
  let masks: Masks = { padding: additiveMask(padding, 'key_padding_mask', query.dtype), attention: null };
  if (is_causal && attn_mask === null) {
    throw new TorchError(
      'Need attn_mask if specifying the is_causal hint. You may use the Transformer module method ' +
        '`generate_square_subsequent_mask` to create this mask.',
    );
  }
  // The hint replaces the mask where the kernel can make use of it.
  const causal = is_causal && masks.padding === null;
  if (!(causal && !need_weights)) masks.attention = additiveMask(attn_mask, 'attn_mask', query.dtype);

  checkWidths(inputs, width, embed_dim_to_check, sizes, use_separate_proj_weight);
  const [q, projectedK, projectedV] = use_separate_proj_weight
    ? projectSeparately(inputs, [q_proj_weight, k_proj_weight, v_proj_weight], in_proj_bias)
    : call(native.nn_project_packed, ...inputs, requirePacked(in_proj_weight), in_proj_bias);
  if (masks.attention !== null) masks.attention = checkAttentionMask(masks.attention, sources, sizes);

  let [k, v] = [projectedK, projectedV];
  if (bias_k !== null && bias_v !== null) {
    assert(static_k === null, () => 'bias cannot be added to static key.');
    assert(static_v === null, () => 'bias cannot be added to static value.');
    k = _torch.cat([k, bias_k.repeat([1, batch, 1])]);
    v = _torch.cat([v, bias_v.repeat([1, batch, 1])]);
    masks = widened(masks);
  } else {
    assert(bias_k === null, () => 'bias_k is set but bias_v is None');
    assert(bias_v === null, () => 'bias_v is set but bias_k is None');
  }

  if (static_k !== null) k = joinedHeads(static_k, 'static_k', sizes);
  if (static_v !== null) v = joinedHeads(static_v, 'static_v', sizes);
  if (add_zero_attn) {
    k = withZeroRow(k);
    v = withZeroRow(v);
    masks = widened(masks);
  }

  const mask = mergedMask(masks, k.size(0), sizes);
  const p = training ? dropout_p : 0;
  assert(!need_weights || !causal || mask !== null, () => 'FIXME: is_causal not implemented for need_weights');
  const how = [mask, num_heads, p, causal, need_weights, average_attn_weights, out_proj_weight, out_proj_bias] as const;
  const result = call(native.nn_attend, q, k, v, ...how);
  const [output, weights] = Array.isArray(result) ? result : [result, null];
  return batched ? [output, weights] : [output.squeeze(1), weights?.squeeze(0) ?? null];
}

function withBatch(query: Tensor, key: Tensor, value: Tensor): Three<Tensor> {
  return [query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1)];
}

function requirePacked(weight: Tensor | null): Tensor {
  assert(weight !== null, () => 'use_separate_proj_weight is False but in_proj_weight is None');
  return weight;
}

function checkWidths(
  [, key, value]: Three<Tensor>,
  width: number,
  expected: number,
  sizes: Sizes,
  separate: boolean,
): void {
  assert(width === expected, () => `was expecting embedding dimension of ${expected}, but got ${width}`);
  assert(sizes.headWidth * sizes.heads === width, () => `embed_dim ${width} not divisible by num_heads ${sizes.heads}`);
  const [k, v] = [key.shape, value.shape];
  if (separate) {
    assert(
      sameShape(k.slice(0, 2), v.slice(0, 2)),
      () => `key's sequence and batch dims ${sizeText(k.slice(0, 2))} do not match value's ${sizeText(v.slice(0, 2))}`,
    );
  } else {
    assert(sameShape(k, v), () => `key shape ${sizeText(k)} does not match value shape ${sizeText(v)}`);
  }
}

function withZeroRow(x: Tensor): Tensor {
  return _torch.cat([x, x.new_zeros([1, x.size(1), x.size(2)])]);
}
