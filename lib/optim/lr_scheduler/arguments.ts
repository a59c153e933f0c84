/** The arguments of schedulers. */

import { requireNumber } from '../../arguments/checks';
import type { Signature, Values } from '../../arguments/signature';
import { Tensor } from '../../tensor/tensor';
import { type AnyOptimizer, checkOptimizer } from './scheduler';

/**
 * The arguments of a scheduler's constructor. Where one number is the default, there may be a tensor or a list too.
 * @throws TypeError when the optimizer is none
 */
export function parseScheduler<P extends { optimizer: AnyOptimizer }>(
  signature: Signature<P>,
  args: readonly unknown[],
): Values<P> {
  const given = signature.read(args);
  checkOptimizer(given.optimizer);
  for (const [parameter, value] of Object.entries(given)) {
    if (typeof signature.defaultOf(parameter) !== 'number' || value instanceof Tensor || Array.isArray(value)) continue;
    requireNumber(signature.owner, parameter, value);
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
