/** The arguments of schedulers. */
import { named, REQUIRED } from '../../operators/keywords';
import type { AnyOptimizer } from './scheduler';

/** The arguments of a scheduler's constructor: the optimizer, and the others by name. */
export function parseScheduler<Options extends object>(
  name: string,
  parameters: Readonly<Record<string, unknown>>,
  args: readonly unknown[],
): { optimizer: AnyOptimizer } & Options {
  return named(`${name}.__init__`, { optimizer: REQUIRED, ...parameters }, args);
}

/** How many of the sorted `values` are at most `x`. */
export function countUpTo(values: readonly number[], x: number): number {
  return values.filter((value) => value <= x).length;
}
