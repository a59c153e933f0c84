/** Constraints on matrices: the last two dimensions. */

import { dtypes } from '../../base/types';
import { callOperator } from '../../operators/operator';
import { _linalg, _torch } from '../../tensor/namespaces';
import { finfo } from '../../tensor/numeric_limits';
import type { Tensor } from '../../tensor/tensor';
import { Constraint } from './constraint';

abstract class MatrixConstraint extends Constraint {
  override get event_dim(): number {
    return 2;
  }
}

/** For each matrix, whether nothing lies above its diagonal. */
function isLowerTriangular(value: Tensor): Tensor {
  return value
    .tril()
    .eq(value)
    .view([...value.shape.slice(0, -2), -1])
    .min(-1)[0];
}

function isLowerCholesky(value: Tensor): Tensor {
  const positive = value.diagonal({ dim1: -2, dim2: -1 }).gt(0).min(-1)[0];
  return isLowerTriangular(value).bitwise_and(positive);
}

/** Lower triangular square matrices. */
export class _LowerTriangular extends MatrixConstraint {
  override check(value: Tensor): Tensor {
    return isLowerTriangular(value);
  }
}

/** Lower triangular square matrices with positive diagonals. */
export class _LowerCholesky extends MatrixConstraint {
  override check(value: Tensor): Tensor {
    return isLowerCholesky(value);
  }
}

/** The same with rows of length 1: Cholesky factors of correlation matrices. */
export class _CorrCholesky extends MatrixConstraint {
  override check(value: Tensor): Tensor {
    const tolerance = finfo(value.dtype).eps * value.size(-1) * 10;
    const rows = callOperator<Tensor>('linalg_vector_norm', value.detach(), 2, [-1]);
    const unit = rows.sub(1).abs().le(tolerance).all(-1);
    return isLowerCholesky(value).bitwise_and(unit);
  }
}

/** Square matrices. */
export class _Square extends MatrixConstraint {
  override check(value: Tensor): Tensor {
    const { shape, device } = value;
    const square = shape.at(-2) === shape.at(-1);
    return _torch.full(shape.slice(0, -2), square, { dtype: dtypes.bool, device });
  }
}

/** Symmetric matrices. */
export class _Symmetric extends _Square {
  override check(value: Tensor): Tensor {
    const square = super.check(value);
    if (!square.all().is_nonzero()) return square;
    return _torch.isclose(value, value.mT, { atol: 1e-6 }).all(-2).all(-1);
  }
}

/** Symmetric matrices without negative eigenvalues. */
export class _PositiveSemidefinite extends _Symmetric {
  override check(value: Tensor): Tensor {
    const symmetric = super.check(value);
    if (!symmetric.all().is_nonzero()) return symmetric;
    return _linalg.eigvalsh(value).ge(0).all(-1);
  }
}

/** Symmetric matrices with positive eigenvalues only. */
export class _PositiveDefinite extends _Symmetric {
  override check(value: Tensor): Tensor {
    const symmetric = super.check(value);
    if (!symmetric.all().is_nonzero()) return symmetric;
    return _linalg.cholesky_ex(value)[1].eq(0);
  }
}
