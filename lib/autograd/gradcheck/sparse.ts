/** Sparse inputs: their elements that are stored, and the same tensors with all of them stored. */
import { isTensor } from '../../arguments/checks';
import { dtypes, layouts } from '../../base/types';
import { callOperator } from '../../operators/operator';
import type { Tensor } from '../../tensor/tensor';

const sparse = new Set([
  layouts.sparse_coo,
  layouts.sparse_csr,
  layouts.sparse_csc,
  layouts.sparse_bsr,
  layouts.sparse_bsc,
]);

export function isSparse(x: unknown): x is Tensor {
  return isTensor(x) && sparse.has(x.layout);
}

export function dense(x: Tensor): Tensor {
  return isSparse(x) ? x.to_dense() : x;
}

/** What is stored of a sparse tensor, of a coalesced one its memory; any other tensor itself. */
export function contentOf(x: Tensor): Tensor {
  if (!isSparse(x)) return x;
  return x.layout === layouts.sparse_coo ? x._values() : x.values();
}

/** The tensor with every element stored, zeros as well. */
export function filled(x: Tensor): Tensor {
  const block = x.layout === layouts.sparse_bsr || x.layout === layouts.sparse_bsc;
  const batch = x.dim() - x.dense_dim() - x.sparse_dim();
  const blocksize = block ? x.values().shape.slice(batch + 1, batch + 3) : null;
  const everywhere = callOperator<Tensor>('ones', x.shape, dtypes.bool, null, x.device);
  return x.to_dense().sparse_mask(everywhere.to_sparse({ layout: x.layout, blocksize, dense_dim: x.dense_dim() }));
}

/** A copy whose elements differences may move: those that are stored (`masked`), or all. */
export function movable(x: Tensor, masked: boolean): Tensor {
  const own = x.detach();
  if (!masked) return filled(own);
  return (own.layout === layouts.sparse_coo ? own.coalesce() : own).clone();
}

/** For each stored value in order the place it has among the elements of the dense tensor. */
export function placesOf(x: Tensor): number[] {
  const numbered = movable(x, true);
  const values = contentOf(numbered);
  values.copy_(callOperator<Tensor>('arange.start', 1, values.numel() + 1).view(values.shape));
  const places = new Array<number>(values.numel());
  const numbers = numbered.to_dense().reshape(-1).to(dtypes.int64).tolist() as number[];
  numbers.forEach((number, place) => {
    if (number > 0) places[number - 1] = place;
  });
  return places;
}
