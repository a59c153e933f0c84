/** Scopes that free what they made. */

import { isMap, isSet } from 'node:util/types';
import { typeName } from './kinds';
import { closeScope, keep as keepObject, openScope } from './memory';
import { NativeObject } from './object';

/** The native objects inside a value: in arrays, plain objects, Maps and Sets too. */
export function objectsIn(value: unknown, found: Set<NativeObject>, seen = new Set<object>()): Set<NativeObject> {
  if (value instanceof NativeObject) found.add(value);
  else if (typeof value === 'object' && value !== null && !seen.has(value)) {
    seen.add(value);
    const inner = isMap(value)
      ? [...value.keys(), ...value.values()]
      : isSet(value)
        ? [...value]
        : Object.values(value);
    for (const each of inner) objectsIn(each, found, seen);
  }
  return found;
}

const nothing: ReadonlySet<NativeObject> = new Set();

/**
 * Runs `callback` and frees the tensors made inside, at once and without work for the collector, except those that it
 * returns, those given to `keep`, and what a graph or a module still uses.
 * @throws TypeError when the callback returns a promise: other code would run inside the scope
 */
export function tidy<Result>(callback: () => Result): Result {
  if (typeof callback !== 'function') {
    throw new TypeError(`tidy(): argument 'callback' (position 1) must be function, not ${typeName(callback)}`);
  }
  openScope();
  let survivors = nothing;
  try {
    const result = callback();
    if (typeof (result as { then?: unknown } | null | undefined)?.then === 'function') {
      throw new TypeError('tidy(): the callback returned a promise; await outside of it');
    }
    if (typeof result === 'object' && result !== null) survivors = objectsIn(result, new Set());
    return result;
  } finally {
    closeScope(survivors);
  }
}

/** Keeps a tensor beyond the `tidy` it was made in. */
export function keep<Kept extends NativeObject>(tensor: Kept): Kept {
  return keepObject(tensor);
}
