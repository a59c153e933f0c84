/** Functions that PyTorch writes in Python: arguments by position, by name in one object behind them, or some of each. */

import { isOptions, typeName } from '../native/kinds';
import { NativeObject } from '../native/object';
import { plainIntegers } from './integers';
import { named, REQUIRED } from './keywords';

type Tail<List extends readonly unknown[]> = List extends readonly [unknown?, ...infer Rest] ? Rest : [];
type Head<List extends readonly unknown[]> = List extends readonly [...infer First, ...Tail<List>] ? First : [];
type Names = readonly string[];
type Others<List extends Names> = List extends readonly [string, ...infer Rest extends Names] ? Rest : [];
type First<List extends Names> = List extends readonly [infer Name extends string, ...Names] ? Name : never;

/** The parameters as properties of an options object; those with a default are optional. */
type Options<Args extends readonly unknown[], N extends Names> = Args extends readonly []
  ? unknown
  : First<N> extends '*'
    ? Options<Args, Others<N>>
    : (Args extends readonly [infer Value, ...unknown[]]
        ? { [Key in First<N>]: Value }
        : { [Key in First<N>]?: Args[0] }) &
        Options<Tail<Args>, Others<N>>;

/** `options` may be left out when every parameter in it has a default. */
type Optionally<Given> = Record<never, never> extends Given ? [options?: Given] : [options: Given];

/** Every way to give the arguments: k by position, the others by name. `'*'` among the names ends the positional ones. */
export type PythonArguments<Args extends readonly unknown[], N extends Names> = Args extends readonly []
  ? []
  : First<N> extends '*'
    ? Optionally<Options<Args, N>>
    : Optionally<Options<Args, N>> | [...Head<Args>, ...PythonArguments<Tail<Args>, Others<N>>];

/** A function whose arguments come by position or by name. */
export type PythonFunction<Args extends readonly unknown[], N extends Names, Result> = (
  ...args: PythonArguments<Args, N>
) => Result;

/** The arguments of a function whose last parameter, named `Flag`, is given as `Value`. */
type Flagged<Args extends readonly unknown[], N extends Names, Flag extends string, Value> =
  | [options: Options<Args, N> & Record<Flag, Value>]
  | (Args extends readonly [] ? [flag: Value] : [...Head<Args>, ...Flagged<Tail<Args>, Others<N>, Flag, Value>]);

/** A function whose last parameter decides what it returns. */
export interface FlaggedFunction<Args extends readonly unknown[], N extends Names, Flag extends string, On, Off> {
  (...args: PythonArguments<Args, N>): Off;
  (...args: Flagged<Args, N, Flag, false>): Off;
  (...args: Flagged<Args, N, Flag, true>): On;
  (...args: Flagged<Args, N, Flag, boolean>): On | Off;
}

const tensorNames =
  'A input target weight other self mat tensor input1 input2 anchor positive negative x1 x2 indices grid theta';
const optionalTensorNames =
  'B M X iK bias running_mean running_var attn_mask key_padding_mask offsets per_sample_weights pos_weight mask ' +
  'input_mask other_mask window';
const neverNull = new Set(tensorNames.split(' '));

/** What a parameter of this name is in every function that has one. */
const expectedTypes = new Map<string, 'Tensor' | 'function'>([
  ...`${tensorNames} ${optionalTensorNames}`.split(' ').map((name) => [name, 'Tensor'] as const),
  ['callable', 'function'],
]);

/** A parameter whose type its name tells. */
interface Expected {
  readonly parameter: string;
  readonly index: number;
  readonly type: 'Tensor' | 'function';
  readonly required: boolean;
}

function expectedOf(parameters: Names, required: number, data: Names): Expected[] {
  return parameters.flatMap((parameter, index) => {
    const type = expectedTypes.get(parameter);
    if (type === undefined || data.includes(parameter)) return [];
    return [
      { parameter, index, type, required: index < required && !(type === 'Tensor' && !neverNull.has(parameter)) },
    ];
  });
}

function isRight({ type, required }: Expected, value: unknown): boolean {
  if (!required && (value === undefined || value === null)) return true;
  return type === 'Tensor' ? value instanceof NativeObject : typeof value === 'function';
}

/**
 * Makes a function that takes its arguments as Python does from one that takes them all by position. Its parameters
 * without a JavaScript default must be given; `'*'` among the names comes before those that go by name only.
 */
export function python<Args extends unknown[], const N extends Names, Result>(
  name: string,
  names: N,
  implementation: (...args: Args) => Result,
  /** Parameters that may be lists, although others of their name are tensors. */
  data: readonly string[] = [],
): PythonFunction<Args, N, Result> {
  const star = names.indexOf('*');
  const parameters = names.filter((parameter) => parameter !== '*');
  const positional = star < 0 ? parameters.length : star;
  const required = implementation.length; // those before the first default
  const rules = Object.fromEntries(parameters.map((parameter, i) => [parameter, i < required ? REQUIRED : undefined]));

  const expected = expectedOf(parameters, required, data);

  function checked(args: readonly unknown[]): Args {
    for (const each of expected) {
      const value = args[each.index];
      if (isRight(each, value)) continue;
      const { parameter, index, type } = each;
      throw new TypeError(
        `${name}(): argument '${parameter}' (position ${index + 1}) must be ${type}, not ${typeName(value)}`,
      );
    }
    return args.map((value, i) => plainIntegers(parameters[i]!, value)) as Args;
  }

  /** The arguments in order, the last one's properties among them; undefined when something is wrong with them. */
  function sorted(args: readonly unknown[], options: Record<string, unknown>): unknown[] | undefined {
    const count = args.length - 1;
    if (count > positional) return undefined;
    const values = new Array<unknown>(parameters.length).fill(undefined);
    for (let i = 0; i < count; i++) values[i] = args[i];
    for (const key of Object.keys(options)) {
      const place = parameters.indexOf(key);
      if (place < 0 || values[place] !== undefined) return undefined;
      values[place] = options[key];
    }
    for (let i = 0; i < required; i++) if (values[i] === undefined) return undefined;
    return values;
  }

  function called(...args: unknown[]): Result {
    const last = args[args.length - 1];
    let inOrder: readonly unknown[] | undefined;
    if (isOptions(last)) inOrder = sorted(args, last);
    else if (args.length >= required && args.length <= positional) inOrder = args;
    if (inOrder !== undefined) return implementation(...checked(inOrder));
    const values = named<Record<string, unknown>>(name, rules, args, parameters.length - positional);
    return implementation(...checked(parameters.map((parameter) => values[parameter])));
  }
  Object.defineProperty(called, 'name', { value: name });
  return called as PythonFunction<Args, N, Result>;
}

/** A method whose arguments come by position or by name. */
export type PythonMethod<Self, Args extends readonly unknown[], N extends Names, Result> = (
  this: Self,
  ...args: PythonArguments<Args, N>
) => Result;

/** The same for a method: the implementation takes the receiver first, which the names do not show. */
export function pythonMethod<Self, Args extends unknown[], const N extends Names, Result>(
  name: string,
  names: N,
  implementation: (self: Self, ...args: Args) => Result,
): PythonMethod<Self, Args, N, Result> {
  const free = python(`Tensor.${name}`, ['self', ...names], implementation) as (...args: unknown[]) => Result;
  function method(this: Self, ...args: unknown[]): Result {
    return free(this, ...args);
  }
  Object.defineProperty(method, 'name', { value: name });
  return method as PythonMethod<Self, Args, N, Result>;
}
