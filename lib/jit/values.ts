/** Values on their way to a program and back. */
import { Entries } from '../native/frame';
import { isOptions } from '../native/kinds';
import { NativeObject } from '../native/object';
import { NativePart } from '../native/part';
import { isAnyModule } from '../nn/modules/registry';

/** The native modules behind ScriptModules. */
const parts = new WeakMap<object, NativePart>();

export function partOf(module: object): NativePart | undefined {
  return parts.get(module);
}

export function rememberPart(module: object, part: NativePart): void {
  parts.set(module, part);
}

/** Makes the ScriptModule of a native one: the class is handed in, since it lies above. */
let wrapModule: (part: NativePart) => object;

export function useModules(wrap: typeof wrapModule): void {
  wrapModule = wrap;
}

/** Dictionaries and ScriptModules in the form that native code reads; other values as they are. */
export function encoded(value: unknown): unknown {
  if (typeof value === 'function') return (isAnyModule(value) ? parts.get(value) : undefined) ?? value;
  if (typeof value !== 'object' || value === null || value instanceof NativeObject) return value;
  if (Array.isArray(value)) return value.map(encoded);
  if (value instanceof Map) return new Entries([...value].map(([key, each]) => [encoded(key), encoded(each)]));
  if (isOptions(value)) return new Entries(Object.entries(value).map(([key, each]) => [key, encoded(each)]));
  return value;
}

/** What native code gave, with ScriptModules for their parts. */
export function decoded(value: unknown): unknown {
  if (value instanceof NativePart) return wrapModule(value);
  if (typeof value !== 'object' || value === null || value instanceof NativeObject) return value;
  if (Array.isArray(value)) {
    value.forEach((each, i) => {
      value[i] = decoded(each);
    });
    return value;
  }
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [decoded(key), decoded(each)]));
  if (!isOptions(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, decoded(each)]));
}
