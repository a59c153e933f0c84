import { broadcast_shapes } from '../functional/shapes';
import { _linalg } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import { lower_cholesky, positive_definite, real_vector } from './constraints';
import { type BatchShape, Distribution, type SampleShape, shapeOf, type Value } from './distribution';
import * as signatures from './generated/distributions';
import { batchMv, logDiagonal, mahalanobis, precisionToScaleTril } from './multivariate';
import { lazy_property, standardNormal } from './utils';

const kinds = ['scale_tril', 'covariance_matrix', 'precision_matrix'] as const;

/** A normal distribution of vectors. https://docs.pytorch.org/docs/2.13/distributions.html#multivariatenormal */
export class MultivariateNormal extends Distribution {
  static override readonly arg_constraints = {
    loc: real_vector,
    covariance_matrix: positive_definite,
    precision_matrix: positive_definite,
    scale_tril: lower_cholesky,
  };
  static override readonly support = real_vector;
  static override readonly has_rsample = true;

  readonly loc: Tensor;
  declare readonly scale_tril: Tensor;
  declare readonly covariance_matrix: Tensor;
  declare readonly precision_matrix: Tensor;
  /** @internal */
  readonly _unbroadcasted_scale_tril: Tensor;

  constructor(...args: signatures.MultivariateNormalArgs) {
    const { loc, validate_args, ...matrices } = signatures.MultivariateNormal.read(args);
    if (loc.dim() < 1) throw new RangeError('loc must be at least one-dimensional.');
    const given = kinds.filter((kind) => matrices[kind] !== null);
    if (given.length !== 1) {
      throw new RangeError('Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.');
    }
    const kind = given[0]!;
    const matrix = matrices[kind]!;
    if (matrix.dim() < 2) {
      const name = kind === 'scale_tril' ? 'scale_tril matrix' : kind;
      throw new RangeError(`${name} must be at least two-dimensional, with optional leading batch dimensions`);
    }
    const batch_shape = broadcast_shapes(matrix.shape.slice(0, -2), loc.shape.slice(0, -1));
    super(batch_shape, loc.shape.slice(-1));
    this[kind] = matrix.expand([...batch_shape, -1, -1]);
    this.loc = loc.expand([...batch_shape, -1]);
    this._check_args(validate_args);
    this._unbroadcasted_scale_tril = factorOf(kind, matrix);
  }

  override expand(batch_shape: BatchShape): this {
    const shape = shapeOf(batch_shape, 'batch_shape');
    const vectors = [...shape, ...this.event_shape];
    return this._copy(shape, {
      loc: this.loc.expand(vectors),
      ...this._expanded(kinds, [...vectors, ...this.event_shape]),
      _unbroadcasted_scale_tril: this._unbroadcasted_scale_tril,
    });
  }

  /** @internal matrices for the whole batch */
  _matrices(matrix: Tensor): Tensor {
    return matrix.expand([...this._extended_shape(), ...this.event_shape]);
  }

  override get mean(): Tensor {
    return this.loc;
  }

  override get mode(): Tensor {
    return this.loc;
  }

  override get variance(): Tensor {
    return this._unbroadcasted_scale_tril.pow(2).sum(-1).expand(this._extended_shape());
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    const eps = standardNormal(this._extended_shape(sample_shape), this.loc.dtype, this.loc.device);
    return this.loc.add(batchMv(this._unbroadcasted_scale_tril, eps));
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    const distance = mahalanobis(this._unbroadcasted_scale_tril, value.sub(this.loc));
    const halfLogDet = logDiagonal(this._unbroadcasted_scale_tril);
    return distance
      .add(this.event_shape[0]! * Math.log(2 * Math.PI))
      .mul(-0.5)
      .sub(halfLogDet);
  }

  override entropy(): Tensor {
    const halfLogDet = logDiagonal(this._unbroadcasted_scale_tril);
    return halfLogDet.add(0.5 * this.event_shape[0]! * (1 + Math.log(2 * Math.PI))).expand(this.batch_shape);
  }
}

function factorOf(kind: (typeof kinds)[number], matrix: Tensor): Tensor {
  if (kind === 'scale_tril') return matrix;
  return kind === 'covariance_matrix' ? _linalg.cholesky(matrix) : precisionToScaleTril(matrix);
}

lazy_property(MultivariateNormal, {
  scale_tril: (d: MultivariateNormal) => d._matrices(d._unbroadcasted_scale_tril),
  covariance_matrix: (d: MultivariateNormal) =>
    d._matrices(d._unbroadcasted_scale_tril.matmul(d._unbroadcasted_scale_tril.mT)),
  precision_matrix: (d: MultivariateNormal) => d._matrices(d._unbroadcasted_scale_tril.cholesky_inverse()),
});
