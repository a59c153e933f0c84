/** The types of the optimizers' arguments. */
import { refuse, requireNumber } from '../arguments/checks';
import { named, REQUIRED } from '../arguments/keywords';
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

type Prefixes<List extends readonly unknown[]> =
  | List
  | (List extends readonly [...infer Head, unknown] ? Prefixes<Head> : never);

/** The arguments of a function in Python's style: some by position, in order, and an object with the others. */
export type Args<Positional extends readonly unknown[], Options> =
  Prefixes<Positional> extends infer Given
    ? Given extends readonly unknown[]
      ? [...Given, options?: Options]
      : never
    : never;

/** The options of every optimizer that says which implementation to use. They differ in the last bits for some of them. */
export interface ImplementationOptions {
  /** Whether to update all parameters by kernels over lists of tensors; on accelerators only when null. */
  foreach?: boolean | null;
  /** Whether to go up the gradient instead of down. */
  maximize?: boolean;
  /** Whether autograd follows the step; otherwise it runs as under `no_grad`. */
  differentiable?: boolean;
}

/** Options of optimizers that a CUDA graph may capture. */
export interface CapturableOptions extends ImplementationOptions {
  /** Whether a CUDA graph can capture the step; parameters must then be on an accelerator. */
  capturable?: boolean;
}

/** Two coefficients, Python's tuple of two floats. */
export type Pair = readonly [number, number];

/** The options that are pairs, in every optimizer that has them. */
const pairs = ['betas', 'etas', 'step_sizes'];

type Values = Readonly<Record<string, unknown>>;

/** An option that is a number by default takes numbers and tensors. */
function checkNumbers(name: string, defaults: Values, options: Values): void {
  for (const [option, value] of Object.entries(options)) {
    if (typeof defaults[option] !== 'number' || value instanceof Tensor) continue;
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
  name: string,
  defaults: Record<keyof Options, unknown>,
  args: readonly unknown[],
  keywordOnly = 0,
): { params: Params<Options>; options: Options } {
  const signature = { params: REQUIRED, ...defaults };
  const { params, ...options } = named<{ params: Params<Options> }>(`${name}.__init__`, signature, args, keywordOnly);
  checkNumbers(name, defaults, options);
  checkPairs(name, options);
  return { params, options: options as Options };
}

/** The same options in the order in which PyTorch keeps them. */
export function inOrder<Options extends object>(options: Options, names: readonly (keyof Options)[]): Options {
  return Object.fromEntries(names.map((name) => [name, options[name]])) as Options;
}
