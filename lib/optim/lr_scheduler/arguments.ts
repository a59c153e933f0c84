/** The arguments of schedulers. */

import { requireNumber } from '../../arguments/checks';
import { named, REQUIRED } from '../../arguments/keywords';
import { Tensor } from '../../tensor/tensor';
import { type AnyOptimizer, checkOptimizer } from './scheduler';

/**
 * The arguments of a scheduler's constructor: the optimizer, and the others by name.
 * @throws TypeError when the optimizer is none
 */
export function parseScheduler<Options extends object>(
  name: string,
  parameters: Readonly<Record<string, unknown>>,
  args: readonly unknown[],
): { optimizer: AnyOptimizer } & Options {
  const given = named<{ optimizer: AnyOptimizer } & Options>(
    `${name}.__init__`,
    { optimizer: REQUIRED, ...parameters },
    args,
  );
  checkOptimizer(given.optimizer);
  for (const [parameter, value] of Object.entries(given)) {
    if (typeof parameters[parameter] !== 'number' || value instanceof Tensor || Array.isArray(value)) continue;
    requireNumber(name, parameter, value);
  }
  return given;
}

/** What a function remembers in properties of its own, which Python's callable objects have; null without any. */
export function propertiesOf(fn: object): object | null {
  return Object.keys(fn).length > 0 ? { ...fn } : null;
}

/** How many of the sorted `values` are at most `x`. */
export function countUpTo(values: readonly number[], x: number): number {
  return values.filter((value) => value <= x).length;
}
