/** Modules that hold others. https://docs.pytorch.org/docs/2.13/nn.html#containers */

import { requireIterable } from '../../arguments/checks';
import { Signature } from '../../arguments/signature';
import { warn } from '../../base/errors';
import { isList } from '../../native/kinds';
import { Tensor } from '../../tensor/tensor';
import { isIterable, type NamedValues, pairsFor, pairsOf, requireValues } from './container_values';
import { isModule, Module, own } from './module';
import { propertiesOf, stateOf, typename } from './registry';
import { indent } from './repr';
import { type Index, position, sliced } from './slices';

/** Named modules: a plain object, a Map, or pairs. */
export type NamedModules<M extends Module = Module> = NamedValues<M>;

const ofModuleList = new Signature<{ modules: unknown }>('ModuleList.__init__', { modules: null });

/** Deprecated: Module does the same. */
export class Container extends Module {
  constructor(modules: NamedModules = {}) {
    warn(
      'nn.Container is deprecated. All of its functionality is now implemented in nn.Module. Subclass that instead.',
      'FutureWarning',
    );
    super();
    const pairs = pairsOf(modules as Record<string, Module>);
    requireIterable('Container', 'modules', pairs);
    for (const [name, module] of pairsFor<Module>('Container', pairs)) this.add_module(name, module);
  }
}

/** Modules by position: their names are `'0'`, `'1'`, …, and `list[0]` is the first. */
abstract class IndexedModules<M extends Module> extends Module {
  [index: number]: M;

  /** `list[0]`, `list[-1]`, and for a slice (`list.index('1:')`) another container. */
  abstract index(index: Index): M;
  abstract index(slice: string): this;

  override get length(): number {
    return stateOf(this).modules.size;
  }

  *[Symbol.iterator](): IterableIterator<M> {
    for (const [, module] of own<M>(this, 'modules', true)) yield module;
  }

  /** `list[-1]` in Python. */
  at(index: Index): M {
    return [...this][position(index, this.length)]!;
  }

  /** `list[index] = module`, where a negative index counts from the end. */
  set(index: Index, module: M): this {
    const names = [...stateOf(this).modules];
    propertiesOf(this)[names[position(index, names.length)]!] = module;
    return this;
  }

  /** Adds a module at the end. */
  append(module: M): this {
    this.add_module(String(this.length), module);
    return this;
  }

  /** Adds several modules. */
  extend(modules: Iterable<M>): this {
    if (!isIterable(modules)) throw new TypeError(`'${typename(modules)}' object is not iterable`);
    for (const module of [...modules]) this.append(module);
    return this;
  }

  /** Puts a module before the one at `index`. */
  insert(index: number, module: M): this {
    if (!isModule(module)) throw new TypeError(`module should be of type: ${Module.name}`);
    const { length } = this;
    if (index < -length || index > length) throw new RangeError(`Index out of range: ${index}`);
    const modules = [...this];
    modules.splice(index, 0, module);
    this.reset(modules);
    return this;
  }

  /** Takes one module out and returns it; for a slice (`list.pop('1:')`) several, as a container of them. */
  pop(key: number): M;
  pop(slice: string): this;
  pop(key: number | string): M | this {
    const modules = [...this];
    const taken = typeof key === 'string' ? this.index(key) : this.index(key);
    const gone = new Set(typeof key === 'string' ? sliced(key, modules.length) : [position(key, modules.length)]);
    this.reset(modules.filter((_, i) => !gone.has(i)));
    return taken;
  }

  /** The names stay without gaps. */
  override _child_deleted(): void {
    this.reset([...this]);
  }

  /** Replaces all modules. */
  protected reset(modules: readonly M[]): void {
    const state = stateOf(this);
    const old = [...state.modules];
    state.modules.clear(); // deleting what is not a child any more renumbers nothing
    for (const name of old) delete propertiesOf(this)[name];
    modules.forEach((module, i) => {
      state.modules.add(String(i));
      propertiesOf(this)[String(i)] = module;
    });
  }
}

/** Named modules; what is none counts as a module, and is refused as one. */
function namedModules(modules: object): Iterable<readonly [string, Module]> {
  const pairs = pairsOf<Module>(modules as Record<string, Module>);
  const unnamed = isList(pairs) && !pairs.every(Array.isArray);
  return isIterable(pairs) && !unnamed && !(pairs instanceof Tensor) ? pairs : [['0', modules as Module]];
}

/**
 * Calls its modules one after the other: `new nn.Sequential(a, b)`, or with names `new nn.Sequential({ conv: a, act: b })`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.Sequential.html
 */
export class Sequential<Input = Tensor, Output = Tensor> extends IndexedModules<Module> {
  constructor(...modules: readonly (Module | null)[]);
  constructor(modules: NamedModules);
  constructor(...args: readonly unknown[]) {
    super();
    const [first] = args;
    if (args.length === 1 && typeof first === 'object' && first !== null) {
      for (const [name, module] of namedModules(first)) this.add_module(name, module);
    } else for (const [i, module] of args.entries()) this.add_module(String(i), module as Module | null);
  }

  override forward(input: Input): Output {
    let value: unknown = input;
    const state = stateOf(this);
    for (const name of state.modules) value = (state.get(name) as Module)(value);
    return value as Output;
  }

  /** `net[0]`, `net[-1]`, and for a slice (`net.index('1:')`) another Sequential with the same names. */
  override index(index: Index): Module;
  override index(slice: string): this;
  override index(index: Index | string): Module {
    if (typeof index !== 'string') return this.at(index);
    const pairs = own<Module>(this, 'modules', true);
    return this.alike(new Map(sliced(index, pairs.length).map((i) => pairs[i]!)));
  }

  /** `a + b`: the modules of both. */
  add(other: Sequential): Sequential {
    requireSequential(other);
    return new Sequential(...this, ...other);
  }

  /** `a += b`: adds the modules of another. */
  add_(other: Sequential): this {
    requireSequential(other);
    return this.extend(other);
  }

  /** `a * n`: the same modules n times. */
  mul(times: number): Sequential {
    this.requireTimes(times);
    return new Sequential(...Array.from({ length: times }, () => [...this]).flat());
  }

  /** `a *= n`: adds its own modules n − 1 times. */
  mul_(times: number): this {
    this.requireTimes(times);
    const modules = [...this];
    for (let i = 1; i < times; i++) this.extend(modules);
    return this;
  }

  private requireTimes(times: number): void {
    if (!Number.isInteger(times)) {
      throw new TypeError(`unsupported operand type(s) for *: ${this._get_name()} and ${typename(times)}`);
    }
    if (times <= 0) throw new RangeError(`Non-positive multiplication factor ${times} for ${this._get_name()}`);
  }

  private alike(modules: ReadonlyMap<string, Module>): Module {
    const Class = this.constructor as new (modules: NamedModules) => Sequential;
    return new Class(modules);
  }
}

function requireSequential(other: unknown): void {
  if (other instanceof Sequential) return;
  throw new RangeError(`add operator supports only objects of Sequential class, but ${typename(other)} is given.`);
}

/**
 * A list of modules, registered.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.ModuleList.html
 */
export class ModuleList<M extends Module = Module> extends IndexedModules<M> {
  constructor(modules: Iterable<M> | null | { modules?: Iterable<M> | null } = null) {
    super();
    const list = ofModuleList.read([modules]).modules as Iterable<M> | null;
    if (list !== null) this.extend(list);
  }

  /** Adds several modules. */
  override extend(modules: Iterable<M>): this {
    requireValues('ModuleList.extend', 'iterable', modules);
    return super.extend(modules);
  }

  /** `list[0]`, `list[-1]`, and for a slice (`list.index('1:')`) another list. */
  override index(index: Index): M;
  override index(slice: string): this;
  override index(index: Index | string): M | ModuleList<M> {
    if (typeof index !== 'string') return this.at(index);
    const Class = this.constructor as new (modules: Iterable<M>) => ModuleList<M>;
    return new Class(sliced(index, this.length).map((i) => this.at(i)));
  }

  /** `a + b`: the modules of both. */
  add(other: Iterable<M>): ModuleList<M> {
    if (!isIterable(other)) throw new TypeError(`'${typename(other)}' object is not iterable`);
    return new ModuleList<M>([...this, ...other]);
  }

  /** `a += b`: adds several modules. */
  add_(other: Iterable<M>): this {
    return this.extend(other);
  }

  /** Equal neighbours print once. */
  override toString(): string {
    const runs: { from: number; to: number; text: string }[] = [];
    [...this].forEach((module, i) => {
      const text = String(module);
      const last = runs[runs.length - 1];
      if (last?.text === text) last.to = i;
      else runs.push({ from: i, to: i, text });
    });
    if (runs.length === 0) return `${this._get_name()}()`;
    const lines = runs.map(({ from, to, text }) =>
      from === to ? `(${from}): ${text}` : `(${from}-${to}): ${to - from + 1} x ${text}`,
    );
    return `${this._get_name()}(\n  ${lines.map((line) => indent(line, 2)).join('\n  ')}\n)`;
  }
}

/**
 * Modules by name, registered; each is also a property of that name.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.ModuleDict.html
 */
export class ModuleDict<M extends Module = Module> extends Module {
  constructor(modules: NamedModules<M> | null = null) {
    super();
    if (modules !== null) this.update(modules);
  }

  override get length(): number {
    return stateOf(this).modules.size;
  }

  *[Symbol.iterator](): IterableIterator<string> {
    yield* this.keys();
  }

  /** `dict[key]`. */
  index(key: string): M {
    if (!this.has(key)) throw new RangeError(`'${key}'`);
    return propertiesOf(this)[key] as M;
  }

  /** `key in dict`. */
  has(key: string): boolean {
    return stateOf(this).modules.has(key);
  }

  /** `dict[key] = module`. */
  set(key: string, module: M | null): this {
    this.add_module(key, module);
    return this;
  }

  /** The names, in order. */
  keys(): string[] {
    return [...stateOf(this).modules];
  }

  /** The modules, in order. */
  values(): M[] {
    return this.items().map(([, module]) => module);
  }

  /** The pairs of names and modules. */
  items(): [string, M][] {
    return own<M>(this, 'modules', true);
  }

  /** Removes all modules. */
  clear(): void {
    for (const key of this.keys()) delete propertiesOf(this)[key];
  }

  /** Takes one module out and returns it. */
  pop(key: string): M {
    const module = this.index(key);
    delete propertiesOf(this)[key];
    return module;
  }

  /** Adds modules, or replaces those of the same name. */
  update(modules: NamedModules<M>): void {
    const pairs = modules instanceof ModuleDict ? modules.items() : pairsOf<M>(modules as Record<string, M>);
    requireValues('ModuleDict.update', 'iterable of key/value pairs', pairs);
    for (const [key, module] of pairsFor<M>('ModuleDict', pairs)) this.set(key, module);
  }
}
