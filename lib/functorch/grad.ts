/** Derivatives of functions, backwards. https://docs.pytorch.org/docs/2.13/func.api.html */

import { isTensor, requireFunction } from '../arguments/checks';
import * as engine from '../autograd/engine';
import { is_grad_enabled } from '../autograd/grad_mode';
import { TorchError } from '../base/errors';
import { typeName } from '../native/kinds';
import { callOperator } from '../operators/operator';
import type { Tensor } from '../tensor/tensor';
import { type Argnums, chosen, type ForEach, type Outcome, placesOf, replaced, shaped, type WithAux } from './argnums';
import * as signatures from './generated/func';
import { withGradLayer } from './layers';
import { flatten, sameSpec, specLine, type TreeSpec, unflatten } from './tree';
import { differentiable, unwrapAll, wrapAll } from './wrap';

export type AnyFunction = (...args: never[]) => unknown;

/** The gradients of outputs with respect to inputs; zeros where there is no path. */
function gradients(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  cotangents: readonly (Tensor | null)[] | null,
  retain: boolean,
  create: boolean,
): Tensor[] {
  const followed = outputs.map((_, i) => i).filter((i) => outputs[i]!.requires_grad);
  const zeros = (input: Tensor) => callOperator<Tensor>('zeros_like', input);
  if (followed.length === 0) return inputs.map(zeros);
  const from = followed.map((i) => outputs[i]!);
  const along = cotangents === null ? null : followed.map((i) => cotangents[i]!);
  const options = { retain_graph: retain, create_graph: create, allow_unused: true } as const;
  return engine.grad(from, inputs, along, options).map((gradient, i) => gradient ?? zeros(inputs[i]!));
}

function outputAndAux(result: unknown, name: string): [output: unknown, aux: unknown] {
  if (Array.isArray(result) && result.length === 2) return result as [unknown, unknown];
  throw new TorchError(`${name}: output of function f should be a tuple: (output, aux) if has_aux is True`);
}

const NAME = 'grad_and_value(f)(*args)';

function checkScalar(output: unknown): asserts output is Tensor {
  if (!isTensor(output)) throw new TorchError(`${NAME}: Expected f(*args) to return a Tensor, got ${typeName(output)}`);
  if (output.dim() === 0) return;
  throw new TorchError(
    `${NAME}: Expected f(*args) to return a scalar Tensor, got tensor with ${output.dim()} dims. Maybe you wanted to use the vjp or jacrev APIs instead?`,
  );
}

interface Differentiated {
  readonly gradient: unknown;
  readonly value: Tensor;
  readonly aux: unknown;
}

/** Runs a function and its derivative with respect to some arguments. */
function differentiate(fn: AnyFunction, argnums: Argnums, hasAux: boolean, args: readonly unknown[]): Differentiated {
  return withGradLayer((level) => {
    const places = placesOf(argnums, args.length);
    const wanted = differentiable(chosen(args, places), level);
    const result = fn(...(replaced(wrapAll(args, level), places, wanted) as never[]));
    const [output, aux] = hasAux ? outputAndAux(result, NAME) : [result, null];
    checkScalar(output);
    const [leaves, spec] = flatten(wanted);
    const found = gradients([output], leaves as Tensor[], null, true, true);
    return {
      gradient: shaped(argnums, unwrapAll(unflatten(found, spec) as unknown[], level)),
      value: unwrapAll(output, level),
      aux: hasAux ? unwrapAll(aux, level) : null,
    };
  });
}

function gradArguments(
  signature: typeof signatures.grad,
  args: readonly unknown[],
): signatures.GradList<Argnums, boolean> {
  const list = signature.list(args);
  requireFunction(signature.name, 'func', list[0]);
  return list;
}

/**
 * The function that computes the gradient of `func`, which returns one number.
 * https://docs.pytorch.org/docs/2.13/generated/torch.func.grad.html
 * @throws TorchError when it returns anything else
 */
export function grad<Args extends unknown[], Nums extends Argnums = 0, Flag extends boolean = false, Aux = unknown>(
  func: (...args: Args) => Outcome<Tensor, Flag, Aux>,
  argnums?: Nums,
  has_aux?: Flag | { has_aux?: Flag },
): (...args: Args) => WithAux<ForEach<Nums, Tensor>, Flag, Aux>;
export function grad<Args extends unknown[], Nums extends Argnums = 0, Flag extends boolean = false, Aux = unknown>(
  func: (...args: Args) => Outcome<Tensor, Flag, Aux>,
  options: signatures.GradOptions<Nums, Flag>,
): (...args: Args) => WithAux<ForEach<Nums, Tensor>, Flag, Aux>;
export function grad<Args extends unknown[], Nums extends Argnums = 0, Flag extends boolean = false, Aux = unknown>(
  args: signatures.GradOptions<Nums, Flag> & { func: (...args: Args) => Outcome<Tensor, Flag, Aux> },
): (...args: Args) => WithAux<ForEach<Nums, Tensor>, Flag, Aux>;
export function grad(...given: unknown[]): unknown {
  const [func, argnums, has_aux] = gradArguments(signatures.grad, given);
  return (...args: unknown[]) => {
    const { gradient, aux } = differentiate(func, argnums, has_aux, args);
    return has_aux ? [gradient, aux] : gradient;
  };
}

/**
 * Like `grad`, with the value of the function as well: [gradient, value].
 * https://docs.pytorch.org/docs/2.13/generated/torch.func.grad_and_value.html
 */
export function grad_and_value<
  Args extends unknown[],
  Nums extends Argnums = 0,
  Flag extends boolean = false,
  Aux = unknown,
>(
  func: (...args: Args) => Outcome<Tensor, Flag, Aux>,
  argnums?: Nums,
  has_aux?: Flag | { has_aux?: Flag },
): (...args: Args) => [ForEach<Nums, Tensor>, WithAux<Tensor, Flag, Aux>];
export function grad_and_value<
  Args extends unknown[],
  Nums extends Argnums = 0,
  Flag extends boolean = false,
  Aux = unknown,
>(
  func: (...args: Args) => Outcome<Tensor, Flag, Aux>,
  options: signatures.GradAndValueOptions<Nums, Flag>,
): (...args: Args) => [ForEach<Nums, Tensor>, WithAux<Tensor, Flag, Aux>];
export function grad_and_value<
  Args extends unknown[],
  Nums extends Argnums = 0,
  Flag extends boolean = false,
  Aux = unknown,
>(
  args: signatures.GradAndValueOptions<Nums, Flag> & { func: (...args: Args) => Outcome<Tensor, Flag, Aux> },
): (...args: Args) => [ForEach<Nums, Tensor>, WithAux<Tensor, Flag, Aux>];
export function grad_and_value(...given: unknown[]): unknown {
  const [func, argnums, has_aux] = gradArguments(signatures.grad_and_value, given);
  return (...args: unknown[]) => {
    const { gradient, value, aux } = differentiate(func, argnums, has_aux, args);
    return has_aux ? [gradient, [value, aux]] : [gradient, value];
  };
}

/** Checks that there are outputs, all of them tensors. */
export function checkOutputs(leaves: readonly unknown[], name: string): asserts leaves is Tensor[] {
  if (leaves.length === 0 || (leaves.length === 1 && (leaves[0] === null || leaves[0] === undefined))) {
    const shown = leaves.length === 0 ? '[]' : '[None]';
    throw new TorchError(`${name}: Expected f to be a function that has non-empty output (got output = ${shown})`);
  }
  for (const leaf of leaves) {
    if (isTensor(leaf)) continue;
    throw new TorchError(
      `${name}: expected f(*primals) to return only tensors, got unsupported type ${typeName(leaf)}`,
    );
  }
}

export interface VjpOptions {
  retain_graph?: boolean;
  create_graph?: boolean | null;
}

/** Pulls a cotangent of the outputs back to the inputs. */
export type Pullback = (cotangents: unknown, options?: VjpOptions) => unknown;

export interface Vjp {
  readonly output: unknown;
  readonly pull: Pullback;
  readonly aux: unknown;
}

function checkDifferentiableOutputs(outputs: readonly Tensor[]): void {
  for (const output of outputs) {
    if (output.is_floating_point() || output.is_complex()) continue;
    throw new TorchError(
      `vjp(f, ...): All outputs of f must be floating-point or complex Tensors, got Tensor with dtype ${output.dtype}`,
    );
  }
}

function pullback(
  outputs: readonly Tensor[],
  outputSpec: TreeSpec,
  inputs: readonly Tensor[],
  inputSpec: TreeSpec,
): Pullback {
  return (cotangents, { retain_graph = true, create_graph = null } = {}) => {
    const [leaves, spec] = flatten(cotangents);
    if (!sameSpec(spec, outputSpec)) {
      throw new TorchError(
        `Expected pytree structure of cotangents to be the same as pytree structure of outputs to the function. cotangents: ${specLine(spec)}, primal output: ${specLine(outputSpec)}`,
      );
    }
    const found = gradients(outputs, inputs, leaves as Tensor[], retain_graph, create_graph ?? is_grad_enabled());
    return unflatten(found, inputSpec);
  };
}

/** vjp with respect to some arguments, or all of them. */
export function vjpOf(fn: AnyFunction, args: readonly unknown[], argnums: Argnums | null, hasAux: boolean): Vjp {
  return withGradLayer((level) => {
    const places = argnums === null ? args.map((_, i) => i) : placesOf(argnums, args.length);
    const wanted = differentiable(chosen(args, places), level);
    const result = fn(...(replaced(wrapAll(args, level), places, wanted) as never[]));
    const [output, aux] = hasAux ? outputAndAux(result, 'vjp(f, *primals)') : [result, null];
    const [outputs, outputSpec] = flatten(output);
    checkOutputs(outputs, 'vjp(f, *primals)');
    const [inputs, inputSpec] = flatten(wanted);
    const results = unwrapAll(output, level);
    checkDifferentiableOutputs(outputs);
    const pull = pullback(outputs, outputSpec, inputs as Tensor[], inputSpec);
    return { output: results, pull, aux: hasAux ? unwrapAll(aux, level) : null };
  });
}

/**
 * The outputs of `func` and the function that multiplies cotangents with its Jacobian; that one gives a list with the
 * product for each primal.
 * https://docs.pytorch.org/docs/2.13/generated/torch.func.vjp.html
 */
export function vjp<Primals extends unknown[], Output>(
  func: (...primals: Primals) => Output,
  ...primals: Primals
): [Output, (cotangents: Output, options?: VjpOptions) => Primals];
export function vjp<Primals extends unknown[], Output, Aux>(
  func: (...primals: Primals) => readonly [Output, Aux],
  ...primals: [...Primals, { has_aux: true }]
): [Output, (cotangents: Output, options?: VjpOptions) => Primals, Aux];
export function vjp(...given: unknown[]): unknown[] {
  const { own, args } = signatures.vjp.split(given);
  const [func, has_aux] = own;
  requireFunction('vjp', 'func', func);
  const { output, pull, aux } = vjpOf(func, args, null, has_aux);
  return has_aux ? [output, pull, aux] : [output, pull];
}
