/** Modules that hold others. https://docs.pytorch.org/docs/2.13/nn.html#containers */
import { TorchError, warn } from '../../errors';
import { isOptions } from '../../operators/kinds';
import { Tensor } from '../../tensor';
import { Parameter } from '../parameter';
import { Module, own } from './module';
import { isModule, propertiesOf, stateOf, typename } from './registry';
import { indent } from './repr';
import { position, sliced } from './slices';

/** Named modules: a plain object, a Map, or pairs. */
export type NamedModules<M extends Module = Module> =
  | Readonly<Record<string, M>>
  | ReadonlyMap<string, M>
  | Iterable<readonly [string, M]>;

/** Pairs of whatever form named values come in. */
function pairsOf<Value>(
  values: Readonly<Record<string, Value>> | Iterable<readonly [string, Value]>,
): Iterable<readonly [string, Value]> {
  return isOptions(values) ? Object.entries(values as Record<string, Value>) : (values as Iterable<[string, Value]>);
}

/** Deprecated: Module does the same. */
export class Container extends Module {
  constructor(modules: NamedModules = {}) {
    warn(
      'nn.Container is deprecated. All of its functionality is now implemented in nn.Module. Subclass that instead.',
      'FutureWarning',
    );
    super();
    for (const [name, module] of pairsOf(modules as Record<string, Module>)) this.add_module(name, module);
  }
}

/** Modules by position: their names are `'0'`, `'1'`, …, and `list[0]` is the first. */
abstract class IndexedModules<M extends Module> extends Module {
  [index: number]: M;

  override get length(): number {
    return stateOf(this).modules.size;
  }

  *[Symbol.iterator](): IterableIterator<M> {
    for (const [, module] of own<M>(this, 'modules', true)) yield module;
  }

  /** `list[-1]` in Python. */
  at(index: number): M {
    return [...this][position(index, this.length)]!;
  }

  append(module: M): this {
    this.add_module(String(this.length), module);
    return this;
  }

  extend(modules: Iterable<M>): this {
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

  /** Takes one module out and returns it. */
  pop(key: number): M {
    const modules = [...this];
    const [taken] = modules.splice(position(key, modules.length), 1);
    this.reset(modules);
    return taken!;
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
      for (const [name, module] of pairsOf(first as Record<string, Module>)) this.add_module(name, module);
    } else for (const [i, module] of args.entries()) this.add_module(String(i), module as Module | null);
  }

  override forward(input: Input): Output {
    let value: unknown = input;
    const state = stateOf(this);
    for (const name of state.modules) value = (state.get(name) as Module)(value);
    return value as Output;
  }

  /** `net[0]`, `net[-1]`, and for a slice (`net.index('1:')`) another Sequential with the same names. */
  index(index: number): Module;
  index(slice: string): this;
  index(index: number | string): Module {
    if (typeof index === 'number') return this.at(index);
    const pairs = own<Module>(this, 'modules', true);
    return this.alike(new Map(sliced(index, pairs.length).map((i) => pairs[i]!)));
  }

  /** `a + b`: the modules of both. */
  add(other: Sequential): Sequential {
    if (!(other instanceof Sequential)) {
      throw new RangeError(`add operator supports only objects of Sequential class, but ${typename(other)} is given.`);
    }
    return new Sequential(...this, ...other);
  }

  /** `a * n`: the same modules n times. */
  mul(times: number): Sequential {
    if (!Number.isInteger(times)) {
      throw new TypeError(`unsupported operand type(s) for *: ${this._get_name()} and ${typename(times)}`);
    }
    if (times <= 0) throw new RangeError(`Non-positive multiplication factor ${times} for ${this._get_name()}`);
    return new Sequential(...Array.from({ length: times }, () => [...this]).flat());
  }

  private alike(modules: ReadonlyMap<string, Module>): Module {
    const Class = this.constructor as new (modules: NamedModules) => Sequential;
    return new Class(modules);
  }
}

/**
 * A list of modules, registered.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.ModuleList.html
 */
export class ModuleList<M extends Module = Module> extends IndexedModules<M> {
  constructor(modules: Iterable<M> | null = null) {
    super();
    if (modules !== null) this.extend(modules);
  }

  /** Adds several modules. */
  override extend(modules: Iterable<M>): this {
    if (typeof (modules as Iterable<M> | undefined)?.[Symbol.iterator] !== 'function') {
      throw new TypeError(`ModuleList.extend should be called with an iterable, but got ${typename(modules)}`);
    }
    return super.extend(modules);
  }

  /** `list[0]`, `list[-1]`, and for a slice (`list.index('1:')`) another list. */
  index(index: number): M;
  index(slice: string): this;
  index(index: number | string): M | ModuleList<M> {
    if (typeof index === 'number') return this.at(index);
    const Class = this.constructor as new (modules: Iterable<M>) => ModuleList<M>;
    return new Class(sliced(index, this.length).map((i) => this.at(i)));
  }

  /** `a + b`: the modules of both. */
  add(other: Iterable<M>): ModuleList<M> {
    return new ModuleList<M>([...this, ...other]);
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
    if (typeof (pairs as Iterable<unknown> | undefined)?.[Symbol.iterator] !== 'function') {
      throw new TypeError(
        `ModuleDict.update should be called with an iterable of key/value pairs, but got ${typename(modules)}`,
      );
    }
    let j = 0;
    for (const pair of pairs) {
      if (pair.length !== 2) {
        throw new RangeError(
          `ModuleDict update sequence element #${j} has length ${(pair as unknown[]).length}; 2 is required`,
        );
      }
      this.add_module(pair[0], pair[1]);
      j++;
    }
  }
}

/** A tensor becomes a parameter; anything else stays as it is. */
function asParameter(value: unknown): unknown {
  return value instanceof Tensor && !(value instanceof Parameter) ? new Parameter(value) : value;
}

/** One line of a container's printout. */
function describe(key: string, value: unknown, type: (value: Tensor) => string): string {
  if (!(value instanceof Tensor)) return `  (${key}): Object of type: ${typename(value)}`;
  const device = value.device.type === 'cuda' ? ` (${value.device})` : '';
  const kind = value instanceof Parameter ? 'Parameter' : 'Tensor';
  return `  (${key}): ${kind} containing: [${type(value)} of size ${value.shape.join('x')}${device}]`;
}

/**
 * A list of parameters, registered; tensors become parameters, and other values are held too.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.ParameterList.html
 */
export class ParameterList<Value = Parameter> extends Module {
  [index: number]: Value;
  private _size = 0;

  constructor(values: Iterable<Value | Tensor> | null = null) {
    super();
    if (values !== null) this.extend(values);
  }

  override get length(): number {
    return this._size;
  }

  *[Symbol.iterator](): IterableIterator<Value> {
    for (let i = 0; i < this._size; i++) yield this[i]!;
  }

  /** `list[-1]` in Python. */
  at(index: number): Value {
    return this[position(index, this._size)]!;
  }

  /** `list[0]`, `list[-1]`, and for a slice (`list.index('1:')`) another list. */
  index(index: number): Value;
  index(slice: string): ParameterList<Value>;
  index(index: number | string): Value | ParameterList<Value> {
    if (typeof index === 'number') return this.at(index);
    return new ParameterList<Value>(sliced(index, this._size).map((i) => this[i]!));
  }

  /** Adds a parameter; a tensor becomes one. */
  append(value: Value | Tensor): this {
    propertiesOf(this)[this._size] = asParameter(value);
    this._size++;
    return this;
  }

  /** Adds several. */
  extend(values: Iterable<Value | Tensor>): this {
    if (typeof (values as Iterable<Value> | undefined)?.[Symbol.iterator] !== 'function' || values instanceof Tensor) {
      throw new TypeError(`ParameterList.extend should be called with an iterable, but got ${typename(values)}`);
    }
    for (const value of [...values]) this.append(value);
    return this;
  }

  override extra_repr(): string {
    return [...this].map((value, i) => describe(String(i), value, (x) => String(x.dtype))).join('\n');
  }

  override forward(): never {
    throw new TorchError('ParameterList should not be called.');
  }
}

/** Named values: a plain object (taken in the order of its sorted keys, as PyTorch does), a Map, or pairs. */
type NamedValues<Value> =
  | Readonly<Record<string, Value>>
  | ReadonlyMap<string, Value>
  | Iterable<readonly [string, Value]>;

/**
 * Parameters by name, registered; tensors become parameters, and other values are held too.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.ParameterDict.html
 */
export class ParameterDict<Value = Parameter> extends Module {
  private readonly _keys = new Set<string>();

  constructor(parameters: NamedValues<Value | Tensor> | ParameterDict<Value> | null = null) {
    super();
    if (parameters !== null) this.update(parameters);
  }

  override get length(): number {
    return this._keys.size;
  }

  *[Symbol.iterator](): IterableIterator<string> {
    yield* this._keys;
  }

  /** `dict[key]`. */
  index(key: string): Value {
    if (!this._keys.has(key)) throw new RangeError(`'${key}'`);
    return propertiesOf(this)[key] as Value;
  }

  /** `dict[key] = value`. */
  set(key: string, value: Value | Tensor): this {
    if (typeof key !== 'string') {
      throw new TypeError(
        `Index given to ParameterDict cannot be used as a key as it is not a string (type is '${typename(key)}'). Open an issue on github if you need non-string keys.`,
      );
    }
    this._keys.add(key);
    propertiesOf(this)[key] = asParameter(value);
    return this;
  }

  /** `key in dict`. */
  has(key: string): boolean {
    return this._keys.has(key);
  }

  /** The parameter of a name, else the default. */
  get(key: string): Value | null;
  get<Default>(key: string, fallback: Default): Value | Default;
  get(key: string, fallback: unknown = null): unknown {
    return this._keys.has(key) ? this.index(key) : fallback;
  }

  /** The parameter of a name, which is set to the default if there is none. */
  setdefault(key: string, fallback: Value | Tensor): Value {
    if (!this._keys.has(key)) this.set(key, fallback);
    return this.index(key);
  }

  /** Takes one value out and returns it. */
  pop(key: string): Value {
    const value = this.index(key);
    this._keys.delete(key);
    delete propertiesOf(this)[key];
    return value;
  }

  /** Takes the last value out. */
  popitem(): [string, Value] {
    const key = this.keys().at(-1);
    if (key === undefined) throw new RangeError('dictionary is empty');
    return [key, this.pop(key)];
  }

  /** Removes all parameters. */
  clear(): void {
    for (const key of this.keys()) this.pop(key);
  }

  /** A new one with the same parameters. */
  copy(): ParameterDict<Value> {
    return new ParameterDict<Value>(new Map(this.items()));
  }

  /** A new dict with one value for all keys. */
  fromkeys<Default>(keys: Iterable<string>, fallback: Default): ParameterDict<Default> {
    return new ParameterDict<Default>([...keys].map((key): [string, Default] => [key, fallback]));
  }

  /** The names, in order. */
  keys(): string[] {
    return [...this._keys];
  }

  /** The parameters, in order. */
  values(): Value[] {
    return this.keys().map((key) => this.index(key));
  }

  /** The pairs of names and parameters. */
  items(): [string, Value][] {
    return this.keys().map((key) => [key, this.index(key)]);
  }

  /** Adds or replaces several. */
  update(parameters: NamedValues<Value | Tensor> | ParameterDict<Value>): void {
    if (parameters instanceof ParameterDict) for (const [key, value] of parameters.items()) this.set(key, value);
    else if (isOptions(parameters)) {
      const values = parameters as Record<string, Value>;
      for (const key of Object.keys(values).sort()) this.set(key, values[key]!);
    } else for (const [key, value] of parameters as Iterable<[string, Value]>) this.set(key, value);
  }

  override extra_repr(): string {
    return this.items()
      .map(([key, value]) => describe(key, value, typename))
      .join('\n');
  }

  override forward(): never {
    throw new TorchError('ParameterDict should not be called.');
  }
}
