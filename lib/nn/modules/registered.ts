/** `_parameters`, `_buffers`, `_modules`: what a module has registered, as plain objects that change along with it. */
import { inspect } from 'node:util';
import { keep } from '../../native/memory';
import { Tensor } from '../../tensor/tensor';
import type { AnyModule } from './contract';
import { isAnyModule, propertiesOf, stateOf, typename } from './registry';

/** Values by name, in order of registration. */
export type RegisteredView<Value> = Record<string, Value | null>;

type Kind = 'parameters' | 'buffers' | 'modules';
const views = new WeakMap<AnyModule, Partial<Record<Kind, object>>>();

function checkValue(kind: Kind, name: string, value: unknown): void {
  if (value === null || (kind === 'modules' ? isAnyModule(value) : value instanceof Tensor)) return;
  const wanted = kind === 'modules' ? 'a Module' : 'a Tensor';
  throw new TypeError(`_${kind}['${name}'] must be ${wanted} or null, not ${typename(value)}`);
}

/** Nothing is asked but whether the value is of the kind: as in Python, hooks and checks are those of assignment. */
function write(module: AnyModule, kind: Kind, name: string, value: unknown): void {
  checkValue(kind, name, value);
  const state = stateOf(module);
  if (!state[kind].has(name)) state.drop(name);
  state[kind].add(name);
  if (value instanceof Tensor) keep(value);
  state.define(name, value);
}

function makeView(module: AnyModule, kind: Kind): object {
  const names = () => stateOf(module)[kind];
  const has = (key: PropertyKey): key is string => typeof key === 'string' && names().has(key);
  const valueOf = (name: string) => propertiesOf(module)[name] ?? null;
  const target = Object.create(null) as object;
  // Of a Proxy, console.log looks at the target.
  Object.defineProperty(target, inspect.custom, { value: () => ({ ...view }), configurable: true });
  const view: object = new Proxy(target, {
    get: (_, key) => (has(key) ? valueOf(key) : undefined),
    has: (_, key) => has(key),
    ownKeys: () => [...names()],
    getOwnPropertyDescriptor(_, key) {
      if (!has(key)) return undefined;
      return { value: valueOf(key), writable: true, enumerable: true, configurable: true };
    },
    set(_, key, value) {
      if (typeof key !== 'string') return false;
      write(module, kind, key, value);
      return true;
    },
    defineProperty(_, key, { value }) {
      if (typeof key !== 'string') return false;
      write(module, kind, key, value);
      return true;
    },
    deleteProperty: (_, key) => !has(key) || stateOf(module).remove(key),
  });
  return view;
}

/** What a module has registered of one kind, which the caller knows: the same object each time. */
export function registeredView<Value>(module: AnyModule, kind: Kind): RegisteredView<Value> {
  const made = views.get(module) ?? {};
  views.set(module, made);
  made[kind] ??= makeView(module, kind);
  return made[kind] as RegisteredView<Value>;
}
