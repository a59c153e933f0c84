import { memoryFormats } from '../base/types';
import type { Tensor } from '../tensor/tensor';
import { Chi2 } from './chi2';
import { positive, real } from './constraints';
import { type BatchShape, Distribution, type SampleShape, shapeOf, type Value } from './distribution';
import * as signatures from './generated/distributions';
import { broadcast_all, standardNormal } from './utils';

/** log Γ(1/2) */
const LGAMMA_HALF = 0.5723649429247001;

/** Student's t distribution, moved and scaled. https://docs.pytorch.org/docs/2.13/distributions.html#studentt */
export class StudentT extends Distribution {
  static override readonly arg_constraints = { df: positive, loc: real, scale: positive };
  static override readonly support = real;
  static override readonly has_rsample = true;

  readonly df: Tensor;
  readonly loc: Tensor;
  readonly scale: Tensor;
  private readonly _chi2: Chi2;

  constructor(...args: signatures.StudentTArgs) {
    const given = signatures.StudentT.read(args);
    const [df, loc, scale] = broadcast_all(given.df, given.loc, given.scale);
    super(df.shape);
    this.df = df;
    this.loc = loc;
    this.scale = scale;
    this._chi2 = new Chi2(df);
    this._check_args(given.validate_args);
  }

  override expand(batch_shape: BatchShape): this {
    const shape = shapeOf(batch_shape, 'batch_shape');
    return this._copy(shape, { ...this._expanded(['df', 'loc', 'scale'], shape), _chi2: this._chi2.expand(shape) });
  }

  override get mean(): Tensor {
    const mean = this.loc.clone({ memory_format: memoryFormats.contiguous_format });
    return mean.index_put_([this.df.le(1)], Number.NaN);
  }

  override get mode(): Tensor {
    return this.loc;
  }

  override get variance(): Tensor {
    const { df, scale } = this;
    const variance = df.clone({ memory_format: memoryFormats.contiguous_format });
    const finite = df.gt(2);
    const above = df.index(finite);
    variance.index_put_([finite], scale.index(finite).pow(2).mul(above).div(above.sub(2)));
    variance.index_put_([df.le(2).bitwise_and(df.gt(1))], Number.POSITIVE_INFINITY);
    return variance.index_put_([df.le(1)], Number.NaN);
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    const normal = standardNormal(this._extended_shape(sample_shape), this.df.dtype, this.df.device);
    const chi2 = this._chi2.rsample(sample_shape);
    return this.loc.add(this.scale.mul(normal.mul(chi2.div(this.df).rsqrt())));
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    const { df, loc, scale } = this;
    const y = value.sub(loc).div(scale);
    const normalizer = scale
      .log()
      .add(df.log().mul(0.5))
      .add(0.5 * Math.log(Math.PI))
      .add(df.mul(0.5).lgamma())
      .sub(df.add(1).mul(0.5).lgamma());
    return df.add(1).mul(-0.5).mul(y.pow(2).div(df).log1p()).sub(normalizer);
  }

  override entropy(): Tensor {
    const { df, scale } = this;
    const [half, next] = [df.mul(0.5), df.add(1).mul(0.5)];
    const logBeta = half.lgamma().add(LGAMMA_HALF).sub(next.lgamma());
    return scale
      .log()
      .add(next.mul(next.digamma().sub(half.digamma())))
      .add(df.log().mul(0.5))
      .add(logBeta);
  }
}
