/** Values as Python's f-strings write them. */
import { floatText } from '../base/python_text';
import { Tensor } from '../tensor/tensor';

export { sizeText } from '../base/python_text';

/** A number in a message or printout; `float` says that a whole one is a float. */
export function numberText(value: number, float: boolean): string {
  return float || !Number.isInteger(value) ? floatText(value) : String(value);
}

/** A number or a tensor; a tensor of no dimensions shows as its number. */
export function formatted(value: unknown, float = false): string {
  if (typeof value === 'number') return numberText(value, float);
  if (!(value instanceof Tensor) || value.dim() > 0 || value.is_meta) return String(value);
  const item: unknown = value.item();
  if (typeof item === 'boolean') return item ? 'True' : 'False';
  return typeof item === 'number' ? numberText(item, value.dtype.is_floating_point) : String(item);
}

/** Modules whose names do not follow from their class's. */
const modules: Record<string, string> = {
  ExpRelaxedCategorical: 'relaxed_categorical',
  ExponentialFamily: 'exp_family',
  FisherSnedecor: 'fishersnedecor',
  LKJCholesky: 'lkj_cholesky',
  LogitRelaxedBernoulli: 'relaxed_bernoulli',
  LowRankMultivariateNormal: 'lowrank_multivariate_normal',
  OneHotCategoricalStraightThrough: 'one_hot_categorical',
  RelaxedOneHotCategorical: 'relaxed_categorical',
  StudentT: 'studentT',
};

/** Python's text of an object's class: `<class 'torch.distributions.multinomial.Multinomial'>`. */
export function classText(object: object): string {
  const { name } = object.constructor;
  const module = modules[name] ?? name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
  return `<class 'torch.distributions.${module}.${name}'>`;
}
