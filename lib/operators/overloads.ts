/**
 * A function of several overloads: picks the one that the arguments fit, puts them into the frame and calls it.
 *
 * Resolution depends only on the kinds of the arguments, and on the names of those in an options object, so its outcome
 * is kept by them. Only calls where a tensor stands for a number are resolved each time.
 */

import { TorchError } from '../errors';
import { beginOperator, invoke, put, putArgument } from '../native/frame';
import { DType, parseDevice, scalarTypeName } from '../types';
import { type Bound, bind, type Call, parameterNamed } from './bind';
import { followDefaultDevice, makesTensors } from './default_device';
import { isOptions, KINDS, Kind, kindOf } from './kinds';
import { noneFits, plausible } from './mismatch';
import { type Operator, operatorOf } from './operator';
import { parseSignatures, type Signature, type SignatureEntry } from './signature';

/** Where a schema argument's value comes from: a bound value, or a constant. */
interface Source {
  readonly index: number; // into the bound values; -1 for the constant
  constant: unknown;
  readonly isDevice: boolean;
  readonly element: number; // of a list of outputs; -1 for the whole value
}

/** How to call an overload with the values bound to a signature. */
interface Plan {
  readonly operator: Operator;
  readonly sources: readonly Source[];
  /** For each result, the bound value that it is (`add_` gives its receiver back), or -1. */
  readonly same: readonly number[];
  /** The bound value of the Python-only `requires_grad`, or -1. */
  readonly requiresGrad: number;
  /** `_foreach_add_` gives its list back, though its schema has no result. */
  readonly writesList: boolean;
  /** Of a function that makes tensors, when it fills one instead: `dtype` and `out` must agree. */
  readonly fills: Signature | undefined;
}

interface Match {
  readonly plan: Plan;
  /** The arguments are the integers of one list: zeros(2, 3). */
  readonly varargs: boolean;
  /** The operator takes the arguments as they were given, in their order. */
  readonly direct: boolean;
  /** From here on they are the elements of one list; their count when there is none. */
  readonly gathered: number;
  /** The result is the first argument: `add_`. */
  readonly returnsFirst: boolean;
}

/** A match for named arguments behind positional ones. */
interface NamedMatch {
  readonly plan: Plan;
  readonly varargs: boolean;
  /** The kinds of the positional arguments: see `keyOf`. */
  readonly key: number;
  readonly names: readonly string[];
  readonly kinds: readonly Kind[];
  /** The parameter that each name gives; -1 for one whose value is undefined. */
  readonly places: readonly number[];
}

/** The most that are kept of one function; few programs write more than three. */
const MOST_NAMED = 16;

function isNamedMatch(match: NamedMatch, key: number, names: readonly string[], options: Named): boolean {
  if (match.key !== key || match.names.length !== names.length) return false;
  for (let i = 0; i < names.length; i++) {
    if (match.names[i] !== names[i] || match.kinds[i] !== kindOf(options[names[i]!])) return false;
  }
  return true;
}

type Named = Readonly<Record<string, unknown>>;

/** A match for arguments of these kinds, `given` of them. */
function matchOf(plan: Plan, given: number, varargs: boolean, method: boolean): Match {
  const gathered = varargs ? (method ? 1 : 0) : given;
  const { sources, same, requiresGrad, operator } = plan;
  const taken = varargs ? gathered + 1 : given;
  const direct =
    same.length === 1 &&
    same[0]! <= 0 &&
    !operator.givesCode &&
    !(requiresGrad >= 0 && requiresGrad < taken) &&
    taken <= sources.length &&
    sources.every(({ index, constant, isDevice, element }, i) =>
      i < taken ? index === i && !isDevice && element < 0 : (index < 0 || index >= taken) && constant === undefined,
    );
  return { plan, varargs, direct, gathered, returnsFirst: same[0] === 0 };
}

function sourceOf(signature: Signature, argument: string, position: number, hasDefault: boolean): Source {
  const text = signature.sources?.[position];
  const name = text ?? argument;
  let index = signature.parameters.findIndex((p) => p.name === name);
  if (index < 0 && (name === 'self' || name === 'input')) {
    index = signature.parameters.findIndex((p) => p.name === 'input' || p.name === 'self');
  }
  if (index < 0) {
    const constant = text === undefined ? undefined : Number(text);
    return { index: -1, constant, isDevice: false, element: -1 };
  }
  const p = signature.parameters[index]!;
  // The schema's own default is the same value and cheaper; Python has some of its own (randint's dtype).
  const constant = hasDefault ? undefined : p.defaultValue;
  return { index, constant, isDevice: p.base === 'Device', element: -1 };
}

function planFor(signature: Signature, withOut: boolean, deviceChanged: () => void): Plan {
  const operator = operatorOf(withOut ? signature.out! : signature.op);
  const out = signature.parameters.findIndex((p) => p.name === 'out');
  const outputs = withOut && signature.parameters[out]!.list ? signature.parameters[out]!.size : 0;
  const firstOut = operator.arguments.length - (outputs || 1);
  const sources = operator.arguments.map(({ name, hasDefault }, i): Source => {
    if (withOut && i >= firstOut) {
      return { index: out, constant: undefined, isDevice: false, element: outputs > 0 ? i - firstOut : -1 };
    }
    return sourceOf(signature, name, i, hasDefault);
  });
  const same = operator.results.map(({ argument }) => (argument < 0 ? -1 : sources[argument]!.index));
  const requiresGrad = signature.parameters.findIndex((p) => p.name === 'requires_grad');
  const device = makesTensors(signature.name) ? sources.find(({ isDevice }) => isDevice) : undefined;
  if (device !== undefined) followDefaultDevice(device, deviceChanged);
  const writesList = /^_foreach_\w+_$/.test(signature.name);
  const fills = withOut && makesTensors(signature.name) ? signature : undefined;
  return { operator, sources, same, requiresGrad, writesList, fills };
}

/** A tensor, as far as the results of a call need it. */
interface Differentiable {
  requires_grad: boolean;
  readonly dtype: DType;
}

function follow(made: Differentiable): void {
  if (!made.dtype.is_floating_point && !made.dtype.is_complex) {
    throw new TorchError('Only Tensors of floating point and Complex dtype can require gradients');
  }
  made.requires_grad = true;
}

/** A function that makes tensors may be given their dtype beside `out`, when it is the same. */
function checkOut(signature: Signature, values: readonly unknown[]): void {
  const valueOf = (name: string) => values[signature.parameters.findIndex((p) => p.name === name)];
  const [dtype, out] = [valueOf('dtype'), valueOf('out')];
  if (!(dtype instanceof DType) || Array.isArray(out)) return;
  const own = (out as Differentiable).dtype;
  if (own === dtype) return;
  throw new TorchError(`dtype ${scalarTypeName(dtype)} does not match dtype of out parameter (${scalarTypeName(own)})`);
}

export class Overloads {
  private parsed: Signature[] | undefined;
  private readonly plans = new Map<Signature, [plain?: Plan, out?: Plan]>();
  private readonly cache = new Map<number, Match>();
  private readonly named: NamedMatch[] = [];
  /** The entry of the cache that was used last. */
  private lastKey = -1;
  private last: Match | undefined;

  constructor(
    readonly name: string,
    private readonly entries: readonly SignatureEntry[],
    /** The first argument is the receiver, which the signatures do not show. */
    private readonly method: boolean,
    /** What Python's errors call it: `linalg_norm`. */
    private readonly errorName = name,
  ) {}

  get signatures(): readonly Signature[] {
    this.parsed ??= parseSignatures(this.entries, this.method);
    return this.parsed;
  }

  /**
   * Calls the overload that fits up to four arguments. They go into the frame while their kinds are found out; mostly
   * the operator takes them as they are there.
   */
  callFew(given: number, a?: unknown, b?: unknown, c?: unknown, d?: unknown): unknown {
    beginOperator();
    let key = 1;
    if (given > 0) key = key * KINDS + putArgument(a);
    if (given > 1) key = key * KINDS + putArgument(b);
    if (given > 2) key = key * KINDS + putArgument(c);
    if (given > 3) key = key * KINDS + putArgument(d);
    const match = key === this.lastKey ? this.last! : this.find(key);
    if (match === undefined || !match.direct) return this.call([a, b, c, d].slice(0, given));
    const result = invoke(match.plan.operator.id, given, match.gathered, 1);
    return match.returnsFirst ? a : result;
  }

  private find(key: number): Match | undefined {
    const match = this.cache.get(key);
    if (match === undefined) return undefined;
    this.lastKey = key;
    this.last = match;
    return match;
  }

  /** Calls the overload that fits. */
  call(args: unknown[]): unknown {
    const last = args.length > (this.method ? 1 : 0) ? args[args.length - 1] : undefined;
    if (isOptions(last)) return this.callNamed(args.slice(0, -1), last);
    const key = this.keyOf(args);
    const match = key < 0 ? undefined : this.cache.get(key);
    if (match === undefined) return this.callUncached(args, key);
    return this.invoke(match.plan, match.varargs ? this.gather(args) : args);
  }

  private callNamed(given: unknown[], options: Named): unknown {
    const key = this.keyOf(given);
    const names = Object.keys(options);
    for (const match of this.named) {
      if (!isNamedMatch(match, key, names, options)) continue;
      const values = match.varargs ? this.gather(given) : given;
      for (let i = 0; i < names.length; i++) {
        const place = match.places[i]!;
        while (values.length <= place) values.push(undefined);
        if (place >= 0) values[place] = options[names[i]!];
      }
      return this.invoke(match.plan, values);
    }
    return this.callNamedUncached(given, options, key, names);
  }

  /** A number made of the kinds of the arguments; -1 when resolution must look closer. */
  private keyOf(args: readonly unknown[]): number {
    if (args.length > 8) return -1;
    let key = 1;
    for (let i = 0; i < args.length; i++) {
      const kind = kindOf(args[i]);
      if (kind === Kind.Other || kind === Kind.OtherList) return -1;
      key = key * KINDS + kind;
    }
    return key;
  }

  private gather(args: readonly unknown[]): unknown[] {
    return this.method ? [args[0], args.slice(1)] : [args.slice()];
  }

  private callUncached(args: unknown[], key: number): unknown {
    let given = args;
    while (given.length > 0 && given[given.length - 1] === undefined) given = given.slice(0, -1);
    const last = given[given.length - 1];
    if (given !== args && given.length > (this.method ? 1 : 0) && isOptions(last)) {
      return this.callNamed(given.slice(0, -1), last);
    }
    const { signature, values } = this.resolve(given, undefined);
    const plan = this.plan(signature, outOf(signature, values));
    if (key >= 0 && given === args && !needsValues(signature, values)) {
      const varargs = !this.samePositions(given, values);
      this.cache.set(key, matchOf(plan, args.length, varargs, this.method));
    }
    return this.invoke(plan, values);
  }

  private callNamedUncached(given: unknown[], options: Named, key: number, names: readonly string[]): unknown {
    const { signature, values } = this.resolve(given, options);
    const plan = this.plan(signature, outOf(signature, values));
    const kinds = names.map((name) => kindOf(options[name]));
    const closer = kinds.some((kind) => kind === Kind.Other || kind === Kind.OtherList);
    if (key >= 0 && !closer && !needsValues(signature, values)) {
      const places = names.map((name) => (options[name] === undefined ? -1 : parameterNamed(signature, name)));
      if (this.named.length === MOST_NAMED) this.named.length = 0;
      this.named.push({ plan, varargs: !this.samePositions(given, values), key, names, kinds, places });
    }
    return this.invoke(plan, values);
  }

  private samePositions(given: readonly unknown[], values: readonly unknown[]): boolean {
    return given.every((value, i) => Object.is(values[i], value));
  }

  private resolve(args: readonly unknown[], options: Call['options']): { signature: Signature; values: Bound } {
    const call: Call = { name: this.errorName, args, options, receiver: this.method ? 1 : 0 };
    for (const signature of this.signatures) {
      const values = bind(signature, call, this.signatures.length === 1);
      if (values !== undefined) return { signature, values };
    }
    const meant = plausible(this.signatures, call);
    if (meant.length === 1) bind(meant[0]!, call, true);
    throw noneFits(this.signatures, call);
  }

  private plan(signature: Signature, withOut: boolean): Plan {
    const plans = this.plans.get(signature) ?? [];
    this.plans.set(signature, plans);
    const index = withOut ? 1 : 0;
    plans[index] ??= planFor(signature, withOut, () => this.forget());
    return plans[index];
  }

  /** Forgets the matches: whether one is direct depends on the default device. */
  private forget(): void {
    this.cache.clear();
    this.last = undefined;
    this.lastKey = -1;
  }

  private invoke(plan: Plan, values: readonly unknown[]): unknown {
    const { sources } = plan;
    if (plan.fills !== undefined) checkOut(plan.fills, values);
    beginOperator();
    for (let i = 0; i < sources.length; i++) {
      const source = sources[i]!;
      let value = source.index < 0 ? undefined : values[source.index];
      if (value === undefined) value = source.constant;
      else if (source.element >= 0) value = (value as unknown[])[source.element];
      else if (source.isDevice) value = value === null ? source.constant : parseDevice(value as string);
      put(value);
    }
    const result = this.results(plan, values);
    if (plan.requiresGrad >= 0 && values[plan.requiresGrad] === true) follow(result as Differentiable);
    return result;
  }

  private results(plan: Plan, values: readonly unknown[]): unknown {
    const { operator, sources, same } = plan;
    const given = sources.length;
    if (same.length === 1) {
      const result = invoke(operator.id, given, given, 1);
      return same[0]! < 0 ? operator.convert(result, 0) : values[same[0]!];
    }
    if (same.length === 0) {
      invoke(operator.id, given, given, 1);
      return plan.writesList ? values[0] : null;
    }
    const results = invoke(operator.id, given, given, same.length);
    for (let i = 0; i < same.length; i++) {
      if (same[i]! < 0) {
        results[i] = operator.convert(results[i], i);
        continue;
      }
      const source = sources[operator.results[i]!.argument]!;
      const value = values[source.index];
      results[i] = source.element >= 0 ? (value as unknown[])[source.element] : value;
    }
    return operator.named(results);
  }
}

/** Whether the match rests on a value, not on kinds alone: tensors that stand for numbers. */
function needsValues(signature: Signature, values: Bound): boolean {
  return values.some((value, i) => {
    const kind = kindOf(value);
    return (kind === Kind.Tensor || kind === Kind.Tensors) && signature.parameters[i]!.base !== 'Tensor';
  });
}

/** Whether `out` was given, which calls another overload. */
function outOf(signature: Signature, values: Bound): boolean {
  if (signature.out === undefined) return false;
  const out = values[signature.parameters.findIndex((p) => p.name === 'out')];
  return out !== undefined && out !== null;
}
