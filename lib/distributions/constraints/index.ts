/** torch.distributions.constraints. https://docs.pytorch.org/docs/2.13/distributions.html#module-torch.distributions.constraints */
import {
  _Boolean,
  _GreaterThan,
  _GreaterThanEq,
  _HalfOpenInterval,
  _IntegerGreaterThan,
  _IntegerInterval,
  _Interval,
  _LessThan,
  _Real,
  withFloats,
} from './bounds';
import { _Cat, _IndependentConstraint, _Stack, MixtureSameFamilyConstraint as Mixture } from './composite';
import { callableClass } from './constraint';
import {
  _CorrCholesky,
  _LowerCholesky,
  _LowerTriangular,
  _PositiveDefinite,
  _PositiveSemidefinite,
  _Square,
  _Symmetric,
} from './matrices';
import { _Multinomial, _OneHot, _Simplex } from './vectors';

export { Constraint } from './constraint';
export { type DependentOptions, dependent, dependent_property, is_dependent } from './dependent';

/** The support of a mixture: that of its components, for values without the components' dimension. */
export const MixtureSameFamilyConstraint = callableClass(Mixture);
/** Takes the last batch dimensions of a constraint for part of the event. */
export const independent = callableClass(_IndependentConstraint);
/** {0, 1}. */
export const boolean = new _Boolean();
/** Vectors with a 1 and zeros. */
export const one_hot = new _OneHot();
/** 0, 1, 2, … */
export const nonnegative_integer = new _IntegerGreaterThan(0);
/** 1, 2, 3, … */
export const positive_integer = new _IntegerGreaterThan(1);
/** Integers from a lower to an upper bound. */
export const integer_interval = callableClass(_IntegerInterval);
/** Every number but NaN. */
export const real = new _Real();
/** Vectors of numbers that are not NaN. */
export const real_vector = independent(real, 1);
/** x > 0. */
export const positive = withFloats(new _GreaterThan(0));
/** x ≥ 0. */
export const nonnegative = withFloats(new _GreaterThanEq(0));
/** x > a bound. */
export const greater_than = callableClass(_GreaterThan);
/** x ≥ a bound. */
export const greater_than_eq = callableClass(_GreaterThanEq);
/** x < a bound. */
export const less_than = callableClass(_LessThan);
/** Counts whose sum is at most a bound. */
export const multinomial = callableClass(_Multinomial);
/** [0, 1]. */
export const unit_interval = withFloats(new _Interval(0, 1));
/** [lower_bound, upper_bound]. */
export const interval = callableClass(_Interval);
/** [lower_bound, upper_bound). */
export const half_open_interval = callableClass(_HalfOpenInterval);
/** Vectors of numbers from 0 on whose sum is 1. */
export const simplex = new _Simplex();
/** Lower triangular matrices. */
export const lower_triangular = new _LowerTriangular();
/** Lower triangular matrices with positive diagonals. */
export const lower_cholesky = new _LowerCholesky();
/** Lower triangular matrices with positive diagonals and rows of length 1. */
export const corr_cholesky = new _CorrCholesky();
/** Square matrices. */
export const square = new _Square();
/** Symmetric matrices. */
export const symmetric = new _Symmetric();
/** Symmetric matrices without negative eigenvalues. */
export const positive_semidefinite = new _PositiveSemidefinite();
/** Symmetric matrices with positive eigenvalues. */
export const positive_definite = new _PositiveDefinite();
/** Constraints for parts of a tensor, as `torch.cat` puts them together. */
export const cat = callableClass(_Cat);
/** Constraints for the slices of a tensor, as `torch.stack` puts them together. */
export const stack = callableClass(_Stack);
