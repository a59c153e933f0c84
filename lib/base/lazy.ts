/** Modules that load when they are first used, so that a program pays at its start only for what it needs. */

type Loaders = Readonly<Record<string, () => unknown>>;

type Loaded<L extends Loaders> = { readonly [Name in keyof L]: ReturnType<L[Name]> };

const getters = new WeakSet<() => unknown>();

/** Whether a property waits for its first reading. */
export function isLazy(target: object, name: string): boolean {
  const get = Object.getOwnPropertyDescriptor(target, name)?.get;
  return get !== undefined && getters.has(get);
}

/** Adds a property for each loader, which calls it when first read and is a plain property from then on. */
export function withLazy<Target extends object, L extends Loaders>(target: Target, loaders: L): Target & Loaded<L> {
  for (const [name, load] of Object.entries(loaders)) {
    const get = (): unknown => {
      const value = load();
      Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
      return value;
    };
    getters.add(get);
    Object.defineProperty(target, name, { get, enumerable: true, configurable: true });
  }
  return target as Target & Loaded<L>;
}
