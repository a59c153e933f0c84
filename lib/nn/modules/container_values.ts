/** What containers are given: values one after another, and pairs of names and values. */

import { isList, isOptions } from '../../native/kinds';
import { Tensor } from '../../tensor/tensor';
import { typename } from './registry';

/** Named values: a plain object, a Map, or pairs. */
export type NamedValues<Value> =
  | Readonly<Record<string, Value>>
  | ReadonlyMap<string, Value>
  | Iterable<readonly [string, Value]>;

/** Pairs of whatever form named values come in. */
export function pairsOf<Value>(
  values: Readonly<Record<string, Value>> | Iterable<readonly [string, Value]>,
): Iterable<readonly [string, Value]> {
  return isOptions(values) ? Object.entries(values as Record<string, Value>) : (values as Iterable<[string, Value]>);
}

export function isIterable(value: unknown): value is Iterable<unknown> {
  return isList(value) || typeof (value as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] === 'function';
}

/** @throws TypeError unless `values` can be iterated over, and is not a tensor */
export function requireValues(method: string, what: string, values: unknown): asserts values is Iterable<unknown> {
  if (isIterable(values) && !(values instanceof Tensor)) return;
  const type = values instanceof Tensor ? values.constructor.name : typename(values);
  throw new TypeError(`${method} should be called with an ${what}, but got ${type}`);
}

/**
 * The pairs that a dictionary is updated with.
 * @throws TypeError for an element that is not iterable, RangeError for one that has not two elements
 */
export function* pairsFor<Value>(name: string, values: Iterable<unknown>): Iterable<readonly [string, Value]> {
  let j = 0;
  for (const element of values) {
    const place = `${name} update sequence element #${j++}`;
    if (!isIterable(element)) throw new TypeError(`${place} should be Iterable; is${typename(element)}`);
    const pair = [...element];
    if (pair.length !== 2) throw new RangeError(`${place} has length ${pair.length}; 2 is required`);
    yield pair as unknown as readonly [string, Value];
  }
}
