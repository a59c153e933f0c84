import { tensor } from '../tensor/creation';
import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import { type Constraint, dependent, interval, positive, real } from './constraints';
import { Distribution, type SampleShape, type Value, valueOf } from './distribution';
import * as signatures from './generated/distributions';
import { broadcast_all, rdiv, rsub, uniformLike } from './utils';

/** The generalized Pareto distribution; exponential where the concentration is 0. https://docs.pytorch.org/docs/2.13/distributions.html#generalizedpareto */
export class GeneralizedPareto extends Distribution {
  static override readonly arg_constraints = { loc: real, scale: positive, concentration: real };
  static override readonly support: Constraint = dependent({ is_discrete: false, event_dim: 0 });
  static override readonly has_rsample = true;
  static override readonly _batched = ['loc', 'scale', 'concentration'];

  readonly loc: Tensor;
  readonly scale: Tensor;
  readonly concentration: Tensor;

  constructor(...args: signatures.GeneralizedParetoArgs) {
    const { loc, scale, concentration, validate_args } = signatures.GeneralizedPareto.read(args);
    const [start, width, shape] = broadcast_all(loc, scale, concentration);
    super(start.shape);
    this.loc = start;
    this.scale = width;
    this.concentration = shape;
    this._check_args(validate_args);
  }

  override get support(): Constraint {
    const end = this.loc.sub(this.scale.div(this.concentration));
    return interval(this.loc, _torch.where(this.concentration.lt(0), end, Number.POSITIVE_INFINITY));
  }

  override rsample(sample_shape: SampleShape = []): Tensor {
    return this.icdf(uniformLike(this._extended_shape(sample_shape), this.loc));
  }

  /** Where the concentration is 0, and the concentration with 1 in those places. */
  private nonzero(zero: Tensor): [isZero: Tensor, concentration: Tensor] {
    const { concentration } = this;
    const isZero = _torch.isclose(concentration, zero);
    return [isZero, _torch.where(isZero, _torch.ones_like(concentration), concentration)];
  }

  private standardized(value: Tensor): Tensor {
    return value.sub(this.loc).div(this.scale);
  }

  override log_prob(given: Value): Tensor {
    const value = this._checked(given, 'log_prob');
    const z = this.standardized(value);
    const [isZero, concentration] = this.nonzero(tensor(0));
    const factor = rdiv(1, concentration).add(_torch.ones_like(z));
    const power = _torch.where(factor.eq(0), factor, factor.mul(concentration.mul(z).log1p()));
    return this.scale
      .log()
      .neg()
      .sub(_torch.where(isZero, z, power));
  }

  /** log(1 − cdf) */
  log_survival_function(value: Tensor): Tensor {
    if (this._validate_args) this._validate_sample(value);
    const z = this.standardized(value);
    const [isZero, concentration] = this.nonzero(tensor(0));
    return _torch.where(isZero, z.neg(), concentration.mul(z).log1p().neg().div(concentration));
  }

  /** The logarithm of the cumulative distribution function. */
  log_cdf(value: Tensor): Tensor {
    return this.log_survival_function(value).exp().neg().log1p();
  }

  override cdf(given: Value): Tensor {
    const value = valueOf(given, 'cdf');
    return this.log_cdf(value).exp();
  }

  override icdf(given: Value): Tensor {
    const value = valueOf(given, 'icdf');
    const { loc, scale } = this;
    const [isZero, concentration] = this.nonzero(_torch.zeros_like(this.concentration));
    const logSurvival = value.neg().log1p();
    const power = loc.add(scale.div(concentration).mul(concentration.neg().mul(logSurvival).expm1()));
    return _torch.where(isZero, loc.sub(scale.mul(logSurvival)), power);
  }

  /** The concentration where it is below `limit`, and that place; elsewhere one that does no harm. */
  private below(limit: number): [valid: Tensor, concentration: Tensor] {
    const valid = this.concentration.lt(limit);
    return [valid, _torch.where(valid, this.concentration, limit / 2)];
  }

  override get mean(): Tensor {
    const [valid, concentration] = this.below(1);
    const mean = this.loc.add(this.scale.div(rsub(1, concentration)));
    return _torch.where(valid, mean, Number.NaN);
  }

  override get variance(): Tensor {
    const [valid, concentration] = this.below(0.5);
    const divisor = rsub(1, concentration)
      .pow(2)
      .mul(rsub(1, concentration.mul(2)));
    return _torch.where(valid, this.scale.pow(2).div(divisor), Number.NaN);
  }

  override entropy(): Tensor {
    return this.scale.log().add(this.concentration).add(1).broadcast_to(this.batch_shape);
  }

  override get mode(): Tensor {
    return this.loc;
  }
}
