/** Modules that load when they are first used, so that a program pays at its start only for what it needs. */

type Loaders = Readonly<Record<string, () => unknown>>;

type Loaded<L extends Loaders> = { readonly [Name in keyof L]: ReturnType<L[Name]> };

const getters = new WeakSet<() => unknown>();

/** Whether a property waits for its first reading. */
export function isLazy(target: object, name: string): boolean {
  const get = Object.getOwnPropertyDescriptor(target, name)?.get;
  return get !== undefined && getters.has(get);
}

/** @throws TypeError for what a module has itself: its own files would go on with the original */
function changed(key: PropertyKey, done: boolean): true {
  if (done) return true;
  throw new TypeError(`'${String(key)}' is a name of this module and cannot be replaced: add one of your own`);
}

const guarded = new WeakSet<object>();

/** Whether a value is a module of this package, whose names are getters. */
function isModule(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, '__esModule');
}

/** Says why when a name of a module is assigned to, or of a module in it; JavaScript says that it has only a getter. */
export function guardNames<Value>(module: Value): Value {
  if (!isModule(module) || guarded.has(module)) return module;
  guarded.add(module);
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(module))) {
    if (property.get === undefined) guardNames(property.value as unknown);
    else if (property.set === undefined && property.configurable) {
      Object.defineProperty(module, name, { ...property, set: () => changed(name, false) });
    }
  }
  return module;
}

/** Adds a property for each loader, which calls it when first read and is a plain property from then on. */
export function withLazy<Target extends object, L extends Loaders>(target: Target, loaders: L): Target & Loaded<L> {
  for (const [name, load] of Object.entries(loaders)) {
    const set = (value: unknown): void => {
      Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
    };
    const get = (): unknown => {
      const value = guardNames(load());
      set(value);
      return value;
    };
    getters.add(get);
    Object.defineProperty(target, name, { get, set, enumerable: true, configurable: true });
  }
  return target as Target & Loaded<L>;
}

/**
 * An object that stands for a module not loaded yet: what is added to it is added to the module. For the ES entries that scripts/build/esm.mjs writes, which must
 * have a value for each of their names when they are linked.
 */
export function lazyNamespace<Namespace extends object>(load: () => Namespace): Namespace {
  return new Proxy({} as Namespace, {
    get: (_, key) => Reflect.get(load(), key),
    has: (_, key) => Reflect.has(load(), key),
    set: (_, key, value) => changed(key, Reflect.set(load(), key, value)),
    defineProperty: (_, key, descriptor) => changed(key, Reflect.defineProperty(load(), key, descriptor)),
    deleteProperty: (_, key) => changed(key, Reflect.deleteProperty(load(), key)),
    ownKeys: () => Reflect.ownKeys(load()),
    getOwnPropertyDescriptor: (_, key) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(load(), key);
      return descriptor && { ...descriptor, configurable: true };
    },
  });
}
