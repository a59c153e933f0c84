import { memoryFormats } from '../base/types';
import { finfo } from '../tensor/numeric_limits';
import type { Tensor } from '../tensor/tensor';
import { positive } from './constraints';
import { type BatchShape, Distribution, type SampleShape, shapeOf, type Value } from './distribution';
import { Gamma } from './gamma';
import * as signatures from './generated/distributions';
import { broadcast_all } from './utils';

/** The ratio of two independent chi-squares over their degrees of freedom. https://docs.pytorch.org/docs/2.13/distributions.html#fishersnedecor */
export class FisherSnedecor extends Distribution {
  static override readonly arg_constraints = { df1: positive, df2: positive };
  static override readonly support = positive;
  static override readonly has_rsample = true;

  readonly df1: Tensor;
  readonly df2: Tensor;
  private readonly _gamma1: Gamma;
  private readonly _gamma2: Gamma;

  constructor(...args: signatures.FisherSnedecorArgs) {
    const { df1, df2, validate_args } = signatures.FisherSnedecor.read(args);
    const [first, second] = broadcast_all(df1, df2);
    super(first.shape);
    this.df1 = first;
    this.df2 = second;
    this._gamma1 = new Gamma(first.mul(0.5), first);
    this._gamma2 = new Gamma(second.mul(0.5), second);
    this._check_args(validate_args);
  }

  override expand(batch_shape: BatchShape): this {
    const shape = shapeOf(batch_shape, 'batch_shape');
    return this._copy(shape, {
      ...this._expanded(['df1', 'df2'], shape),
      _gamma1: this._gamma1.expand(shape),
      _gamma2: this._gamma2.expand(shape),
    });
  }

  /** df2, not a number where it is at most `limit`. */
  private df2Above(limit: number): Tensor {
    const df2 = this.df2.clone({ memory_format: memoryFormats.contiguous_format });
    return df2.index_put_([df2.le(limit)], Number.NaN);
  }

  override get mean(): Tensor {
    const df2 = this.df2Above(2);
    return df2.div(df2.sub(2));
  }

  override get mode(): Tensor {
    const mode = this.df1.sub(2).div(this.df1).mul(this.df2).div(this.df2.add(2));
    return mode.index_put_([this.df1.le(2)], Number.NaN);
  }

  override get variance(): Tensor {
    const df2 = this.df2Above(4);
    return df2
      .pow(2)
      .mul(2)
      .mul(this.df1.add(df2).sub(2))
      .div(this.df1.mul(df2.sub(2).pow(2)).mul(df2.sub(4)));
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    const shape = this._extended_shape(sample_shape);
    const numerator = this._gamma1.rsample(sample_shape).view(shape);
    const denominator = this._gamma2.rsample(sample_shape).view(shape);
    const { tiny } = finfo(denominator.dtype);
    denominator.clamp_({ min: tiny });
    return numerator.div(denominator).clamp_({ min: tiny });
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    const half1 = this.df1.mul(0.5);
    const half2 = this.df2.mul(0.5);
    const ratio = this.df1.div(this.df2);
    const constant = half1.add(half2).lgamma().sub(half1.lgamma()).sub(half2.lgamma());
    const power = half1.mul(ratio.log()).add(half1.sub(1).mul(value.log()));
    const tail = half1.add(half2).mul(ratio.mul(value).log1p());
    return constant.add(power).sub(tail);
  }
}
