/** What the distributions share. https://docs.pytorch.org/docs/2.13/distributions.html */

import { Complex, type DeviceLike, type DType } from '../base/types';
import { softmax } from '../nn/functional/softmax';
import { get_default_dtype, tensor } from '../tensor/creation';
import { _torch } from '../tensor/namespaces';
import { finfo } from '../tensor/numeric_limits';
import { Tensor } from '../tensor/tensor';
import type { TensorLike } from './arguments';

export { lazy_property } from './lazy';

/** Euler's constant γ. */
export const euler_constant = 0.5772156649015329;

function isNumber(value: unknown): value is number {
  return ['number', 'bigint', 'boolean'].includes(typeof value) || value instanceof Complex;
}

/**
 * Numbers and tensors as tensors of one common shape. Numbers take the dtype and device of the first tensor, or the
 * default dtype when there is none.
 * @throws RangeError for anything else
 */
export function broadcast_all<Values extends readonly TensorLike[]>(
  ...values: Values
): { -readonly [K in keyof Values]: Tensor } {
  if (!values.every((value) => value instanceof Tensor || isNumber(value))) {
    throw new RangeError(
      'Input arguments must all be instances of Number, torch.Tensor or objects implementing __torch_function__.',
    );
  }
  const first = values.find((value) => value instanceof Tensor) as Tensor | undefined;
  const options = first === undefined ? { dtype: get_default_dtype() } : { dtype: first.dtype, device: first.device };
  const tensors = values.map((value) => (value instanceof Tensor ? value : tensor(value, options)));
  return _torch.broadcast_tensors(tensors) as { -readonly [K in keyof Values]: Tensor };
}

/** Draws from the standard normal distribution. */
export function standardNormal(shape: readonly number[], dtype: DType, device: DeviceLike): Tensor {
  return _torch.empty(shape, { dtype, device }).normal_();
}

/** Draws from [0, 1) with the dtype and device of `like`. */
export function uniformLike(shape: readonly number[], like: Tensor): Tensor {
  return _torch.rand(shape, { dtype: like.dtype, device: like.device });
}

/** Sums over the last `dim` dimensions. */
export function sumRightmost(value: Tensor, dim: number): Tensor {
  return dim === 0 ? value : value.reshape([...value.shape.slice(0, -dim), -1]).sum(-1);
}

/** `minuend - x`. */
export function rsub(minuend: number, x: Tensor): Tensor {
  return _torch.rsub(x, minuend);
}

/** Python's `dividend / x`, which multiplies by the reciprocal. */
export function rdiv(dividend: number, x: Tensor): Tensor {
  return x.reciprocal().mul(dividend);
}

/** Log odds or unnormalized log probabilities to probabilities. */
export function logits_to_probs(logits: Tensor, is_binary = false): Tensor {
  return is_binary ? logits.sigmoid() : softmax(logits, { dim: -1 });
}

/** Keeps probabilities away from 0 and 1. */
export function clamp_probs(probs: Tensor): Tensor {
  const { eps } = finfo(probs.dtype);
  return probs.clamp(eps, 1 - eps);
}

/** Probabilities to log odds, or to log probabilities. */
export function probs_to_logits(probs: Tensor, is_binary = false): Tensor {
  const clamped = clamp_probs(probs);
  return is_binary ? clamped.log().sub(clamped.neg().log1p()) : clamped.log();
}

/** Whether a square matrix of `n` rows has an element at or below diagonal `diag`: (n, n) booleans. */
function lowerMask(n: number, diag: number, like: Tensor): Tensor {
  const columns = _torch.arange(n, { device: like.device });
  return columns.lt(columns.view(-1, 1).add(diag + 1));
}

/**
 * The lower triangle of matrices, row by row: (…, n, n) → (…, m).
 * @throws RangeError when the matrix has no such diagonal
 */
export function tril_matrix_to_vec(mat: Tensor, diag = 0): Tensor {
  const n = mat.shape.at(-1)!;
  if (diag < -n || diag >= n) throw new RangeError(`diag (${diag}) provided is outside [${-n}, ${n - 1}].`);
  return mat.index('...', lowerMask(n, diag, mat));
}

/**
 * The matrices of which these are the lower triangles: (…, m) → (…, n, n).
 * @throws RangeError when no square matrix has that many elements there
 */
export function vec_to_tril_matrix(vec: Tensor, diag = 0): Tensor {
  const size = vec.shape.at(-1)!;
  // m = n(n + 1)/2 + n·diag − |diag|(diag + 1)/2, solved for n
  const linear = 1 + 2 * diag;
  const exact = (Math.sqrt(linear ** 2 + 8 * size + 4 * Math.abs(diag) * (diag + 1)) - linear) / 2;
  const n = Math.round(exact);
  if (n - exact > finfo(vec.dtype).eps) {
    throw new RangeError(
      `The size of last dimension is ${size} which cannot be expressed as the lower triangular part of a square D x D matrix.`,
    );
  }
  const mat = vec.new_zeros([...vec.shape.slice(0, -1), n, n]);
  mat.index_put_(['...', lowerMask(n, diag, vec)], vec);
  return mat;
}
