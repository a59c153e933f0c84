/** What is absent explains itself: `torch.compile` throws its reason, where `undefined` would fail somewhere later. */
import { NotImplementedError } from './errors';
import { IMPORTED, LEFT_OUT } from './left_out_table';

const getters = new WeakSet<() => unknown>();

/** Whether a property only says why it is not there. */
export function isLeftOut(target: object, name: string): boolean {
  const get = Object.getOwnPropertyDescriptor(target, name)?.get;
  return get !== undefined && getters.has(get);
}

/** The names that are left out of a namespace, with their reasons. */
export function* leftOut(namespace: string): Iterable<readonly [name: string, reason: string]> {
  for (const [reason, names] of Object.entries(LEFT_OUT[namespace] ?? {})) {
    for (const name of names.trim().split(/\s+/)) yield [name, reason];
  }
}

/**
 * Gives `target` a hidden property for each name that is left out of `namespace`. Reading it throws the reason; assigning
 * to it makes it an ordinary property.
 */
export function explainLeftOut<Target extends object>(namespace: string, target: Target): Target {
  for (const [name, reason] of leftOut(namespace)) {
    if (reason === IMPORTED || name in target) continue;
    const get = (): never => {
      throw new NotImplementedError(`${namespace}.${name} is left out: ${reason}`);
    };
    const set = function set(this: object, value: unknown): void {
      Object.defineProperty(this, name, { value, enumerable: true, configurable: true, writable: true });
    };
    getters.add(get);
    Object.defineProperty(target, name, { get, set, configurable: true });
  }
  return target;
}
