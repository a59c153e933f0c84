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

export const MixtureSameFamilyConstraint = callableClass(Mixture);
export const independent = callableClass(_IndependentConstraint);
export const boolean = new _Boolean();
export const one_hot = new _OneHot();
export const nonnegative_integer = new _IntegerGreaterThan(0);
export const positive_integer = new _IntegerGreaterThan(1);
export const integer_interval = callableClass(_IntegerInterval);
export const real = new _Real();
export const real_vector = independent(real, 1);
export const positive = withFloats(new _GreaterThan(0));
export const nonnegative = withFloats(new _GreaterThanEq(0));
export const greater_than = callableClass(_GreaterThan);
export const greater_than_eq = callableClass(_GreaterThanEq);
export const less_than = callableClass(_LessThan);
export const multinomial = callableClass(_Multinomial);
export const unit_interval = withFloats(new _Interval(0, 1));
export const interval = callableClass(_Interval);
export const half_open_interval = callableClass(_HalfOpenInterval);
export const simplex = new _Simplex();
export const lower_triangular = new _LowerTriangular();
export const lower_cholesky = new _LowerCholesky();
export const corr_cholesky = new _CorrCholesky();
export const square = new _Square();
export const symmetric = new _Symmetric();
export const positive_semidefinite = new _PositiveSemidefinite();
export const positive_definite = new _PositiveDefinite();
export const cat = callableClass(_Cat);
export const stack = callableClass(_Stack);
