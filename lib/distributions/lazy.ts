import { enable_grad } from '../autograd/grad_mode';

const lazyGetters = new WeakSet<object>();

/** A class, abstract or not. */
// biome-ignore lint/suspicious/noExplicitAny: constructors of every kind are classes
export type Class<Instance = unknown> = abstract new (...args: any[]) => Instance;

function setOwn(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

/**
 * Gives a class properties that are computed, with gradients, when first read, and then belong to the object. A
 * constructor may also assign them.
 */
export function lazy_property<Instance extends object>(
  type: Class<Instance>,
  getters: { [name: string]: (object: Instance) => unknown },
): void {
  for (const [name, compute] of Object.entries(getters)) {
    const get = function (this: Instance): unknown {
      const value = enable_grad(() => compute(this));
      setOwn(this, name, value);
      return value;
    };
    const set = function (this: Instance, value: unknown): void {
      setOwn(this, name, value);
    };
    lazyGetters.add(get);
    Object.defineProperty(type.prototype, name, { get, set, configurable: true });
  }
}

/** Whether a property would have to be computed first. */
export function isPending(object: object, name: string): boolean {
  if (Object.hasOwn(object, name)) return false;
  for (let level = Object.getPrototypeOf(object); level !== null; level = Object.getPrototypeOf(level)) {
    const get = Object.getOwnPropertyDescriptor(level, name)?.get;
    if (get !== undefined) return lazyGetters.has(get);
  }
  return false;
}
