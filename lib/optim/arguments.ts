/** The types of the optimizers' arguments. */

import type { Tensor } from '../tensor/tensor';

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

/** The same options in the order in which PyTorch keeps them. */
export function inOrder<Options extends object>(options: Options, names: readonly (keyof Options)[]): Options {
  return Object.fromEntries(names.map((name) => [name, options[name]])) as Options;
}
