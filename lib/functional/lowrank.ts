/** Factorizations of matrices of low rank, by random projection. */

import { type DType, dtypes, layouts } from '../base/types';
import { callOperator } from '../operators/operator';
import * as sparse from '../sparse';
import { sparse_coo_tensor } from '../sparse/creation';
import { _linalg, _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import * as signatures from './generated/torch';

function isSparse(x: Tensor): boolean {
  return x.layout === layouts.sparse_coo;
}

/** The product of a matrix, which may be sparse, or null for the identity, and another. */
export function product(A: Tensor | null, B: Tensor): Tensor {
  if (A === null) return B;
  return isSparse(A) ? sparse.mm(A, B) : A.matmul(B);
}

/** The matrix's dtype when it is a floating one that has kernels. */
export function floatingDType({ dtype }: Tensor): DType {
  return dtype === dtypes.float16 || dtype === dtypes.float64 ? dtype : dtypes.float32;
}

function orthonormal(x: Tensor): Tensor {
  return _linalg.qr(x)[0];
}

/** An orthonormal basis (m, q) of nearly the range of A − M. */
function approximateBasis(A: Tensor, q: number, niter: number, M: Tensor | null): Tensor {
  const dtype = A.is_complex() ? A.dtype : floatingDType(A);
  const apply = (matrix: Tensor, shift: Tensor | null, x: Tensor): Tensor => {
    const image = product(matrix, x);
    return shift === null ? image : image.sub(product(shift, x));
  };
  const start = _torch.randn([A.shape.at(-1)!, q], { dtype, device: A.device });
  let Q = orthonormal(apply(A, M, start));
  for (let i = 0; i < niter; i++) {
    Q = orthonormal(apply(A.mH, M?.mH ?? null, Q));
    Q = orthonormal(apply(A, M, Q));
  }
  return Q;
}

function decompose(given: Tensor, q: number, niter: number, givenM: Tensor | null): [U: Tensor, S: Tensor, V: Tensor] {
  const [m, n] = given.shape.slice(-2) as [number, number];
  const shift = givenM?.broadcast_to(given.shape) ?? null;
  const wide = m < n;
  const A = wide ? given.mH : given;
  const M = wide ? (shift?.mH ?? null) : shift;
  const Q = approximateBasis(A, q, niter, M);
  const projected = product(Q.mH, A);
  const B = M === null ? projected : projected.sub(product(Q.mH, M));
  const [inner, S, Vh] = _linalg.svd(B, false);
  const U = Q.matmul(inner);
  return wide ? [Vh.mH, S, U] : [U, S, Vh.mH];
}

/**
 * The q largest singular values of A (*, m, n), or of A − M, with their vectors: A ≈ U diag(S) Vᴴ.
 * https://docs.pytorch.org/docs/2.13/generated/torch.svd_lowrank.html
 */
export function svd_lowrank(...args: signatures.SvdLowrankArgs): [U: Tensor, S: Tensor, V: Tensor] {
  const [A, q, niter, M] = signatures.svd_lowrank.list(args);
  return decompose(A, q ?? 6, niter ?? 2, M);
}

/** The column means of a sparse matrix, as a matrix to take off. */
function sparseMeans(A: Tensor, dtype: DType): Tensor {
  const [m, n] = A.shape as [number, number];
  const means = sparse.sum(A, [-2]).div(m);
  const columns = callOperator<Tensor>('indices', means).select(0, 0);
  const places = _torch.stack([columns, _torch.zeros_like(columns)]);
  const column = sparse_coo_tensor(places, callOperator<Tensor>('values', means), [n, 1], { dtype, device: A.device });
  return sparse.mm(column, _torch.ones([1, m], { dtype, device: A.device })).mT;
}

/**
 * Principal components of the rows of A (*, m, n), centered first unless told otherwise.
 * https://docs.pytorch.org/docs/2.13/generated/torch.pca_lowrank.html
 */
export function pca_lowrank(...args: signatures.PcaLowrankArgs): [U: Tensor, S: Tensor, V: Tensor] {
  const [A, q, center, niter] = signatures.pca_lowrank.list(args);
  const [m, n] = A.shape.slice(-2) as [number, number];
  const least = Math.min(m, n);
  if (q !== null && !(q >= 0 && q <= least)) {
    throw new RangeError(`q(=${q}) must be non-negative integer and not greater than min(m, n)=${least}`);
  }
  if (!(niter >= 0)) throw new RangeError(`niter(=${niter}) must be non-negative integer`);
  const rank = q ?? Math.min(6, m, n);
  if (!center) return decompose(A, rank, niter, null);
  if (!isSparse(A)) return decompose(A.sub(A.mean([-2], true)), rank, niter, null);
  if (A.dim() !== 2) throw new RangeError('pca_lowrank input is expected to be 2-dimensional tensor');
  return decompose(A, rank, niter, sparseMeans(A, floatingDType(A)));
}
