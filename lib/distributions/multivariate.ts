/** Linear algebra of the multivariate normals. */
import { _linalg, _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';

/** Matrices times vectors: (…, n, m) and (…, m) → (…, n). */
export function batchMv(matrix: Tensor, vector: Tensor): Tensor {
  return matrix.matmul(vector.unsqueeze(-1)).squeeze(-1);
}

/** The sum of the logarithms of the diagonals. */
export function logDiagonal(matrix: Tensor): Tensor {
  return matrix.diagonal({ dim1: -2, dim2: -1 }).log().sum(-1);
}

/**
 * xᵀ(LLᵀ)⁻¹x for Cholesky factors L (…, n, n) and vectors x (…, n). Vectors that share a factor are solved for
 * together, so that no factor is copied.
 */
export function mahalanobis(factor: Tensor, vector: Tensor): Tensor {
  const n = vector.size(-1);
  const batch = vector.shape.slice(0, -1);
  const factorBatch = factor.shape.slice(0, -2);
  const outer = batch.length - factorBatch.length;
  // Every batch dimension i of the factors splits into (copies_i, size_i) in the vectors.
  const split = factorBatch.flatMap((size, i) => [Math.floor(batch[outer + i]! / size), size]);
  const copies = factorBatch.map((_, i) => outer + 2 * i);
  const sizes = factorBatch.map((_, i) => outer + 2 * i + 1);
  const first = Array.from({ length: outer }, (_, i) => i);
  const last = outer + split.length;
  const grouped = vector
    .reshape([...batch.slice(0, outer), ...split, n])
    .permute([...first, ...copies, ...sizes, last]);
  const factors = factor.reshape(-1, n, n);
  const columns = grouped.reshape(-1, factors.size(0), n).permute(1, 2, 0);
  const solved = _linalg.solve_triangular(factors, columns, { upper: false }).pow(2).sum(-2).t();
  const back = factorBatch.flatMap((_, i) => [outer + i, outer + factorBatch.length + i]);
  return solved
    .reshape(grouped.shape.slice(0, -1))
    .permute([...first, ...back])
    .reshape(batch);
}

/** The Cholesky factor of the inverse of a matrix. */
export function precisionToScaleTril(precision: Tensor): Tensor {
  const flipped = _linalg.cholesky(precision.flip([-2, -1]));
  const inverse = flipped.flip([-2, -1]).transpose(-2, -1);
  const { dtype, device } = precision;
  const identity = _torch.eye(precision.size(-1), { dtype, device });
  return _linalg.solve_triangular(inverse, identity, { upper: false });
}

/** The trace of XXᵀ. */
export function traceXXT(matrix: Tensor): Tensor {
  const [rows, columns] = [matrix.size(-2), matrix.size(-1)];
  const traces = matrix
    .reshape(-1, rows * columns)
    .pow(2)
    .sum(-1);
  return traces.reshape(matrix.shape.slice(0, -2));
}

/** Adds 1 to the diagonals, in place. */
export function addIdentity_(matrix: Tensor): Tensor {
  const n = matrix.size(-1);
  matrix
    .view(-1, n * n)
    .index(':', `::${n + 1}`)
    .add_(1);
  return matrix;
}

/** Wᵀ D⁻¹ for a factor W (…, n, m) and a diagonal D (…, n). */
export function transposedOver(factor: Tensor, diagonal: Tensor): Tensor {
  return factor.mT.div(diagonal.unsqueeze(-2));
}

/** log det(WWᵀ + D), by the Cholesky factor of the capacitance matrix I + WᵀD⁻¹W. */
export function lowrankLogdet(diagonal: Tensor, capacitance: Tensor): Tensor {
  return logDiagonal(capacitance).mul(2).add(diagonal.log().sum(-1));
}

/** xᵀ(WWᵀ + D)⁻¹x, by the Woodbury identity. */
export function lowrankMahalanobis(factor: Tensor, diagonal: Tensor, x: Tensor, capacitance: Tensor): Tensor {
  const projected = batchMv(transposedOver(factor, diagonal), x);
  return x.pow(2).div(diagonal).sum(-1).sub(mahalanobis(capacitance, projected));
}
