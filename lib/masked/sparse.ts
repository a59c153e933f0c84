/** Reductions of sparse tensors under a mask: only elements that are stored count. */
import { AssertionError, NotImplementedError } from '../base/errors';
import { type DType, dtypes, layouts } from '../base/types';
import { callOperator } from '../operators/operator';
import { sparse_coo_tensor, sparse_csr_tensor } from '../sparse/creation';
import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';

export type SparseReduction = 'sum' | 'prod' | 'amax' | 'amin';

export function isSparse(x: Tensor): boolean {
  return x.layout === layouts.sparse_coo || x.layout === layouts.sparse_csr;
}

/** The mask as booleans, in the input's shape and layout. */
function maskLike(input: Tensor, mask: Tensor): Tensor {
  if (mask.dim() > input.dim()) {
    throw new RangeError('_input_mask expected broadcastable mask (got mask dimensionality higher than of the input)');
  }
  const dense = mask.layout === layouts.strided ? mask : mask.to_dense();
  const sparse = dense.broadcast_to(input.shape).to(dtypes.bool).to_sparse(input.sparse_dim());
  return sparse.coalesce();
}

/**
 * The elements that the mask lets through, stored each, with 0 for those that the input does not store; where only parts
 * of a dense element are let through, `fill` stands for the others.
 */
function where(input: Tensor, mask: Tensor, fill: number | bigint): Tensor {
  const [indices, values] = [mask.indices(), mask.values()];
  const let_through = values.dim() > 1 ? values.flatten(1).any(1) : values;
  const kept = let_through.nonzero().squeeze(1);
  const places = indices.index_select(1, kept);
  const ones = _torch.ones([kept.numel(), ...values.shape.slice(1)], { dtype: input.dtype, device: input.device });
  const pattern = sparse_coo_tensor(places, ones, input.shape, { is_coalesced: true });
  const found = input.coalesce().sparse_mask(pattern).coalesce();
  if (values.dim() === 1) return found;
  const parts = values.index_select(0, kept);
  const filled = found.values().masked_fill(parts.logical_not(), Number(fill));
  return sparse_coo_tensor(found.indices(), filled, input.shape, { is_coalesced: true });
}

function reduceAll(name: SparseReduction, values: Tensor, fill: number | bigint): Tensor {
  if (name === 'prod') return values.prod(0);
  if (name === 'sum') return values.sum(0);
  return values.size(0) === 0 ? _torch.scalar_tensor(Number(fill), { dtype: values.dtype }) : values[name](0);
}

/** What is stored at each of the places that are left, reduced. */
function reduceCoo(
  name: SparseReduction,
  x: Tensor,
  dims: readonly number[],
  keepdim: boolean,
  dtype: DType,
  fill: number | bigint,
): Tensor {
  const sparse = x.sparse_dim();
  const shape = keepdim
    ? x.shape.map((size, d) => (dims.includes(d) ? 1 : size))
    : x.shape.filter((_, d) => !dims.includes(d));
  const inDense = dims.filter((d) => d >= sparse).map((d) => d + 1 - sparse);
  if (inDense.length > 0 && name !== 'sum') {
    throw new NotImplementedError(`masked ${name} of the dense dimensions of a sparse tensor`);
  }
  const stored = x._values().to(dtype);
  const values = inDense.length > 0 ? stored.sum(inDense, keepdim) : stored;
  const reduced = dims.filter((d) => d < sparse);
  if (reduced.length === sparse) {
    let result = reduceAll(name, values, fill);
    if (keepdim) for (let d = 0; d < sparse; d++) result = result.unsqueeze(0);
    return result.to(dtype).to_sparse();
  }
  const rows = Array.from({ length: sparse }, (_, d) => x._indices().select(0, d));
  const left = rows.flatMap((row, d) => (reduced.includes(d) ? (keepdim ? [row.mul(0)] : []) : [row]));
  const [places, group] = _torch.unique_dim(_torch.stack(left), 1, true, true);
  const width = values.shape.slice(1);
  const index = group.reshape([-1, ...width.map(() => 1)]).expand(values.shape);
  const narrow = dtype === dtypes.bfloat16 || dtype === dtypes.float16;
  const wide = narrow ? values.to(dtypes.float32) : values;
  const out = wide.new_empty([places.size(1), ...width]);
  const sums = out.scatter_reduce_(0, index, wide, name, { include_self: false });
  return sparse_coo_tensor(places, sums.to(dtype), shape, { dtype });
}

/** Reductions of CSR that no operator does. */
export type CsrReduction = 'amax' | 'amin' | 'mean';

/** The same for CSR, whose dimensions stay. */
function reduceCsr(name: CsrReduction, x: Tensor, dims: readonly number[], keepdim: boolean, dtype: DType): Tensor {
  if (!keepdim) throw new AssertionError('reduction operations on CSR tensors with keepdim=False is unsupported');
  if (dims.length === 0) return x;
  const values = x.values().to(dtype);
  const columns = x.col_indices();
  if (dims.length === 2) {
    const count = Math.min(1, values.numel());
    const whole = () => (name === 'mean' ? values.mean([0], true) : values[name](0, true));
    const result = count === 1 ? whole() : values;
    return sparse_csr_tensor([0n, BigInt(count)], columns.new_zeros(count), result, [1, count], { dtype });
  }
  if (dims[0] === 0) {
    const [places, group] = _torch._unique2(columns, true, true);
    const result = values.new_empty(places.shape).scatter_reduce_(0, group, values, name, { include_self: false });
    return sparse_csr_tensor([0n, BigInt(places.numel())], places, result, [1, x.size(1)], { dtype });
  }
  const ends = x.crow_indices();
  const filled = ends.diff().ne(0); // PyTorch keeps a value for empty rows too, and reads past its columns
  const rows = _torch.cat([ends.new_zeros(1), filled.cumsum(0)]);
  const kinds = { amax: 'max', amin: 'min', mean: 'mean' } as const;
  const reduced = _torch.segment_reduce(values, kinds[name], { offsets: ends });
  const result = reduced.index_select(0, filled.nonzero().squeeze(1));
  return sparse_csr_tensor(rows, columns.new_zeros(result.numel()), result, [x.size(0), 1], { dtype });
}

/** A CSR tensor's elements that the mask lets through, all without one. */
function maskedCsr(input: Tensor, mask: Tensor | null, fill: number | bigint): Tensor {
  if (mask === null) return input;
  const coo = input.to_sparse_coo();
  return where(coo, maskLike(coo, mask), fill).to_sparse_csr();
}

/** The mean of those elements of a CSR tensor that are stored and that the mask lets through. */
export function meanOfCsr(
  input: Tensor,
  mask: Tensor | null,
  dims: readonly number[],
  keepdim: boolean,
  dtype: DType,
): Tensor {
  if (mask === null) throw new RangeError('masked mean expects explicit mask for sparse_csr tensor input');
  return reduceCsr('mean', maskedCsr(input, mask, 0), dims, keepdim, dtype);
}

/**
 * Reduces a sparse tensor under a mask, which only `sum` can do without.
 * @throws RangeError without a mask: elements that are not stored would count
 */
export function reduceSparse(
  name: SparseReduction,
  input: Tensor,
  mask: Tensor | null,
  dims: readonly number[],
  keepdim: boolean,
  dtype: DType,
  fill: number | bigint,
): Tensor {
  const csr = input.layout === layouts.sparse_csr;
  if (mask === null && name !== 'sum') {
    throw new RangeError(`masked ${name} expects explicit mask for ${input.layout.name} tensor input`);
  }
  if (!csr) {
    return reduceCoo(
      name,
      mask === null ? input : where(input, maskLike(input, mask), fill),
      dims,
      keepdim,
      dtype,
      fill,
    );
  }
  const kept = maskedCsr(input, mask, fill);
  if (name === 'amax' || name === 'amin') return reduceCsr(name, kept, dims, keepdim, dtype);
  const values = kept.dtype === dtype ? kept : kept.to_sparse_coo().to(dtype).to_sparse_csr();
  return callOperator(
    name === 'sum' ? '_sparse_csr_sum.dim_dtype' : '_sparse_csr_prod.dim_dtype',
    values,
    dims,
    keepdim,
    dtype,
  );
}
