import { TorchError } from '../base/errors';
import { _linalg, _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import { independent, positive, real, real_vector } from './constraints';
import { type BatchShape, Distribution, type SampleShape, shapeOf, type Value } from './distribution';
import * as signatures from './generated/distributions';
import { addIdentity_, batchMv, lowrankLogdet, lowrankMahalanobis, transposedOver } from './multivariate';
import { sizeText } from './text';
import { lazy_property, standardNormal } from './utils';

function checkShapes({ loc, cov_factor, cov_diag }: { loc: Tensor; cov_factor: Tensor; cov_diag: Tensor }): void {
  if (loc.dim() < 1) throw new RangeError('loc must be at least one-dimensional.');
  if (cov_factor.dim() < 2) {
    throw new RangeError('cov_factor must be at least two-dimensional, with optional leading batch dimensions');
  }
  const n = loc.size(-1);
  if (cov_factor.size(-2) !== n) {
    throw new RangeError(`cov_factor must be a batch of matrices with shape ${n} x m`);
  }
  if (cov_diag.shape.at(-1) !== n) {
    throw new RangeError(`cov_diag must be a batch of vectors with shape ${sizeText([n])}`);
  }
}

function broadcast(loc: Tensor, cov_factor: Tensor, cov_diag: Tensor): [Tensor, Tensor, Tensor] {
  try {
    const columns = [loc.unsqueeze(-1), cov_factor, cov_diag.unsqueeze(-1)];
    const [locs, factors, diagonals] = _torch.broadcast_tensors(columns) as [Tensor, Tensor, Tensor];
    return [locs.select(-1, 0), factors, diagonals.select(-1, 0)];
  } catch (error) {
    if (!(error instanceof TorchError)) throw error;
    throw new RangeError(
      `Incompatible batch shapes: loc ${sizeText(loc.shape)}, cov_factor ${sizeText(cov_factor.shape)}, cov_diag ${sizeText(cov_diag.shape)}`,
      { cause: error },
    );
  }
}

/** A normal distribution of vectors with covariance `cov_factor @ cov_factor.mT + diag(cov_diag)`. https://docs.pytorch.org/docs/2.13/distributions.html#lowrankmultivariatenormal */
export class LowRankMultivariateNormal extends Distribution {
  static override readonly arg_constraints = {
    loc: real_vector,
    cov_factor: independent(real, 2),
    cov_diag: independent(positive, 1),
  };
  static override readonly support = real_vector;
  static override readonly has_rsample = true;

  readonly loc: Tensor;
  readonly cov_factor: Tensor;
  readonly cov_diag: Tensor;
  /** (…, n, n) */
  declare readonly scale_tril: Tensor;
  declare readonly covariance_matrix: Tensor;
  declare readonly precision_matrix: Tensor;
  /** @internal */
  readonly _unbroadcasted_cov_factor: Tensor;
  /** @internal */
  readonly _unbroadcasted_cov_diag: Tensor;
  /** @internal the Cholesky factor of I + WᵀD⁻¹W */
  readonly _capacitance_tril: Tensor;

  constructor(...args: signatures.LowRankMultivariateNormalArgs) {
    const { validate_args, ...given } = signatures.LowRankMultivariateNormal.read(args);
    checkShapes(given);
    const [loc, cov_factor, cov_diag] = broadcast(given.loc, given.cov_factor, given.cov_diag);
    super(loc.shape.slice(0, -1), loc.shape.slice(-1));
    this.loc = loc;
    this.cov_factor = cov_factor;
    this.cov_diag = cov_diag;
    this._unbroadcasted_cov_factor = given.cov_factor;
    this._unbroadcasted_cov_diag = given.cov_diag;
    const inner = transposedOver(given.cov_factor, given.cov_diag).matmul(given.cov_factor).contiguous();
    this._capacitance_tril = _linalg.cholesky(addIdentity_(inner));
    this._check_args(validate_args);
  }

  override expand(batch_shape: BatchShape): this {
    const shape = shapeOf(batch_shape, 'batch_shape');
    const vectors = [...shape, ...this.event_shape];
    const { _unbroadcasted_cov_factor, _unbroadcasted_cov_diag, _capacitance_tril } = this;
    return this._copy(shape, {
      ...this._expanded(['loc', 'cov_diag'], vectors),
      ...this._expanded(['cov_factor'], [...vectors, this.cov_factor.size(-1)]),
      _unbroadcasted_cov_factor,
      _unbroadcasted_cov_diag,
      _capacitance_tril,
    });
  }

  override get mean(): Tensor {
    return this.loc;
  }

  override get mode(): Tensor {
    return this.loc;
  }

  override get variance(): Tensor {
    return this._unbroadcasted_cov_factor
      .pow(2)
      .sum(-1)
      .add(this._unbroadcasted_cov_diag)
      .expand(this._extended_shape());
  }

  /** @internal matrices for the whole batch */
  _matrices(matrix: Tensor): Tensor {
    return matrix.expand([...this._extended_shape(), ...this.event_shape]);
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    const shape = this._extended_shape(sample_shape);
    const { dtype, device } = this.loc;
    const factors = standardNormal([...shape.slice(0, -1), this.cov_factor.size(-1)], dtype, device);
    const own = standardNormal(shape, dtype, device);
    return this.loc
      .add(batchMv(this._unbroadcasted_cov_factor, factors))
      .add(this._unbroadcasted_cov_diag.sqrt().mul(own));
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    const distance = lowrankMahalanobis(
      this._unbroadcasted_cov_factor,
      this._unbroadcasted_cov_diag,
      value.sub(this.loc),
      this._capacitance_tril,
    );
    const log_det = lowrankLogdet(this._unbroadcasted_cov_diag, this._capacitance_tril);
    return log_det
      .add(this.event_shape[0]! * Math.log(2 * Math.PI))
      .add(distance)
      .mul(-0.5);
  }

  override entropy(): Tensor {
    const log_det = lowrankLogdet(this._unbroadcasted_cov_diag, this._capacitance_tril);
    return log_det
      .add(this.event_shape[0]! * (1 + Math.log(2 * Math.PI)))
      .mul(0.5)
      .expand(this.batch_shape);
  }
}

lazy_property(LowRankMultivariateNormal, {
  scale_tril(d: LowRankMultivariateNormal) {
    const deviation = d._unbroadcasted_cov_diag.sqrt().unsqueeze(-1);
    const scaled = d._unbroadcasted_cov_factor.div(deviation);
    const correlation = addIdentity_(scaled.matmul(scaled.mT).contiguous());
    return d._matrices(deviation.mul(_linalg.cholesky(correlation)));
  },
  covariance_matrix(d: LowRankMultivariateNormal) {
    const factor = d._unbroadcasted_cov_factor;
    return d._matrices(factor.matmul(factor.mT).add(d._unbroadcasted_cov_diag.diag_embed()));
  },
  precision_matrix(d: LowRankMultivariateNormal) {
    const diagonal = d._unbroadcasted_cov_diag;
    const transposed = transposedOver(d._unbroadcasted_cov_factor, diagonal);
    const solved = _linalg.solve_triangular(d._capacitance_tril, transposed, { upper: false });
    return d._matrices(diagonal.reciprocal().diag_embed().sub(solved.mT.matmul(solved)));
  },
});
