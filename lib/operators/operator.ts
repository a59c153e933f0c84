/** The operators of the loaded libtorch, found by name and described by their schemas. */

import { dtypeOf, layoutOf } from '../base/types';
import { native } from '../native/addon';
import { call, invoke, invokeForAll, operatorNames, putOperands } from '../native/frame';
import type { NativeFunctions } from '../native/functions';
import { type NamedTuple, namedTuple } from './named_tuple';
import { tables } from './tables';
import { tellWatchers, watching } from './watch';

interface Argument {
  readonly name: string;
  readonly hasDefault: boolean;
}

interface Result {
  /** The argument that this result is, or -1. */
  readonly argument: number;
  readonly type: string;
}

type Description = NonNullable<ReturnType<NativeFunctions['find_operator']>>;

/** One overload of an operator. */
export class Operator {
  readonly id: number;
  readonly schema: string;
  readonly arguments: readonly Argument[];
  readonly results: readonly Result[];
  private readonly tuple: NamedTuple | undefined;

  constructor(
    readonly name: string,
    [id, schema, args, results]: Description,
  ) {
    this.id = id;
    operatorNames[id] = name;
    this.schema = schema;
    this.arguments = args.map(([argument, hasDefault]) => ({ name: argument, hasDefault }));
    this.results = results.map(([argument, type]) => ({ argument, type }));
    const names = tables.results[name];
    this.tuple = names === undefined ? undefined : namedTuple(name, names);
  }

  /** Calls it with values in the schema's order; those left out take the schema's defaults. */
  call(...values: unknown[]): unknown {
    if (watching.active) tellWatchers(this, values);
    const given = Math.min(values.length, this.arguments.length);
    putOperands(values, given);
    if (this.results.length <= 1) {
      const result = invoke(this.id, given, given);
      const argument = this.results[0]?.argument ?? -1;
      return argument < 0 ? this.convert(result, 0) : values[argument];
    }
    const results = invokeForAll(this.id, given, given, this.results.length);
    return this.named(
      results.map((result, i) => {
        const { argument } = this.results[i]!;
        return argument < 0 ? this.convert(result, i) : values[argument];
      }),
    );
  }

  /** The places of the arguments that it changes: `Tensor(a!)`. */
  get written(): number[] {
    const parameters = this.schema.slice(0, this.schema.lastIndexOf(' -> '));
    const names = [...parameters.matchAll(/\([a-z|]+! ?[^)]*\)\S* (\w+)/g)].map(([, name]) => name);
    return this.arguments.flatMap(({ name }, i) => (names.includes(name) ? [i] : []));
  }

  /** Whether a result is a dtype or a layout, which come back as numbers. */
  get givesCode(): boolean {
    return this.results.some(({ type }) => type === 'ScalarType' || type === 'Layout');
  }

  /** A dtype or a layout comes back as its number. */
  convert(value: unknown, index: number): unknown {
    if (typeof value !== 'number') return value;
    const type = this.results[index]?.type;
    if (type === 'ScalarType') return dtypeOf(value);
    return type === 'Layout' ? layoutOf(value) : value;
  }

  /** Several results, with their names when PyTorch has names for them. */
  named(results: unknown[]): unknown[] {
    return this.tuple === undefined ? results : this.tuple(results);
  }
}

const operators = new Map<string, Operator>();

/** Finds an overload: "add.Tensor", "relu", "quantized::linear". */
export function findOperator(name: string): Operator | undefined {
  const known = operators.get(name);
  if (known !== undefined) return known;
  const qualified = name.includes('::') ? name : `aten::${name}`;
  const dot = qualified.indexOf('.');
  const base = dot < 0 ? qualified : qualified.slice(0, dot);
  const overload = dot < 0 ? '' : qualified.slice(dot + 1);
  const description = call(native.find_operator, base, overload);
  if (description === null) return undefined;
  const operator = new Operator(name, description);
  operators.set(name, operator);
  return operator;
}

/** @throws TypeError when the loaded libtorch does not have it */
export function operatorOf(name: string): Operator {
  const operator = findOperator(name);
  if (operator === undefined) throw new TypeError(`the loaded libtorch has no operator '${name}'`);
  return operator;
}

/** Calls an overload by name; for code that knows which one it wants. */
export function callOperator<Result>(name: string, ...values: unknown[]): Result {
  return operatorOf(name).call(...values) as Result;
}
