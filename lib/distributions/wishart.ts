import { AssertionError, warn } from '../base/errors';
import { broadcast_shapes } from '../functional/shapes';
import { tensor } from '../tensor/creation';
import { _linalg, _torch } from '../tensor/namespaces';
import { finfo } from '../tensor/numeric_limits';
import { Tensor } from '../tensor/tensor';
import type { TensorLike } from './arguments';
import { Chi2 } from './chi2';
import { greater_than, lower_cholesky, positive_definite } from './constraints';
import { type ArgConstraints, type BatchShape, type SampleShape, shapeOf, type Value } from './distribution';
import { ExponentialFamily } from './exp_family';
import * as signatures from './generated/distributions';
import { logDiagonal, precisionToScaleTril } from './multivariate';
import { formatted } from './text';
import { lazy_property } from './utils';

const kinds = ['covariance_matrix', 'precision_matrix', 'scale_tril'] as const;

function factorOf(kind: (typeof kinds)[number], matrix: Tensor): Tensor {
  if (kind === 'scale_tril') return matrix;
  return kind === 'covariance_matrix' ? _linalg.cholesky(matrix) : precisionToScaleTril(matrix);
}

/** The derivative of the multivariate log Γ of order p. */
function mvdigamma(x: Tensor, p: number): Tensor {
  if (
    !x
      .gt((p - 1) / 2)
      .all()
      .is_nonzero()
  ) {
    throw new AssertionError('Wrong domain for multivariate digamma function.');
  }
  const halves = _torch.arange(p, { dtype: x.dtype, device: x.device }).div(2);
  return x.unsqueeze(-1).sub(halves).digamma().sum(-1);
}

/** The squares on the diagonal of the Bartlett decomposition: chi-squares of df, df − 1, …, df − n + 1. */
function diagonalSquares(df: Tensor, n: number, factor: Tensor): Chi2 {
  const steps = _torch.arange(n, { dtype: factor.dtype, device: factor.device });
  return new Chi2(df.unsqueeze(-1).sub(steps.expand([...df.shape, -1])));
}

/** The Wishart distribution of positive definite matrices. https://docs.pytorch.org/docs/2.13/distributions.html#wishart */
export class Wishart extends ExponentialFamily {
  static override readonly support = positive_definite;
  static override readonly has_rsample = true;

  readonly df: Tensor;
  declare readonly covariance_matrix: Tensor;
  declare readonly precision_matrix: Tensor;
  declare readonly scale_tril: Tensor;
  /** @internal */
  readonly _unbroadcasted_scale_tril: Tensor;
  private readonly _dist_chi2: Chi2;

  constructor(...args: signatures.WishartArgs) {
    const { df, validate_args, ...matrices } = signatures.Wishart.read(args);
    const given = kinds.filter((kind) => matrices[kind] !== null);
    if (given.length !== 1) {
      throw new AssertionError('Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.');
    }
    const kind = given[0]!;
    const matrix = matrices[kind]!;
    if (matrix.dim() < 2) {
      throw new RangeError('scale_tril must be at least two-dimensional, with optional leading batch dimensions');
    }
    const [batch, n] = [matrix.shape.slice(0, -2), matrix.size(-1)];
    const batch_shape = df instanceof Tensor ? broadcast_shapes(batch, df.shape) : batch;
    super(batch_shape, matrix.shape.slice(-2));
    const { dtype, device } = matrix;
    this.df = df instanceof Tensor ? df.expand(batch_shape) : tensor(df, { dtype, device });
    this.checkDegrees(df, n);
    this[kind] = matrix.expand([...batch_shape, -1, -1]);
    this._check_args(validate_args);
    this._unbroadcasted_scale_tril = factorOf(kind, matrix);
    this._dist_chi2 = diagonalSquares(this.df, n, this._unbroadcasted_scale_tril);
  }

  private checkDegrees(given: TensorLike, n: number): void {
    if (
      this.df
        .le(n - 1)
        .any()
        .is_nonzero()
    ) {
      throw new RangeError(`Value of df=${formatted(given)} expected to be greater than ndim - 1 = ${n - 1}.`);
    }
    if (this.df.lt(n).any().is_nonzero()) {
      warn('Low df values detected. Singular samples are highly likely to occur for ndim - 1 < df < ndim.');
    }
  }

  override get arg_constraints(): ArgConstraints {
    return {
      covariance_matrix: positive_definite,
      precision_matrix: positive_definite,
      scale_tril: lower_cholesky,
      df: greater_than(this.event_shape.at(-1)! - 1),
    };
  }

  override expand(batch_shape: BatchShape): this {
    const shape = shapeOf(batch_shape, 'batch_shape');
    const [rows] = this.event_shape;
    const matrices = this._expanded([...kinds, '_unbroadcasted_scale_tril'], [...shape, ...this.event_shape]);
    const df = this.df.expand(shape);
    const _dist_chi2 = diagonalSquares(df, rows!, matrices._unbroadcasted_scale_tril!);
    return this._copy(shape, { ...matrices, df, _dist_chi2 });
  }

  /** The degrees of freedom, ready to multiply matrices. */
  private matrixDf(df: Tensor): Tensor {
    return df.view([...this.batch_shape, 1, 1]);
  }

  /** @internal matrices for the whole batch */
  _matrices(matrix: Tensor): Tensor {
    return matrix.expand(this._extended_shape());
  }

  override get mean(): Tensor {
    return this.matrixDf(this.df).mul(this.covariance_matrix);
  }

  override get mode(): Tensor {
    const factor = this.df.sub(this.covariance_matrix.size(-1)).sub(1);
    factor.index_put_([factor.le(0)], Number.NaN);
    return this.matrixDf(factor).mul(this.covariance_matrix);
  }

  override get variance(): Tensor {
    const covariance = this.covariance_matrix;
    const diagonal = covariance.diagonal({ dim1: -2, dim2: -1 });
    const products = diagonal.unsqueeze(-1).mul(diagonal.unsqueeze(-2));
    return this.matrixDf(this.df).mul(covariance.pow(2).add(products));
  }

  /** LAAᵀLᵀ with a random lower triangular A (Bartlett, 1933). */
  private bartlett(sample_shape: readonly number[]): Tensor {
    const n = this.event_shape[0]!;
    const deviations = this._dist_chi2.rsample(sample_shape).sqrt();
    const noise = deviations.clamp({ min: finfo(deviations.dtype).eps }).diag_embed();
    const [rows, columns] = _torch.tril_indices(n, n, -1).unbind() as [Tensor, Tensor];
    const { dtype, device } = noise;
    const below = _torch.randn([...sample_shape, ...this.batch_shape, (n * (n - 1)) / 2], { dtype, device });
    noise.index_put_(['...', rows, columns], below);
    const factor = this._unbroadcasted_scale_tril.matmul(noise);
    return factor.matmul(factor.transpose(-2, -1));
  }

  /** Any of the batch's. */
  private acrossBatch(checks: Tensor): Tensor {
    const dims = this.batch_shape.map((_, i) => -(i + 1));
    return dims.length === 0 ? checks : checks.amax(dims);
  }

  override rsample(...args: [sample_shape?: SampleShape, max_try_correction?: number | null]): Tensor {
    const shape = shapeOf(args[0], 'sample_shape');
    const sample = this.bartlett(shape);
    // PyTorch draws the samples that pass its first check once more; the streams agree only if this does too.
    const again = this.acrossBatch(this.support.check(sample));
    if (again.any().is_nonzero()) {
      warn('Singular sample detected.');
      this.correct_(sample, again, args[1] ?? 10);
    }
    return sample;
  }

  /** Draws the marked samples again until none of them is singular. */
  private correct_(sample: Tensor, marked: Tensor, tries: number): void {
    for (let i = 0; i < tries; i++) {
      const fresh = this.bartlett(marked.index(marked).shape);
      sample.index_put_([marked], fresh);
      const singular = this.acrossBatch(this.support.check(fresh).bitwise_not());
      marked.index_put_([marked.clone()], singular);
      if (!marked.any().is_nonzero()) break;
    }
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    const { df, _unbroadcasted_scale_tril: factor } = this;
    const p = this.event_shape[0]!;
    const scale = logDiagonal(factor).add((p * Math.LN2) / 2);
    const trace = value.cholesky_solve(factor).diagonal({ dim1: -2, dim2: -1 }).sum(-1);
    return df
      .neg()
      .mul(scale)
      .sub(df.div(2).mvlgamma(p))
      .add(df.sub(p).sub(1).div(2).mul(_linalg.slogdet(value)[1]))
      .sub(trace.div(2));
  }

  override entropy(): Tensor {
    const { df } = this;
    const p = this.event_shape[0]!;
    return logDiagonal(this._unbroadcasted_scale_tril)
      .add((p * Math.LN2) / 2)
      .mul(p + 1)
      .add(df.div(2).mvlgamma(p))
      .sub(
        df
          .sub(p)
          .sub(1)
          .div(2)
          .mul(mvdigamma(df.div(2), p)),
      )
      .add(df.mul(p).div(2));
  }

  override get _natural_params(): Tensor[] {
    const p = this.event_shape[0]!;
    return [this.precision_matrix.neg().div(2), this.df.sub(p).sub(1).div(2)];
  }

  override _log_normalizer(x: Tensor, y: Tensor): Tensor {
    const p = this.event_shape[0]!;
    const half = y.add((p + 1) / 2);
    const log_det = _linalg.slogdet(x.mul(-2))[1];
    return half.mul(log_det.neg().add(Math.LN2 * p)).add(half.mvlgamma(p));
  }

  override get _mean_carrier_measure(): number {
    return 0;
  }
}

lazy_property(Wishart, {
  scale_tril: (d: Wishart) => d._matrices(d._unbroadcasted_scale_tril),
  covariance_matrix: (d: Wishart) =>
    d._matrices(d._unbroadcasted_scale_tril.matmul(d._unbroadcasted_scale_tril.transpose(-2, -1))),
  precision_matrix(d: Wishart) {
    const { dtype, device } = d._unbroadcasted_scale_tril;
    const identity = _torch.eye(d.event_shape[0]!, { dtype, device });
    return d._matrices(identity.cholesky_solve(d._unbroadcasted_scale_tril));
  },
});
