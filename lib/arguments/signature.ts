/**
 * Python's calling convention: arguments by position, by name in one plain object at the end, or some of each. A
 * signature holds the parameters of one callable and puts the arguments of a call in their order.
 */

import { isOptions, typeName } from '../native/kinds';
import { NativeObject } from '../native/object';
import { missing, multiple, REQUIRED, tooMany, unexpected } from './errors';
import { plainIntegers } from './integers';

export { REQUIRED };

/** The values of all parameters, defaults filled in. */
export type Values<P> = { [K in keyof P]-?: Exclude<P[K], undefined> };

/** Parameters by name, with their defaults; `REQUIRED` for those without. */
export type Parameters<P = Record<string, unknown>> = Readonly<Record<keyof P & string, unknown>>;

/** What the value of a parameter must be. Where a number is wanted, a tensor may hold it. */
export type Kind = 'Tensor' | 'Tensor | null' | 'number' | 'number | list' | 'pair';
export type Kinds = Readonly<Record<string, Kind>>;

export class Signature<P extends object, List extends readonly unknown[] = readonly unknown[]> {
  readonly names: readonly string[];
  private readonly defaults: readonly unknown[];
  /** How many have a position, and how many must be given. */
  private readonly most: number;
  private readonly least: number;
  private readonly kinds: readonly { index: number; kind: Kind }[];

  /**
   * `keywords` counts the parameters at the end that have no position; `dictionaries` are those that plain objects are
   * values of: one in their place holds arguments by name only if all its keys are names of parameters.
   */
  constructor(
    readonly name: string,
    parameters: Parameters<P>,
    readonly keywords = 0,
    kinds: Kinds = {},
    private readonly dictionaries: readonly string[] = [],
  ) {
    this.names = Object.keys(parameters);
    this.defaults = Object.values(parameters);
    this.most = this.names.length - keywords;
    this.least = this.defaults.lastIndexOf(REQUIRED) + 1;
    this.kinds = Object.entries(kinds).map(([each, kind]) => ({ index: this.names.indexOf(each), kind }));
  }

  /**
   * The values of all parameters by name. `owner` is the class that was called, for a signature that several share.
   * @throws TypeError in Python's words for a missing, unknown, doubly given or extra argument, and for one of a wrong kind
   * @throws RangeError for a pair that is none
   */
  read(args: readonly unknown[], owner?: string): Values<P> {
    const list = this.list(args, owner);
    const values: Record<string, unknown> = {};
    for (let i = 0; i < list.length; i++) values[this.names[i]!] = list[i];
    return values as Values<P>;
  }

  /** Arguments as they are when all are given by position, and otherwise their values in order. */
  ordered(args: readonly unknown[], owner?: string): readonly unknown[] {
    return this.isPlain(args) ? args : this.list(args, owner);
  }

  /** The same in order. */
  list(args: readonly unknown[], owner?: string): List {
    const values = (this.isPlain(args) ? this.filled(args) : undefined) ?? this.sorted(args, owner);
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (typeof value === 'bigint' || Array.isArray(value)) values[i] = plainIntegers(this.names[i]!, value);
    }
    for (let i = 0; i < this.kinds.length; i++) {
      const { index, kind } = this.kinds[i]!;
      if (!isOfKind(values[index], kind)) throw wrongKind(this.name, this.names[index]!, index, kind, values[index]);
    }
    return values as unknown as List;
  }

  /** Whether all are given by position. */
  private isPlain(args: readonly unknown[]): boolean {
    const { length } = args;
    if (length === 0) return this.least === 0;
    const last = args[length - 1];
    return length >= this.least && length <= this.most && last !== undefined && !isOptions(last);
  }

  /** Arguments that are all by position; undefined when one is missing. */
  private filled(args: readonly unknown[]): unknown[] | undefined {
    const { defaults } = this;
    const values = defaults.slice();
    for (let i = 0; i < args.length; i++) if (args[i] !== undefined) values[i] = args[i];
    for (let i = 0; i < this.least; i++) if (values[i] === REQUIRED) return undefined;
    return values;
  }

  private sorted(args: readonly unknown[], owner: string | undefined): unknown[] {
    const name = owner === undefined ? this.name : owner + this.name.slice(this.name.indexOf('.'));
    let count = args.length;
    while (count > 0 && args[count - 1] === undefined) count--;
    const options = this.namedIn(args[count - 1], count - 1);
    if (options !== undefined) count--;
    if (count > this.most) throw tooMany(name, this, count, options);
    const values = this.defaults.slice();
    for (let i = 0; i < count; i++) if (args[i] !== undefined) values[i] = args[i];
    for (const key in options) {
      const value = options[key];
      if (value === undefined) continue;
      const index = this.names.indexOf(key);
      if (index < 0) throw unexpected(name, key);
      if (index < count && args[index] !== undefined) throw multiple(name, key);
      values[index] = value;
    }
    if (values.includes(REQUIRED)) {
      const left = this.names.filter((_, i) => values[i] === REQUIRED);
      throw missing(name, left, this.names.slice(0, this.most));
    }
    return values;
  }

  /** The last argument, when it holds arguments by name. */
  protected namedIn(last: unknown, index: number): Record<string, unknown> | undefined {
    if (!isOptions(last)) return undefined;
    const parameter = this.names[index];
    return parameter === undefined || !this.dictionaries.includes(parameter) || this.holdsNames(last)
      ? last
      : undefined;
  }

  /** Whether a plain object has names of parameters, and no others. */
  protected holdsNames(object: object): boolean {
    const keys = Object.keys(object);
    return keys.length > 0 && keys.every((key) => this.names.includes(key));
  }

  /** @internal The names of those that must be given by position or name and have a position. */
  get required(): readonly string[] {
    return this.names.filter((_, i) => i < this.most && this.defaults[i] === REQUIRED);
  }
}

/** The signature of a function's options, which all go by name. */
export function keywords<P extends object>(name: string, parameters: Parameters<P>): Signature<P> {
  return new Signature<P>(name, parameters, Object.keys(parameters).length);
}

/** What a function is given beside its own parameters. */
export interface More {
  readonly args: boolean;
  readonly kwargs: boolean;
}

/** The signature of a function that hands arguments on: Python's `*args` and `**kwargs`. */
export class OpenSignature<P extends object, List extends readonly unknown[] = readonly unknown[]> extends Signature<
  P,
  List
> {
  constructor(
    name: string,
    parameters: Parameters<P>,
    keywords: number,
    private readonly more: More,
  ) {
    super(name, parameters, keywords);
  }

  /**
   * The function's own values in order, the arguments behind those with a position, and those of other names. Where there
   * can be none of those, a plain object with other names is an argument.
   */
  split(args: readonly unknown[], owner?: string): { own: List; args: unknown[]; kwargs: Record<string, unknown> } {
    const positional = args.slice();
    const { length } = this.names;
    const named =
      this.namedIn(args.at(-1), args.length - 1) === undefined ? {} : (positional.pop() as Record<string, unknown>);
    const isOther = (key: string) => this.more.kwargs && !this.names.includes(key);
    const entries = Object.entries(named);
    const kwargs = Object.fromEntries(entries.filter(([key]) => isOther(key)));
    const mine = Object.fromEntries(entries.filter(([key]) => !isOther(key)));
    const others = this.more.args ? positional.splice(length - this.keywords) : [];
    if (Object.keys(mine).length > 0) positional.push(mine);
    return { own: this.list(positional, owner), args: others, kwargs };
  }

  protected override namedIn(last: unknown, index: number): Record<string, unknown> | undefined {
    if (!isOptions(last) || (this.more.args && !this.more.kwargs && !this.holdsNames(last))) return undefined;
    return super.namedIn(last, index);
  }
}

const constructors = /\.__(init|new)__$/;

function isOfKind(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case 'Tensor':
      return value instanceof NativeObject;
    case 'Tensor | null':
      return value instanceof NativeObject || value === null;
    case 'number':
      return typeof value === 'number' || value instanceof NativeObject;
    case 'number | list':
      return typeof value === 'number' || value instanceof NativeObject || Array.isArray(value);
    case 'pair':
      return Array.isArray(value) && value.length === 2;
  }
}

const wanted: Readonly<Record<Kind, string>> = {
  Tensor: 'Tensor',
  'Tensor | null': 'Tensor',
  number: 'a number',
  'number | list': 'a number',
  pair: 'a pair of numbers',
};

/** Functions name the place too. */
function wrongKind(name: string, parameter: string, index: number, kind: Kind, value: unknown): Error {
  const constructed = name.replace(constructors, '');
  const place = constructed === name ? ` (position ${index + 1})` : '';
  const argument = `${constructed}(): argument '${parameter}'${place} must`;
  if (kind === 'pair' && Array.isArray(value)) return new RangeError(`${argument} have 2 values, not ${value.length}`);
  return new TypeError(`${argument} be ${wanted[kind]}, not ${typeName(value)}`);
}
