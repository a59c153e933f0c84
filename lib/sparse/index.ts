/** torch.sparse. https://docs.pytorch.org/docs/2.13/sparse.html */

import type { SparseFunctions } from '../generated/functions';
import { _sparse, _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import * as signatures from './generated/sparse';

export { as_sparse_gradcheck } from './gradcheck';
export { check_sparse_tensor_invariants } from './invariants';

/** The product of two sparse matrices, or of a sparse and a dense one. https://docs.pytorch.org/docs/2.13/generated/torch.sparse.mm.html */
export const mm: SparseFunctions['mm'] = _sparse.mm;

/** beta · mat + alpha · (mat1 @ mat2), mat1 sparse. https://docs.pytorch.org/docs/2.13/generated/torch.sparse.addmm.html */
export const addmm: SparseFunctions['addmm'] = _sparse.addmm;

/** beta · input + alpha · (mat1 @ mat2), only where the sparse input has values. https://docs.pytorch.org/docs/2.13/generated/torch.sparse.sampled_addmm.html */
export const sampled_addmm: SparseFunctions['sampled_addmm'] = _sparse.sampled_addmm;

/** Softmax over the values that are stored. https://docs.pytorch.org/docs/2.13/generated/torch.sparse.softmax.html */
export const softmax: SparseFunctions['softmax'] = _sparse.softmax;

/**
 * The logarithm of the softmax over a dimension of a sparse tensor, of the elements that are stored.
 * https://docs.pytorch.org/docs/2.13/generated/torch.sparse.log_softmax.html
 */
export const log_softmax: SparseFunctions['log_softmax'] = _sparse.log_softmax;

/** A sparse matrix from its diagonals. https://docs.pytorch.org/docs/2.13/generated/torch.sparse.spdiags.html */
export const spdiags: SparseFunctions['spdiags'] = _sparse.spdiags;

/** Solves a sparse system of equations. https://docs.pytorch.org/docs/2.13/generated/torch.sparse.spsolve.html */
export const spsolve: SparseFunctions['spsolve'] = _sparse.spsolve;

/**
 * The sum of all values, or along dimensions, which leaves a sparse tensor.
 * https://docs.pytorch.org/docs/2.13/generated/torch.sparse.sum.html
 */
export function sum(...args: signatures.SumArgs): Tensor {
  const [input, dim, dtype] = signatures.sum.list(args);
  if (dim === null) return dtype === null ? _torch._sparse_sum(input) : _torch._sparse_sum(input, { dtype });
  return dtype === null ? _torch._sparse_sum(input, dim) : _torch._sparse_sum(input, dim, { dtype });
}
