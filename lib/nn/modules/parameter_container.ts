/** Modules that hold parameters. https://docs.pytorch.org/docs/2.13/nn.html#containers */

import { Signature } from '../../arguments/signature';
import { TorchError } from '../../base/errors';
import { isOptions } from '../../native/kinds';
import { Tensor } from '../../tensor/tensor';
import { Parameter } from '../parameter';
import { type NamedValues, pairsFor, requireValues } from './container_values';
import { Module } from './module';
import { propertiesOf, typename } from './registry';
import { type Index, position, sliced } from './slices';

const ofParameterList = new Signature<{ values: unknown }>('ParameterList.__init__', { values: null });

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

  constructor(values: Iterable<Value | Tensor> | null | { values?: Iterable<Value | Tensor> | null } = null) {
    super();
    const list = ofParameterList.read([values]).values as Iterable<Value | Tensor> | null;
    if (list !== null) this.extend(list);
  }

  override get length(): number {
    return this._size;
  }

  *[Symbol.iterator](): IterableIterator<Value> {
    for (let i = 0; i < this._size; i++) yield this[i]!;
  }

  /** `list[-1]` in Python. */
  at(index: Index): Value {
    return this[position(index, this._size)]!;
  }

  /** `list[0]`, `list[-1]`, and for a slice (`list.index('1:')`) another list. */
  index(index: Index): Value;
  index(slice: string): ParameterList<Value>;
  index(index: Index | string): Value | ParameterList<Value> {
    if (typeof index !== 'string') return this.at(index);
    return new ParameterList<Value>(sliced(index, this._size).map((i) => this[i]!));
  }

  /** `list[index] = value`: a tensor becomes a parameter. */
  set(index: Index, value: Value | Tensor): this {
    propertiesOf(this)[position(index, this._size)] = asParameter(value);
    return this;
  }

  /** Adds a parameter; a tensor becomes one. */
  append(value: Value | Tensor): this {
    propertiesOf(this)[this._size] = asParameter(value);
    this._size++;
    return this;
  }

  /** Adds several. */
  extend(values: Iterable<Value | Tensor>): this {
    requireValues('ParameterList.extend', 'iterable', values);
    for (const value of [...values]) this.append(value);
    return this;
  }

  /** `a += b`: adds several. */
  add_(values: Iterable<Value | Tensor>): this {
    return this.extend(values);
  }

  override extra_repr(): string {
    return [...this].map((value, i) => describe(String(i), value, (x) => String(x.dtype))).join('\n');
  }

  override forward(): never {
    throw new TorchError('ParameterList should not be called.');
  }
}

/**
 * Parameters by name, registered; tensors become parameters, and other values are held too.
 * A plain object's are taken in the order of its sorted keys, as PyTorch does.
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
    if (key in this && !this._keys.has(key)) throw new Error(`attribute '${key}' already exists`);
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
    if (key === undefined) throw new Error('popitem(): dictionary is empty');
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
    } else {
      requireValues('ParametersDict.update', 'iterable of key/value pairs', parameters);
      for (const [key, value] of pairsFor<Value>('ParameterDict', parameters)) this.set(key, value);
    }
  }

  /** `a | b`: a new one with the parameters of both; those of `other` win. */
  bitwise_or(other: NamedValues<Value | Tensor> | ParameterDict<Value>): ParameterDict<Value> {
    return this.copy().bitwise_or_(other);
  }

  /** `a |= b`: the same as `update`, but returns this one. */
  bitwise_or_(other: NamedValues<Value | Tensor> | ParameterDict<Value>): this {
    this.update(other);
    return this;
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
