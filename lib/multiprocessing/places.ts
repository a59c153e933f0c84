/** Where other threads find a class or a function: by module and name, as Python's pickle does. */

/** A module and what it calls its export. */
export interface Place {
  /** The path of a CommonJS module, or the URL of an ES module. */
  readonly module: string;
  readonly name: string;
}

const places = new WeakMap<object, Place>();
const contents = new Map<string, Map<string, object>>();

/**
 * Says where other threads can import these classes and functions: `importable(import.meta.url, { Images, crop })` at
 * the top level of the ES module that has them. What a CommonJS module exports is found without; what it does not
 * export needs `importable(__filename, …)`.
 */
export function importable(module: string, values: Readonly<Record<string, object>>): void {
  if (typeof module !== 'string') {
    throw new TypeError(`importable(): argument 'module' must be import.meta.url or __filename, not ${typeof module}`);
  }
  const known = contents.get(module) ?? new Map<string, object>();
  contents.set(module, known);
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== 'function') {
      throw new TypeError(`importable(): '${name}' must be a class or a function, not ${typeof value}`);
    }
    known.set(name, value);
    places.set(value, { module, name });
  }
}

/** The whole of a CommonJS module, where that is the function itself. */
const WHOLE = 'module.exports';

/** Getters are left alone: they stand for another module's exports, and may load one. */
function nameIn(exported: unknown, value: object): string | undefined {
  if (exported === value) return WHOLE;
  if (typeof exported !== 'object' || exported === null) return undefined;
  for (const name of Object.getOwnPropertyNames(exported)) {
    if (Object.getOwnPropertyDescriptor(exported, name)!.value === value) return name;
  }
  return undefined;
}

function findInCommonJs(value: object): Place | undefined {
  for (const module of Object.keys(require.cache)) {
    const name = nameIn(require.cache[module]?.exports, value);
    if (name !== undefined) return { module, name };
  }
  return undefined;
}

/** Where a class or a function can be imported from, if anywhere. */
export function placeOf(value: object): Place | undefined {
  const known = places.get(value);
  if (known !== undefined) return known;
  const found = findInCommonJs(value);
  if (found !== undefined) places.set(value, found);
  return found;
}

function isUrl(module: string): boolean {
  return /^[a-z][a-z\d+.-]+:/.test(module);
}

/** Loads the module of a place, so that `valueAt` finds its contents. */
export async function loadModule(module: string): Promise<void> {
  if (!isUrl(module)) {
    require(module);
    return;
  }
  const exported = (await import(module)) as Record<string, unknown>;
  const known = contents.get(module) ?? new Map<string, object>();
  contents.set(module, known);
  for (const [name, value] of Object.entries(exported)) {
    if (typeof value === 'function' && !known.has(name)) known.set(name, value);
  }
}

/** The class or function of a place. @throws Error when its module has no such thing, or is an ES module not loaded */
export function valueAt({ module, name }: Place): object {
  const exported = contents.get(module)?.get(name) ?? inCommonJs(module, name);
  if (typeof exported !== 'function') {
    const reason = isUrl(module) && !contents.has(module) ? 'this thread has not imported it' : 'it has no such export';
    throw new Error(`'${name}' cannot be had from ${module}: ${reason}`);
  }
  return exported;
}

function inCommonJs(module: string, name: string): unknown {
  if (isUrl(module)) return undefined;
  const exported = require(module) as Record<string, unknown>;
  return name === WHOLE ? exported : exported[name];
}
