/** One operator of a traced graph, as the table of operators reads it. */

import { isTensor } from '../arguments/checks';
import { type DType, dtypeOf, dtypes } from '../base/types';
import type { GraphNode } from '../jit/graph';
import { ABSENT, type Builder, type Name } from './builder';
import { type Computed, known, list, type Value } from './values';

/** An operator that cannot be exported, or not with these arguments. */
export class Unsupported extends Error {}

/** What is known of a result beside its name. */
export type Facts = Omit<Computed, 'kind' | 'name'>;

const isNumber = (value: unknown): value is number | bigint | boolean =>
  typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';

export class Call {
  /** The names of the schema's parameters. */
  private readonly parameters: readonly string[];

  constructor(
    readonly build: Builder,
    readonly node: GraphNode,
    readonly args: readonly Value[],
    /** Of the tensors among the results. */
    readonly facts: readonly (Facts | null)[],
  ) {
    const [, inside = ''] = /\((.*)\) ->/.exec(node.schema ?? '') ?? [];
    this.parameters = inside
      .replace(/=\[[^\]]*\]/g, '') // the commas of a default
      .split(', ')
      .flatMap((each) => (each === '*' ? [] : [each.replace(/=.*/, '').split(' ').at(-1)!]));
  }

  /** The argument of a parameter; null where the operator has no such parameter. */
  arg(name: string): Value {
    return this.args[this.parameters.indexOf(name)] ?? known(null);
  }

  has(name: string): boolean {
    const value = this.arg(name);
    return value.kind !== 'known' || value.value !== null;
  }

  /** What a parameter is when the model is exported. */
  known(name: string): unknown {
    const value = this.arg(name);
    if (value.kind === 'known') return value.value;
    if (value.kind === 'list') return value.items.map((item) => this.knownItem(item, name));
    throw new Unsupported(`its argument '${name}' is known only when the model runs`);
  }

  private knownItem(item: Value, name: string): unknown {
    if (item.kind === 'known') return item.value;
    throw new Unsupported(`its argument '${name}' is known only when the model runs`);
  }

  number(name: string, fallback?: number): number {
    const value = this.known(name) ?? fallback;
    if (isTensor(value)) return Number(value.item());
    if (!isNumber(value)) throw new Unsupported(`its argument '${name}' is not a number`);
    return Number(value);
  }

  flag(name: string): boolean {
    return this.known(name) === true;
  }

  /** A list of numbers; a number stands for `length` of them. */
  numbers(name: string, length = 1): number[] {
    const value = this.known(name);
    if (value === null) return [];
    return Array.isArray(value) ? value.map(Number) : Array<number>(length).fill(Number(value));
  }

  /** A tensor, which must be one. */
  computed(name: string): Computed {
    const value = this.arg(name);
    if (value.kind === 'computed') return value;
    if (value.kind !== 'known') throw new Unsupported(`its argument '${name}' is no tensor`);
    return this.computedOf(value.value, name);
  }

  /** What is known when the model is exported, as a tensor of the graph. */
  computedOf(value: unknown, name: string): Computed {
    if (isTensor(value)) {
      const dynamic = value.shape.map(() => false);
      return { kind: 'computed', name: this.build.constant(value), dtype: value.dtype, sizes: value.shape, dynamic };
    }
    if (!isNumber(value)) throw new Unsupported(`its argument '${name}' is no tensor`);
    const isInteger = typeof value === 'bigint' || Number.isInteger(value);
    const dtype = typeof value === 'boolean' ? dtypes.bool : isInteger ? dtypes.int64 : dtypes.float32;
    return { kind: 'computed', name: this.build.scalar(value, dtype), dtype, sizes: [], dynamic: [] };
  }

  /** A tensor or a number, by its name in the graph; cast where a dtype is given. */
  name(parameter: string, dtype?: DType): Name {
    const value = this.arg(parameter);
    if (dtype !== undefined && value.kind === 'known' && isNumber(value.value)) {
      return this.build.scalar(value.value, dtype);
    }
    const { name, dtype: from } = this.computed(parameter);
    return dtype === undefined ? name : this.build.cast(name, from, dtype);
  }

  /** The same of a tensor that may be left out. */
  optional(parameter: string, dtype?: DType): Name {
    return this.has(parameter) ? this.name(parameter, dtype) : ABSENT;
  }

  tensors(parameter: string): Computed[] {
    const value = this.arg(parameter);
    if (value.kind === 'known' && Array.isArray(value.value)) {
      return value.value.map((item) => this.computedOf(item, parameter));
    }
    if (value.kind !== 'list') throw new Unsupported(`its argument '${parameter}' is no list`);
    return value.items.map((item) => {
      if (item.kind === 'computed') return item;
      return this.computedOf(item.kind === 'known' ? item.value : null, parameter);
    });
  }

  /** A list of whole numbers as a tensor of one dimension, wherever they come from. */
  sizes(parameter: string): Name {
    const value = this.arg(parameter);
    return this.joined(value.kind === 'list' ? value.items : [known(this.known(parameter))].flatMap(spread));
  }

  /** Whole numbers, some of them known only when the model runs, in one tensor of one dimension. */
  joined(items: readonly Value[]): Name {
    if (items.every((item) => item.kind === 'known')) return this.build.ints(items.map((item) => integerOf(item)));
    const zero = this.build.ints([0]);
    const parts = items.map((item) => {
      if (item.kind === 'known') return this.build.ints([integerOf(item)]);
      if (item.kind === 'list') throw new Unsupported('it has a list in a list of numbers');
      const whole = this.build.cast(item.name, item.dtype, dtypes.int64);
      return this.build.op('Unsqueeze', [whole, zero]);
    });
    return parts.length === 1 ? parts[0]! : this.build.op('Concat', parts, { axis: 0 });
  }

  /** A dimension, counted from the start. */
  axis(parameter: string, rank: number): number {
    const dim = this.number(parameter);
    return dim < 0 ? dim + Math.max(rank, 1) : dim;
  }

  axes(parameter: string, rank: number): number[] {
    const given = this.has(parameter) ? this.numbers(parameter) : [];
    const all = given.length === 0 ? Array.from({ length: rank }, (_, i) => i) : given;
    return all.map((dim) => (dim < 0 ? dim + rank : dim));
  }

  /** One size of a tensor: known, or computed when the model runs. */
  size(x: Computed, dim: number): Value {
    if (!x.dynamic[dim]) return known(x.sizes[dim]);
    const shape = this.build.op('Shape', [x.name], { start: dim, end: dim + 1 });
    const name = this.build.op('Squeeze', [shape, this.build.ints([0])]);
    return { kind: 'computed', name, dtype: dtypes.int64, sizes: [], dynamic: [] };
  }

  /** A size that must be known. */
  fixed(x: Computed, dim: number): number {
    if (x.dynamic[dim]) throw new Unsupported(`it needs the size of dimension ${dim}, which is dynamic`);
    return x.sizes[dim]!;
  }

  /** What is known of the result. */
  get result(): Facts {
    const facts = this.facts[0];
    if (!facts) throw new Unsupported('its result has no known shape');
    return facts;
  }

  /** The dtype that an argument names. */
  dtype(parameter: string): DType | null {
    const value = this.known(parameter);
    return value === null ? null : dtypeOf(Number(value));
  }

  /** The result, by its name in the graph. */
  made(name: Name, at = 0): Computed {
    const facts = this.facts[at];
    if (!facts) throw new Unsupported('its result has no known shape');
    return { kind: 'computed', name, ...facts };
  }

  /** The result, whose sizes depend on what is in the inputs. */
  madeOpen(name: Name): Computed {
    const { dtype, sizes } = this.result;
    return { kind: 'computed', name, dtype, sizes, dynamic: sizes.map(() => true), open: true };
  }

  /** Several tensors in a list. */
  madeList(names: readonly Name[], facts: (at: number) => Facts): Value {
    return list(names.map((name, i) => ({ kind: 'computed', name, ...facts(i) })));
  }
}

function integerOf(item: Value): number | bigint {
  const value = item.kind === 'known' ? item.value : null;
  if (!isNumber(value)) throw new Unsupported('it has something else among whole numbers');
  if (typeof value === 'bigint') return value;
  // The end of a slice that has none.
  return Number(value) >= Number.MAX_SAFE_INTEGER ? 2n ** 63n - 1n : Number(value);
}

function spread({ value }: { readonly value: unknown }): Value[] {
  return Array.isArray(value) ? value.map((each) => known(each)) : [known(value)];
}
