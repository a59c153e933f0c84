/** Which blocks of a score matrix take part in attention. */
import { inspect } from 'node:util';
import { TorchError } from '../../base/errors';
import { tupleText } from '../../base/text';
import { type DeviceLike, dtypes } from '../../base/types';
import { _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import * as F from '../functional';

/** Whether query `q_idx` of head `h` of batch `b` sees key `kv_idx`; all are tensors without dimensions. */
export type MaskMod = (b: Tensor, h: Tensor, q_idx: Tensor, kv_idx: Tensor) => Tensor;

/** Rows of block numbers: how many of each row count, and the numbers, those that count first. */
export interface Ordered {
  num_blocks: Tensor;
  indices: Tensor;
}

/** 0 and 1 a block → the numbers of the ones first. */
export function denseToOrdered(dense: Tensor): Ordered {
  const counted = dense.to(dtypes.int32);
  const indices = counted.argsort({ dim: -1, descending: true, stable: true });
  return { num_blocks: counted.sum(-1).to(dtypes.int32), indices: indices.to(dtypes.int32).contiguous() };
}

/** The other way: (…, rows, columns) of 0 and 1. */
export function orderedToDense({ num_blocks, indices }: Ordered): Tensor {
  const columns = indices.size(-1);
  const counts = _torch.arange(columns, { device: indices.device }).lt(num_blocks.unsqueeze(-1));
  const dense = indices.new_zeros([...indices.shape.slice(0, -1), columns]);
  return dense.scatter_add_(-1, indices.to(dtypes.int64), counts.to(dtypes.int32));
}

/** How many elements of each block are true: (B, H, Q, KV) → (B, H, Q / rows, KV / columns). */
export function countByBlock(mask: Tensor, [rows, columns]: readonly [number, number]): Tensor {
  const [q, kv] = mask.shape.slice(-2) as [number, number];
  const padded = F.pad(mask, [0, (columns - (kv % columns)) % columns, 0, (rows - (q % rows)) % rows]);
  const [b, h, height, width] = padded.shape as [number, number, number, number];
  return padded.view([b, h, height / rows, rows, width / columns, columns]).sum([3, 5]);
}

interface BlockMaskParts {
  kv: Ordered;
  full_kv: Ordered | null;
  BLOCK_SIZE: readonly [number, number];
  mask_mod: MaskMod;
  seq_lengths: readonly [number, number];
}

/**
 * The blocks of a score matrix that attention must compute, in the layout of PyTorch's kernels: those that are masked in
 * part (`kv_…`) and those that are whole (`full_kv_…`), by rows of queries.
 * https://docs.pytorch.org/docs/2.13/nn.attention.flex_attention.html
 */
export class BlockMask {
  readonly seq_lengths: readonly [number, number];
  readonly BLOCK_SIZE: readonly [number, number];
  readonly mask_mod: MaskMod;
  readonly kv_num_blocks: Tensor;
  readonly kv_indices: Tensor;
  readonly full_kv_num_blocks: Tensor | null;
  readonly full_kv_indices: Tensor | null;

  constructor(private readonly parts: BlockMaskParts) {
    this.seq_lengths = parts.seq_lengths;
    this.BLOCK_SIZE = parts.BLOCK_SIZE;
    this.mask_mod = parts.mask_mod;
    this.kv_num_blocks = parts.kv.num_blocks;
    this.kv_indices = parts.kv.indices;
    this.full_kv_num_blocks = parts.full_kv?.num_blocks ?? null;
    this.full_kv_indices = parts.full_kv?.indices ?? null;
  }

  /** (B, H, queries, keys). */
  get shape(): number[] {
    return [...this.kv_indices.shape.slice(0, -2), ...this.seq_lengths];
  }

  /** How many elements the mask of all elements would have. */
  numel(): number {
    return this.shape.reduce((product, size) => product * size, 1);
  }

  /** The percentage that is not computed. */
  sparsity(): number {
    const blocks = Number(this.kv_num_blocks.sum().item()) + Number(this.full_kv_num_blocks?.sum().item() ?? 0);
    return 100 * (1 - (blocks * this.BLOCK_SIZE[0] * this.BLOCK_SIZE[1]) / this.numel());
  }

  /** 1 for each block that is computed. */
  to_dense(): Tensor {
    const { kv, full_kv } = this.parts;
    const partial = orderedToDense(kv);
    return full_kv === null ? partial : partial.bitwise_or(orderedToDense(full_kv));
  }

  /** The mask of one batch or head, `mask.index(0)`, `mask.index(0, '1:')`; dimensions stay. For looking only. */
  index(...indices: (number | string)[]): BlockMask {
    const keep = indices.map((i) => (typeof i === 'number' ? (i === -1 ? '-1:' : `${i}:${i + 1}`) : i));
    const of = ({ num_blocks, indices: numbers }: Ordered): Ordered => ({
      num_blocks: num_blocks.index(...keep),
      indices: numbers.index(...keep),
    });
    const { kv, full_kv } = this.parts;
    const mask_mod = () => {
      throw new TorchError('Cannot use mask_mod from a sliced BlockMask');
    };
    return new BlockMask({ ...this.parts, kv: of(kv), full_kv: full_kv === null ? null : of(full_kv), mask_mod });
  }

  /** The mask with its tensors on another device. */
  to(device: DeviceLike): BlockMask {
    const move = ({ num_blocks, indices }: Ordered): Ordered => ({
      num_blocks: num_blocks.to(device),
      indices: indices.to(device),
    });
    const { kv, full_kv } = this.parts;
    return new BlockMask({ ...this.parts, kv: move(kv), full_kv: full_kv === null ? null : move(full_kv) });
  }

  /** A picture of the blocks: at most `grid_size` rows and columns, of the first `limit` heads. */
  to_string(grid_size: number | readonly [number, number] = [20, 20], limit = 4): string {
    const dense = this.to_dense();
    const [rows, columns] = dense.shape.slice(-2) as [number, number];
    const [height, width] =
      grid_size === -1 ? [rows, columns] : typeof grid_size === 'number' ? [grid_size, grid_size] : grid_size;
    const heads = dense.reshape([-1, rows, columns]).to(dtypes.float32);
    const positions = positionsIn(dense.shape.slice(0, -2));
    const pictures = positions.slice(0, limit).map((position, i) => {
      const picture = draw(heads.index(i), Math.ceil(rows / height), Math.ceil(columns / width));
      return `${tupleText(position)}\n${picture}`;
    });
    if (positions.length > limit) {
      pictures.push(
        '...',
        'To print out more, set BlockMask.to_string(limit=N)',
        'You can also index (BlockMask[batch, head]) to choose a specific batch or head',
      );
    }
    return pictures.join('\n');
  }

  toString(): string {
    const head = `BlockMask(shape=${tupleText(this.shape)}, sparsity=${this.sparsity().toFixed(2)}%, \n`;
    return `${head}${this.to_string().trim()}\n)`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

function positionsIn(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (positions, size) => positions.flatMap((position) => Array.from({ length: size }, (_, i) => [...position, i])),
    [[]],
  );
}

function draw(blocks: Tensor, rowStep: number, columnStep: number): string {
  const [rows, columns] = blocks.shape as [number, number];
  let picture = '';
  for (let r = 0; r < rows; r += rowStep) {
    for (let c = 0; c < columns; c += columnStep) {
      const share = blocks
        .index(`${r}:${r + rowStep}`, `${c}:${c + columnStep}`)
        .mean()
        .item();
      picture += share === 1 ? '██' : share === 0 ? '  ' : '░░';
    }
    picture += '\n';
  }
  return picture;
}
