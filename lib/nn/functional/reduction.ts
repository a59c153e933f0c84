/** How the losses of elements become one: `reduction`, and the two flags that said it before. */
import { warn } from '../../base/errors';

export type Reduction = 'none' | 'mean' | 'sum';

const numbers: Readonly<Record<string, number>> = { none: 0, mean: 1, sum: 2 };

/** libtorch's number of a reduction. */
export function reductionNumber(reduction: string): number {
  if (reduction === 'elementwise_mean') {
    warn("reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.");
    return 1;
  }
  const number = Object.hasOwn(numbers, reduction) ? numbers[reduction] : undefined;
  if (number === undefined) throw new RangeError(`${reduction} is not a valid value for reduction`);
  return number;
}

type Flag = boolean | null;

/** The reduction that `size_average` and `reduce` say, when either is given. */
export function reductionName<Name extends string>(
  size_average: Flag,
  reduce: Flag,
  reduction: Name,
): Name | Reduction {
  if (size_average === null && reduce === null) return reduction;
  const name = reduce === false ? 'none' : size_average === false ? 'sum' : 'mean';
  warn(`size_average and reduce args will be deprecated, please use reduction='${name}' instead.`);
  return name;
}

export function legacyReduction(size_average: Flag, reduce: Flag, reduction: string): number {
  return reductionNumber(reductionName(size_average, reduce, reduction));
}
