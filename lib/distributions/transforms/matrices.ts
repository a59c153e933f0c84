/** Transforms onto matrices. */

import { softplus } from '../../nn/functional/activation';
import { pad } from '../../nn/functional/padding';
import { _linalg, _torch } from '../../tensor/namespaces';
import { finfo } from '../../tensor/numeric_limits';
import type { Tensor } from '../../tensor/tensor';
import {
  type Constraint,
  corr_cholesky,
  independent,
  lower_cholesky,
  positive_definite,
  real,
  real_vector,
} from '../constraints';
import { rsub, tril_matrix_to_vec, vec_to_tril_matrix } from '../utils';
import { Transform } from './transform';

/** All but the last column, behind a column of ones. */
function shiftedRight(x: Tensor): Tensor {
  return pad(x.index('...', ':-1'), [1, 0], { value: 1 });
}

/**
 * n(n − 1)/2 numbers to the Cholesky factor of a correlation matrix of n variables: tanh of them are the partial
 * correlations, which fill each row up to length 1.
 * https://docs.pytorch.org/docs/2.13/distributions.html#torch.distributions.transforms.CorrCholeskyTransform
 */
export class CorrCholeskyTransform extends Transform {
  override get domain(): Constraint {
    return real_vector;
  }

  override get codomain(): Constraint {
    return corr_cholesky;
  }

  override get bijective(): boolean {
    return true;
  }

  protected override _call(x: Tensor): Tensor {
    const { eps } = finfo(x.dtype);
    const partial = vec_to_tril_matrix(x.tanh().clamp(-1 + eps, 1 - eps), -1);
    const left = rsub(1, partial.pow(2)).sqrt().cumprod(-1);
    const { dtype, device } = partial;
    return partial.add(_torch.eye(partial.shape.at(-1)!, { dtype, device })).mul(shiftedRight(left));
  }

  protected override _inverse(y: Tensor): Tensor {
    const left = shiftedRight(rsub(1, y.mul(y).cumsum(-1)));
    const partial = tril_matrix_to_vec(y, -1).div(tril_matrix_to_vec(left, -1).sqrt());
    return partial.log1p().sub(partial.neg().log1p()).div(2); // atanh
  }

  override log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    const left = tril_matrix_to_vec(rsub(1, y.mul(y).cumsum(-1)), -2);
    const ofTanh = x
      .add(softplus(x.mul(-2)))
      .sub(Math.LN2)
      .sum(-1)
      .mul(-2);
    return left.log().sum(-1).mul(0.5).add(ofTanh);
  }

  override forward_shape(shape: readonly number[]): number[] {
    if (shape.length < 1) throw new RangeError('Too few dimensions on input');
    const count = shape.at(-1)!;
    const n = Math.round(Math.sqrt(0.25 + 2 * count) + 0.5);
    if ((n * (n - 1)) / 2 !== count) throw new RangeError('Input is not a flattened lower-diagonal number');
    return [...shape.slice(0, -1), n, n];
  }

  override inverse_shape(shape: readonly number[]): number[] {
    if (shape.length < 2) throw new RangeError('Too few dimensions on input');
    const n = shape.at(-1)!;
    if (shape.at(-2) !== n) throw new RangeError('Input is not square');
    return [...shape.slice(0, -2), (n * (n - 1)) / 2];
  }
}

const matrices = independent(real, 2);

/** The matrix whose diagonal is that of `x` after `change`, and whose lower triangle is that of `x`. */
function withDiagonal(x: Tensor, change: (diagonal: Tensor) => Tensor): Tensor {
  return x.tril(-1).add(change(x.diagonal({ dim1: -2, dim2: -1 })).diag_embed());
}

/** Square matrices to lower triangular ones with positive diagonals. https://docs.pytorch.org/docs/2.13/distributions.html#torch.distributions.transforms.LowerCholeskyTransform */
export class LowerCholeskyTransform extends Transform {
  override get domain(): Constraint {
    return matrices;
  }

  override get codomain(): Constraint {
    return lower_cholesky;
  }

  override equals(other: unknown): boolean {
    return other instanceof LowerCholeskyTransform;
  }

  protected override _call(x: Tensor): Tensor {
    return withDiagonal(x, (diagonal) => diagonal.exp());
  }

  protected override _inverse(y: Tensor): Tensor {
    return withDiagonal(y, (diagonal) => diagonal.log());
  }
}

/** Square matrices to positive definite ones. https://docs.pytorch.org/docs/2.13/distributions.html#torch.distributions.transforms.PositiveDefiniteTransform */
export class PositiveDefiniteTransform extends Transform {
  override get domain(): Constraint {
    return matrices;
  }

  override get codomain(): Constraint {
    return positive_definite;
  }

  override equals(other: unknown): boolean {
    return other instanceof PositiveDefiniteTransform;
  }

  protected override _call(x: Tensor): Tensor {
    const factor = new LowerCholeskyTransform()(x);
    return factor.matmul(factor.mT);
  }

  protected override _inverse(y: Tensor): Tensor {
    return new LowerCholeskyTransform().inv(_linalg.cholesky(y));
  }
}
