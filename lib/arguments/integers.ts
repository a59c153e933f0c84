/** Integers: Python has one kind of them, JavaScript numbers and bigints. */
import { checkNestedLengths, isList } from '../native/kinds';

/** Parameters that take data, for tensors or of a dataset: it decides the dtype whether an element is a number or a bigint. */
const data: ReadonlySet<string> = new Set(
  'data obj ts tensor_list fill_value actual expected dataset data_source batch'.split(' '),
);

/** A bigint that a number holds exactly, as that number. */
function plain(value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/**
 * The argument of a parameter, alone or a list, with numbers for bigints.
 * @throws TypeError for a list that says it has billions of elements, or has such a list in it
 */
export function plainIntegers(parameter: string, value: unknown): unknown {
  if (typeof value === 'bigint') return data.has(parameter) ? value : plain(value);
  if (!isList(value) || data.has(parameter)) return value;
  let integers = false;
  let nested = false;
  for (let i = 0; i < value.length; i++) {
    const each: unknown = value[i];
    if (typeof each === 'bigint') integers = true;
    else if (typeof each === 'object' && Array.isArray(each)) nested = true;
  }
  if (nested) checkNestedLengths(value);
  return integers ? value.map(plain) : value;
}

/** Whether a value is an integer, as `isinstance(value, int)` asks. */
export function isInteger(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || Number.isInteger(value);
}

/** Whether the arguments of `torch.Tensor(2, 3)` and its like are sizes. */
export function areSizes(args: readonly unknown[]): args is number[] {
  return args.every((size) => typeof size === 'number' || typeof size === 'bigint');
}
