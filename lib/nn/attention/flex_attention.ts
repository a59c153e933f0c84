/** Attention with scores and masks of one's own. https://docs.pytorch.org/docs/2.13/nn.attention.flex_attention.html */

import { REQUIRED, Signature } from '../../arguments/signature';
import { NotImplementedError, TorchError } from '../../base/errors';
import { tupleText } from '../../base/text';
import { type Device, type DeviceLike, dtypes, parseDevice } from '../../base/types';
import { vmap } from '../../functorch/vmap';
import { callOperator } from '../../operators/operator';
import { _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_attention_flex_attention';
import { BlockMask, countByBlock, denseToOrdered, type MaskMod } from './block_mask';

export { BlockMask, type MaskMod } from './block_mask';

/** A score's new value, from the score, its batch, head, query and key; all are tensors without dimensions. */
export type ScoreMod = (score: Tensor, b: Tensor, h: Tensor, q_idx: Tensor, kv_idx: Tensor) => Tensor;

/** Which numbers to return beside the output. */
export interface AuxRequest {
  lse?: boolean;
  max_scores?: boolean;
}

/** What an `AuxRequest` asked for, (B, H, queries) each. */
export interface AuxOutput {
  lse: Tensor | null;
  max_scores: Tensor | null;
}

const BLOCK = 128;

/** Sees everything. */
export const noop_mask = (...[b]: Parameters<MaskMod>): Tensor => b.new_ones([], { dtype: dtypes.bool });

/** Sees what any of the masks sees. */
export function or_masks(...mask_mods: MaskMod[]): MaskMod {
  return combined(mask_mods, (a, b) => a.logical_or(b), false);
}

/** Sees what all of the masks see. */
export function and_masks(...mask_mods: MaskMod[]): MaskMod {
  return combined(mask_mods, (a, b) => a.logical_and(b), true);
}

function combined(mask_mods: MaskMod[], combine: (a: Tensor, b: Tensor) => Tensor, start: boolean): MaskMod {
  if (!mask_mods.every((mod) => typeof mod === 'function')) {
    throw new TorchError(`All inputs should be callable mask_mods: ${tupleText(mask_mods.map(String))}`);
  }
  return (b, h, q, kv) => {
    const first = b.new_full([], start, { dtype: dtypes.bool });
    return mask_mods.reduce((result, mod) => combine(result, mod(b, h, q, kv)), first);
  };
}

/** Maps a function of one score or place over all of (B, H, queries, keys). */
function overPlaces<Fn extends (...args: Tensor[]) => Tensor>(fn: Fn, prefix: 0[]): Fn {
  const dims = [
    [null, null, null, 0],
    [null, null, 0, null],
    [null, 0, null, null],
    [0, null, null, null],
  ];
  return dims.reduce((mapped, each) => vmap(mapped, { in_dims: [...prefix, ...each] }), fn);
}

type Places = [b: Tensor, h: Tensor, q: Tensor, kv: Tensor];

function places(sizes: readonly number[], device: Device): Places {
  return sizes.map((size) => _torch.arange(size, { device })) as Places;
}

/** A function with five parameters changes scores, one with fewer is a mask. */
function isScoreMod(fn: ScoreMod | MaskMod): boolean {
  return fn.length === 5;
}

/** The mask (B, H, Q_LEN, KV_LEN) of a function: where it is true, or where its scores are not −∞. */
export function create_mask(...args: signatures.CreateMaskArgs): Tensor {
  const [mod_fn, B, H, Q_LEN, KV_LEN, device] = signatures.create_mask.list(args);
  const place = parseDevice(device ?? 'cpu');
  const sizes = [B ?? 1, H ?? 1, Q_LEN, KV_LEN];
  if (!isScoreMod(mod_fn)) return overPlaces(mod_fn as MaskMod, [])(...places(sizes, place));
  const zeros = _torch.zeros(sizes, { device: place });
  return overPlaces(mod_fn as ScoreMod, [0])(zeros, ...places(sizes, place))
    .isneginf()
    .logical_not();
}

interface BlockMaskOptions {
  device?: DeviceLike | null;
  /** Rows and columns of a block. */
  BLOCK_SIZE?: number | readonly [number, number];
  /** Keeps blocks that are whole apart: they need no mask. */
  separate_full_blocks?: boolean;
}

interface BlockMaskRest extends BlockMaskOptions {
  /** The batch; 1 when null. */
  B: number | null;
  /** The heads; 1 when null. */
  H: number | null;
  Q_LEN: number;
  KV_LEN: number;
}

interface BlockMaskArguments extends BlockMaskRest {
  mask_mod: MaskMod;
}

// By hand: PyTorch's has parameters for compiled kernels too.
const ofBlockMask = new Signature<BlockMaskArguments>('create_block_mask', {
  mask_mod: REQUIRED,
  B: REQUIRED,
  H: REQUIRED,
  Q_LEN: REQUIRED,
  KV_LEN: REQUIRED,
  device: null,
  BLOCK_SIZE: BLOCK,
  separate_full_blocks: true,
});

type BlockMaskArgs =
  | [
      mask_mod: MaskMod,
      B: number | null,
      H: number | null,
      Q_LEN: number,
      KV_LEN: number,
      device?: DeviceLike | null | BlockMaskOptions,
      BLOCK_SIZE?: number | readonly [number, number] | BlockMaskOptions,
      separate_full_blocks?: boolean | BlockMaskOptions,
    ]
  | [mask_mod: MaskMod, named: BlockMaskRest]
  | [args: BlockMaskArguments];

/**
 * A mask that knows which blocks it hides, or shows whole.
 * https://docs.pytorch.org/docs/2.13/nn.attention.flex_attention.html#torch.nn.attention.flex_attention.create_block_mask
 */
export function create_block_mask(...args: BlockMaskArgs): BlockMask {
  const { mask_mod, B, H, Q_LEN, KV_LEN, device, BLOCK_SIZE, separate_full_blocks } = ofBlockMask.read(args);
  const size = typeof BLOCK_SIZE === 'number' ? ([BLOCK_SIZE, BLOCK_SIZE] as const) : BLOCK_SIZE;
  const seen = countByBlock(create_mask(mask_mod, B, H, Q_LEN, KV_LEN, device), size);
  const full = seen.eq(size[0] * size[1]);
  const partial = separate_full_blocks ? seen.gt(0).logical_and(full.logical_not()) : seen.gt(0);
  return new BlockMask({
    kv: denseToOrdered(partial),
    full_kv: separate_full_blocks ? denseToOrdered(full) : null,
    BLOCK_SIZE: size,
    mask_mod,
    seq_lengths: [Q_LEN, KV_LEN],
  });
}

function checkHeads(query: Tensor, key: Tensor, enable_gqa: boolean): void {
  const [hq, hkv] = [query.size(1), key.size(1)];
  if (!enable_gqa && hq !== hkv) {
    throw new RangeError(
      `Expect query and key/value to have the same number of heads but got Hq=${hq} and Hkv=${hkv}. Try setting enable_gqa=True for GQA.`,
    );
  }
  if (hq % hkv !== 0) {
    throw new RangeError(
      `Expect number of query heads to be a multiple of kv heads for GQA but got Hq=${hq} and Hkv=${hkv}.`,
    );
  }
}

function checkBlocks(mask: BlockMask, query: Tensor, key: Tensor): void {
  const [rows, columns] = mask.seq_lengths;
  const [q, kv] = [query.size(2), key.size(2)];
  if (q === rows && kv === columns) return;
  const other = q > rows || kv > columns ? 'smaller' : 'larger';
  throw new RangeError(
    `block_mask was created for block_mask.shape=${tupleText(mask.shape)} but got q_len=${q} and kv_len=${kv}. As the block mask was created for a ${other} length than you're using it for, you likely need to create a new block mask.`,
  );
}

/** Keys or values for every query's batch and head. */
function spread(x: Tensor, query: Tensor): Tensor {
  const heads = x.repeat_interleave(query.size(1) / x.size(1), { dim: 1 });
  return heads.expand([query.size(0), ...heads.shape.slice(1)]);
}

/** The output, with what `return_aux` or `return_lse` asks for. */
type FlexResult<Lse extends boolean, Aux extends AuxRequest | null> = [Aux] extends [AuxRequest]
  ? [output: Tensor, aux: AuxOutput]
  : Lse extends true
    ? [output: Tensor, lse: Tensor]
    : Tensor;

/**
 * softmax(score_mod(QKᵀ · scale)) V, seeing what `block_mask` lets: (B, H, L, E), (B, H, S, E) and (B, H, S, Ev) →
 * (B, H, L, Ev). PyTorch compiles a kernel for each pair of functions; here the whole score matrix is made, as by its
 * eager implementation, and gradients work on every device. `kernel_options` are for those kernels.
 * https://docs.pytorch.org/docs/2.13/nn.attention.flex_attention.html#torch.nn.attention.flex_attention.flex_attention
 */
export function flex_attention<Lse extends boolean = false, Aux extends AuxRequest | null = null>(
  ...args: signatures.FlexAttentionArgs<Lse, Aux>
): FlexResult<Lse, Aux>;
export function flex_attention(...args: signatures.FlexAttentionArgs<boolean, AuxRequest | null>): unknown {
  const [query, key, value, score_mod, block_mask, scale, enable_gqa, return_lse, , return_aux] =
    signatures.flex_attention.list(args);
  if (query.size(-1) !== key.size(-1)) {
    throw new RangeError(
      `Expect query and key/value to have the same embedding dimension but got E=${query.size(-1)} and E=${key.size(-1)}.`,
    );
  }
  if ([query, key, value].some((x) => x.dim() !== 4)) {
    throw new NotImplementedError('NYI: query, key, and value must be 4D tensors');
  }
  checkHeads(query, key, enable_gqa);
  if (block_mask !== null) checkBlocks(block_mask, query, key);
  if (return_lse && return_aux !== null) {
    throw new RangeError(
      'Cannot specify both return_lse and return_aux. return_lse is deprecated, please use return_aux=AuxRequest(lse=True) instead.',
    );
  }
  const precision = query.dtype === dtypes.float64 ? dtypes.float64 : dtypes.float32;
  const plain = query.to(precision).matmul(spread(key, query).to(precision).transpose(-2, -1));
  const scores = modified(plain.mul(scale ?? 1 / Math.sqrt(query.size(-1))), score_mod, block_mask);
  const output = safeSoftmax(scores).to(query.dtype).matmul(spread(value, query).to(query.dtype));
  if (return_lse) return [output, scores.logsumexp(-1)];
  if (return_aux === null) return output;
  const { lse = false, max_scores = false } = return_aux;
  return [output, { lse: lse ? scores.logsumexp(-1) : null, max_scores: max_scores ? scores.amax(-1) : null }];
}

function modified(scores: Tensor, score_mod: ScoreMod | null, block_mask: BlockMask | null): Tensor {
  const all = places(scores.shape, scores.device);
  const changed = score_mod === null ? scores : overPlaces(score_mod, [0])(scores, ...all);
  if (block_mask === null) return changed;
  return changed.masked_fill(overPlaces(block_mask.mask_mod, [])(...all).logical_not(), Number.NEGATIVE_INFINITY);
}

/** Zeros for a query that sees nothing. */
function safeSoftmax(scores: Tensor): Tensor {
  return callOperator('_safe_softmax', scores, -1, null);
}
