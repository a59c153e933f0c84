import { _torch } from '../tensor/namespaces';
import { finfo } from '../tensor/numeric_limits';
import type { Tensor } from '../tensor/tensor';
import { Beta } from './beta';
import { corr_cholesky, positive } from './constraints';
import { type BatchShape, Distribution, type SampleShape, shapeOf, type Value } from './distribution';
import * as signatures from './generated/distributions';
import { broadcast_all, rsub } from './utils';

/** The partial correlations of the onion method, of which each row takes another (Lewandowski, Kurowicka and Joe, 2009). */
function rowDistribution(dim: number, concentration: Tensor): Beta {
  const { dtype, device } = concentration;
  const marginal = concentration.add(0.5 * (dim - 2));
  const steps = _torch.arange(dim - 1, { dtype, device });
  const offset = _torch.cat([steps.new_zeros([1]), steps]);
  return new Beta(offset.add(0.5), marginal.unsqueeze(-1).sub(offset.mul(0.5)));
}

/** Cholesky factors of correlation matrices of `dim` variables. https://docs.pytorch.org/docs/2.13/distributions.html#lkjcholesky */
export class LKJCholesky extends Distribution {
  static override readonly arg_constraints = { concentration: positive };
  static override readonly support = corr_cholesky;

  readonly dim: number;
  readonly concentration: Tensor;
  private readonly _beta: Beta;

  constructor(...args: signatures.LKJCholeskyArgs) {
    const { dim, concentration, validate_args } = signatures.LKJCholesky.read(args);
    if (dim < 2) {
      throw new RangeError(`Expected dim to be an integer greater than or equal to 2. Found dim=${dim}.`);
    }
    const [given] = broadcast_all(concentration);
    super(given.shape, [dim, dim]);
    this.dim = dim;
    this.concentration = given;
    this._beta = rowDistribution(dim, given);
    this._check_args(validate_args);
  }

  override expand(batch_shape: BatchShape): this {
    const shape = shapeOf(batch_shape, 'batch_shape');
    const { dim } = this;
    return this._copy(shape, {
      dim,
      ...this._expanded(['concentration'], shape),
      _beta: this._beta.expand([...shape, dim]),
    });
  }

  override sample(sample_shape: SampleShape = []): Tensor {
    const squared = this._beta.sample(sample_shape).unsqueeze(-1);
    const { dtype, device } = squared;
    const normal = _torch.randn(this._extended_shape(sample_shape), { dtype, device }).tril(-1);
    const direction = normal.div(normal.norm({ dim: -1, keepdim: true }));
    direction.select(-2, 0).fill_(0);
    const rows = squared.sqrt().mul(direction);
    const diagonal = rsub(1, rows.pow(2).sum(-1))
      .clamp({ min: finfo(dtype).tiny })
      .sqrt();
    return rows.add_(diagonal.diag_embed());
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    const { dim, concentration } = this;
    const diagonal = value.diagonal({ dim1: -1, dim2: -2 }).index('...', '1:');
    const rows = _torch.arange(2, dim + 1, { device: concentration.device });
    const order = concentration.sub(1).unsqueeze(-1).mul(2).add(dim).sub(rows);
    const unnormalized = order.mul(diagonal.log()).sum(-1);
    const alpha = concentration.add(0.5 * (dim - 1));
    const normalizer = alpha
      .sub(0.5)
      .mvlgamma(dim - 1)
      .add(0.5 * (dim - 1) * Math.log(Math.PI))
      .sub(alpha.lgamma().mul(dim - 1));
    return unnormalized.sub(normalizer);
  }
}
