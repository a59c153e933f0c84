/**
 * A function of several overloads: picks the one that the arguments fit, puts them into the frame and calls it.
 *
 * Resolution depends only on the kinds of the arguments, and on the names of those in an options object, so its outcome
 * is kept by them. Only calls where a tensor stands for a number, and those that warn, are resolved each time.
 */

import { warn } from '../base/errors';
import { beginOperator, endCall, invoke, putArgument } from '../native/frame';
import { isOptions, KINDS, Kind, kindOf, ownList } from '../native/kinds';
import { type Bound, bind, parameterNamed } from './bind';
import type { Call } from './call';
import { isNamedMatch, type Match, MOST_NAMED, matchOf, type Named, type NamedMatch } from './match';
import { deprecationText, noneFits, plausible } from './mismatch';
import { callPlan, type Plan, planFor } from './plan';
import { parseSignatures, type Signature, type SignatureEntry } from './signature';
import { refuseUninitialized } from './uninitialized';
import { watching } from './watch';

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
    if (Array.isArray(a)) a = ownList(a);
    if (Array.isArray(b)) b = ownList(b);
    if (Array.isArray(c)) c = ownList(c);
    if (Array.isArray(d)) d = ownList(d);
    const key = putFew(given, a, b, c, d);
    const match = key === this.lastKey ? this.last! : this.find(key);
    if (match === undefined || !match.direct || watching.active) {
      endCall();
      return this.callOwn([a, b, c, d].slice(0, given));
    }
    const result = invoke(match.plan.operator.id, given, match.gathered);
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
  call(args: readonly unknown[]): unknown {
    return this.callOwn(args.map(own));
  }

  /** The same when the lists among the arguments are no others'. */
  private callOwn(args: unknown[]): unknown {
    const last = args.length > (this.method ? 1 : 0) ? args[args.length - 1] : undefined;
    if (isOptions(last)) return this.callNamed(args.slice(0, -1), last);
    const key = this.keyOf(args);
    const match = key < 0 ? undefined : this.cache.get(key);
    if (match === undefined) return this.callUncached(args, key);
    return callPlan(match.plan, match.varargs ? this.gather(args) : args);
  }

  private callNamed(given: unknown[], options: Named): unknown {
    const key = this.keyOf(given);
    const names = Object.keys(options);
    const named = names.map((name) => own(options[name]));
    for (const match of this.named) {
      if (!isNamedMatch(match, key, names, named)) continue;
      const values = match.varargs ? this.gather(given) : given;
      for (let i = 0; i < names.length; i++) {
        const place = match.places[i]!;
        while (values.length <= place) values.push(undefined);
        if (place >= 0) values[place] = named[i];
      }
      return callPlan(match.plan, values);
    }
    const read = Object.fromEntries(names.map((name, i) => [name, named[i]]));
    return this.callNamedUncached(given, read, key, names);
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
    if (key >= 0 && given === args && !signature.deprecated && !needsValues(signature, values)) {
      const varargs = !this.samePositions(given, values);
      this.cache.set(key, matchOf(plan, args.length, varargs, this.method));
    }
    return callPlan(plan, values);
  }

  private callNamedUncached(given: unknown[], options: Named, key: number, names: readonly string[]): unknown {
    const { signature, values } = this.resolve(given, options);
    const plan = this.plan(signature, outOf(signature, values));
    const kinds = names.map((name) => kindOf(options[name]));
    const closer = kinds.some((kind) => kind === Kind.Other || kind === Kind.OtherList);
    if (key >= 0 && !closer && !signature.deprecated && !needsValues(signature, values)) {
      const places = names.map((name) => (options[name] === undefined ? -1 : parameterNamed(signature, name)));
      if (this.named.length === MOST_NAMED) this.named.length = 0;
      this.named.push({ plan, varargs: !this.samePositions(given, values), key, names, kinds, places });
    }
    return callPlan(plan, values);
  }

  private samePositions(given: readonly unknown[], values: readonly unknown[]): boolean {
    return given.every((value, i) => Object.is(values[i], value));
  }

  private resolve(args: readonly unknown[], options: Call['options']): { signature: Signature; values: Bound } {
    const call: Call = { name: this.errorName, args, options, receiver: this.method ? 1 : 0 };
    refuseUninitialized(call);
    for (const signature of this.signatures) {
      const values = bind(signature, call, this.signatures.length === 1);
      if (values === undefined) continue;
      if (signature.deprecated) warn(deprecationText(signature, this.signatures, call));
      return { signature, values };
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
}

/** An argument that gives the same each time it is looked at. */
function own(value: unknown): unknown {
  return Array.isArray(value) ? ownList(value) : value;
}

/** Puts up to four arguments; gives their kinds as a number. */
function putFew(given: number, a: unknown, b: unknown, c: unknown, d: unknown): number {
  beginOperator();
  let key = 1;
  try {
    if (given > 0) key = key * KINDS + putArgument(a);
    if (given > 1) key = key * KINDS + putArgument(b);
    if (given > 2) key = key * KINDS + putArgument(c);
    if (given > 3) key = key * KINDS + putArgument(d);
  } catch (error) {
    endCall();
    throw error;
  }
  return key;
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
