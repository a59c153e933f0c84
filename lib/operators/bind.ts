/** Matches the arguments of a call to a signature, by the rules of Python's parser. */

import { Kind, kindOf } from '../native/kinds';
import { accepts, isScalarTensor } from './accepts';
import type { Call } from './call';
import * as mismatch from './mismatch';
import type { Parameter, Signature } from './signature';

/** Functions that take a number where their signature says Tensor. */
const numbersAsTensors = new Set(
  (
    'add add_ add_out div div_ div_out divide divide_ divide_out mul mul_ mul_out multiply multiply_ multiply_out ' +
    'sub sub_ sub_out subtract subtract_ subtract_out true_divide true_divide_ true_divide_out floor_divide ' +
    'floor_divide_ floor_divide_out copy_'
  ).split(' '),
);

/** The values for a signature's parameters, in order; `undefined` for those not given. */
export type Bound = unknown[];

/** Second names that NumPy's users know. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  dim: ['axis'],
  keepdim: ['keepdims'],
  input: ['x', 'a', 'x1'],
  other: ['x2'],
};

/** zeros(2, 3): the only positional parameter is a list of integers, given one by one. */
function takesVarargs(signature: Signature, receiver: number): boolean {
  const first = signature.parameters[receiver];
  return signature.positional - receiver === 1 && first !== undefined && first.list && first.base === 'int';
}

/** Whether the arguments after the receiver are the integers of one list; the first one tells. */
function collectVarargs(signature: Signature, { args, receiver }: Call): unknown[] | undefined {
  if (args.length <= receiver || !takesVarargs(signature, receiver)) return undefined;
  const rest = args.slice(receiver);
  const first = kindOf(rest[0]);
  if (first !== Kind.Int && !(first === Kind.Tensor && isScalarTensor(rest[0], true))) return undefined;
  return [...args.slice(0, receiver), rest];
}

/** The name an option is given under, if it is given. */
function givenName(p: Parameter, options: Readonly<Record<string, unknown>>): string | undefined {
  if (options[p.name] !== undefined) return p.name;
  return aliases[p.name]?.find((alias) => options[alias] !== undefined);
}

/** The parameter that a name gives, or -1. */
export function parameterNamed(signature: Signature, name: string): number {
  return signature.parameters.findIndex((p) => p.name === name || aliases[p.name]?.includes(name));
}

/**
 * Matches one signature.
 * @returns undefined when it does not fit, or with `raise` throws a TypeError that says why
 */
export function bind(signature: Signature, call: Call, raise: boolean): Bound | undefined {
  const { options, receiver } = call;
  const args = collectVarargs(signature, call) ?? call.args;
  if (args.length > signature.positional) {
    return raise ? mismatch.tooMany(signature, call) : undefined;
  }
  const numbers = numbersAsTensors.has(signature.name);
  const values: Bound = [];
  let used = 0;
  for (let i = 0; i < signature.parameters.length; i++) {
    const p = signature.parameters[i]!;
    let value = args[i];
    let named = false;
    if (value === undefined && options !== undefined) {
      const name = givenName(p, options);
      if (name !== undefined) {
        value = options[name];
        named = true;
        used++;
      }
    }
    if (value === undefined) {
      if (p.defaultValue === undefined) return raise ? mismatch.missing(signature, call, i) : undefined;
    } else if (i >= receiver) {
      mismatch.checkElements(p, value, call, i - receiver);
      if (!accepts(p, kindOf(value), value, numbers)) {
        return raise ? mismatch.wrongType(p, value, call, named ? 0 : i - receiver + 1) : undefined;
      }
    }
    values.push(value);
  }
  if (options !== undefined && Object.keys(options).some((name) => options[name] !== undefined)) {
    const given = Object.keys(options).filter((name) => options[name] !== undefined);
    if (given.length > used) return raise ? mismatch.unknownOption(signature, call, given) : undefined;
  }
  return values;
}
