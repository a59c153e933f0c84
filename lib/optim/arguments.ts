/** The types of the optimizers' arguments. */

import { refuse, requireNumber } from '../arguments/checks';
import type { Signature } from '../arguments/signature';
import { Tensor } from '../tensor/tensor';

/** What an optimizer optimizes: parameters, pairs of a name and a parameter, or groups of either with their options. */
export type Params<Options = Record<string, unknown>> =
  | Iterable<Tensor>
  | Iterable<readonly [name: string, param: Tensor]>
  | Iterable<GroupSpec<Options>>;

/** A parameter group as it is given: `{ params, lr: 0.1 }`. */
export type GroupSpec<Options = Record<string, unknown>> = {
  params: Tensor | Iterable<Tensor> | Iterable<readonly [name: string, param: Tensor]>;
} & Partial<Options>;

/** A parameter group as an optimizer holds it: every option has its value, and may be changed between steps. */
export type ParamGroup<Options = Record<string, unknown>> = {
  params: Tensor[];
  /** The names, where they were given. */
  param_names?: string[];
  /** The learning rate a scheduler started from. */
  initial_lr?: number | Tensor;
  lr?: number | Tensor;
} & Options;

/** The options that are pairs, in every optimizer that has them. */
const pairs = ['betas', 'etas', 'step_sizes'];

type Values = Readonly<Record<string, unknown>>;

/** An option that is a number by default takes numbers and tensors. */
function checkNumbers(signature: Signature<object>, name: string, values: Values): void {
  for (const [option, value] of Object.entries(values)) {
    if (typeof signature.defaultOf(option) !== 'number' || value instanceof Tensor) continue;
    requireNumber(name, option, value);
  }
}

function checkPairs(name: string, options: Values): void {
  for (const option of pairs) {
    const value = options[option];
    if (value === undefined) continue;
    if (!Array.isArray(value)) refuse(name, option, 'a pair of numbers', value);
    if (value.length !== 2)
      throw new RangeError(`${name}(): argument '${option}' must have 2 values, not ${value.length}`);
  }
}

/** The arguments of an optimizer's constructor, its parameters apart from its options. */
export function parse<Options extends object>(
  signature: Signature<Options & { params: Params<Options> }>,
  args: readonly unknown[],
): { params: Params<Options>; options: Options } {
  const { params, ...options } = signature.read(args) as Values & { params: Params<Options> };
  checkNumbers(signature, signature.owner, options);
  checkPairs(signature.owner, options);
  return { params, options: options as Options };
}

/** The same options in the order in which PyTorch keeps them. */
export function inOrder<Options extends object>(options: Options, names: readonly (keyof Options)[]): Options {
  return Object.fromEntries(names.map((name) => [name, options[name]])) as Options;
}
