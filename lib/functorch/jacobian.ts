/** Jacobians and Hessians of functions. */

import { isTensor, requireFunction, requireTensors } from '../arguments/checks';
import { TorchError } from '../base/errors';
import { callOperator } from '../operators/operator';
import type { Tensor } from '../tensor/tensor';
import { type Argnums, chosen, type ForEach, type Outcome, placesOf, shaped, type WithAux } from './argnums';
import * as signatures from './generated/func';
import { type AnyFunction, vjpOf } from './grad';
import { jvpOf } from './jvp';
import { flatten, type TreeSpec, unflatten } from './tree';
import { mapped } from './vmap';

function refuseComplex(name: string, leaves: readonly unknown[], isInput: boolean): void {
  leaves.forEach((leaf, i) => {
    if (!isTensor(leaf) || !leaf.is_complex()) return;
    throw new TorchError(
      `${name}: Expected all ${isInput ? 'inputs' : 'outputs'} to be real but received complex tensor at flattened input idx: ${i}`,
    );
  });
}

/** The rows `from` to `to` of the unit matrix, cut into the shapes of the tensors. */
function basis(tensors: readonly Tensor[], from: number, to: number): Tensor[] {
  let column = 0;
  return tensors.map((tensor) => {
    const size = tensor.numel();
    const rows = tensor.new_zeros([to - from, size]);
    if (size > 0 && to > from) rows.diagonal(from - column).fill_(1);
    column += size;
    return rows.view([to - from, ...tensor.shape]);
  });
}

/** Products with unit vectors of the outputs: for each input, one row a vector. */
function pulledRows(pull: AnyFunction, vectors: readonly Tensor[], spec: TreeSpec, oneByOne: boolean): Tensor[] {
  if (!oneByOne) return flatten(mapped(pull, {})(unflatten(vectors, spec) as never))[0] as Tensor[];
  const single = vectors.map((vector) => vector.squeeze(0));
  return flatten(pull(unflatten(single, spec) as never))[0].map((row) => (row as Tensor).unsqueeze(0));
}

/** Products with every unit vector of the outputs, `chunk` at a time. */
function pulled(pull: AnyFunction, outputs: readonly Tensor[], spec: TreeSpec, chunk: number | null): Tensor[] {
  const total = outputs.reduce((sum, output) => sum + output.numel(), 0);
  const step = chunk ?? Math.max(total, 1);
  const parts: Tensor[][] = [];
  for (let from = 0; from < Math.max(total, 1); from += step) {
    const vectors = basis(outputs, from, Math.min(from + step, total));
    parts.push(pulledRows(pull, vectors, spec, chunk === 1));
  }
  if (parts.length === 1) return parts[0]!;
  const rowsOf = (input: number) => parts.map((part) => part[input]);
  return parts[0]!.map((_, i) => callOperator('cat', rowsOf(i), 0));
}

/** A tensor cut along a dimension. */
function parts(x: Tensor, sizes: readonly number[], dim: number): readonly Tensor[] {
  return sizes.length === 1 ? [x] : callOperator<Tensor[]>('split_with_sizes', x, sizes, dim);
}

/** Values for each output and input, nested as the outputs are, and in each as the inputs are. */
function assembled(
  rows: (output: number, input: number) => Tensor,
  outputs: number,
  outputSpec: TreeSpec,
  inputs: number,
  inputSpec: TreeSpec,
  argnums: Argnums,
): unknown {
  const perOutput = Array.from({ length: outputs }, (_, o) => {
    const perInput = Array.from({ length: inputs }, (__, i) => rows(o, i));
    return shaped(argnums, unflatten(perInput, inputSpec) as unknown[]);
  });
  return unflatten(perOutput, outputSpec);
}

/**
 * The function that computes the Jacobian of `func` with respect to one argument or several, row by row backwards.
 * https://docs.pytorch.org/docs/2.13/generated/torch.func.jacrev.html
 */
export function jacrev<Args extends unknown[], Nums extends Argnums = 0, Flag extends boolean = false, Aux = unknown>(
  func: (...args: Args) => Outcome<object, Flag, Aux>,
  argnums?: Nums,
  options?: signatures.JacrevOptions<Nums, Flag>,
): (...args: Args) => WithAux<ForEach<Nums, Tensor>, Flag, Aux>;
export function jacrev<Args extends unknown[], Nums extends Argnums = 0, Flag extends boolean = false, Aux = unknown>(
  func: (...args: Args) => Outcome<object, Flag, Aux>,
  options: signatures.JacrevOptions<Nums, Flag>,
): (...args: Args) => WithAux<ForEach<Nums, Tensor>, Flag, Aux>;
export function jacrev<Args extends unknown[], Nums extends Argnums = 0, Flag extends boolean = false, Aux = unknown>(
  args: signatures.JacrevOptions<Nums, Flag> & { func: (...args: Args) => Outcome<object, Flag, Aux> },
): (...args: Args) => WithAux<ForEach<Nums, Tensor>, Flag, Aux>;
export function jacrev(...given: unknown[]): unknown {
  const [func, argnums, has_aux, chunk_size] = signatures.jacrev.list(given);
  requireFunction('jacrev', 'func', func);
  if (chunk_size !== null && !(chunk_size > 0)) throw new RangeError('jacrev: `chunk_size` should be greater than 0.');
  return (...args: unknown[]) => {
    refuseComplex('jacrev', flatten(args)[0], true);
    const { output, pull, aux } = vjpOf(func, args, argnums, has_aux);
    const [outputs, outputSpec] = flatten(output) as [Tensor[], TreeSpec];
    refuseComplex('jacrev', outputs, false);
    const [inputs, inputSpec] = flatten(chosen(args, placesOf(argnums, args.length))) as [Tensor[], TreeSpec];
    const sizes = outputs.map((each) => each.numel());
    const stacked = pulled(pull as AnyFunction, outputs, outputSpec, chunk_size);
    const split = stacked.map((rows) => parts(rows, sizes, 0));
    const block = (o: number, i: number) => split[i]![o]!.reshape([...outputs[o]!.shape, ...inputs[i]!.shape]);
    const jacobian = assembled(block, outputs.length, outputSpec, inputs.length, inputSpec, argnums);
    return has_aux ? [jacobian, aux] : jacobian;
  };
}

/**
 * The function that computes the Jacobian of `func` with respect to one argument or several, column by column forwards.
 * https://docs.pytorch.org/docs/2.13/generated/torch.func.jacfwd.html
 */
export function jacfwd<Args extends unknown[], Nums extends Argnums = 0, Flag extends boolean = false, Aux = unknown>(
  func: (...args: Args) => Outcome<object, Flag, Aux>,
  argnums?: Nums,
  has_aux?: Flag | signatures.JacfwdOptions<Nums, Flag>,
  options?: signatures.JacfwdOptions<Nums, Flag>,
): (...args: Args) => WithAux<ForEach<Nums, Tensor>, Flag, Aux>;
export function jacfwd<Args extends unknown[], Nums extends Argnums = 0, Flag extends boolean = false, Aux = unknown>(
  func: (...args: Args) => Outcome<object, Flag, Aux>,
  options: signatures.JacfwdOptions<Nums, Flag>,
): (...args: Args) => WithAux<ForEach<Nums, Tensor>, Flag, Aux>;
export function jacfwd<Args extends unknown[], Nums extends Argnums = 0, Flag extends boolean = false, Aux = unknown>(
  args: signatures.JacfwdOptions<Nums, Flag> & { func: (...args: Args) => Outcome<object, Flag, Aux> },
): (...args: Args) => WithAux<ForEach<Nums, Tensor>, Flag, Aux>;
export function jacfwd(...given: unknown[]): unknown {
  const [func, argnums, has_aux, randomness] = signatures.jacfwd.list(given);
  requireFunction('jacfwd', 'func', func);
  return (...args: unknown[]) => {
    refuseComplex('jacfwd', flatten(args)[0], true);
    const [inputs, inputSpec] = flatten(chosen(args, placesOf(argnums, args.length))) as [Tensor[], TreeSpec];
    requireTensors('jacfwd', 'args', inputs);
    const sizes = inputs.map((input) => input.numel());
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const push = (tangents: unknown) => {
      const { output, tangent, aux } = jvpOf(func, args, tangents, argnums, { has_aux });
      refuseComplex('jacfwd', flatten(output)[0], false);
      return has_aux ? [tangent, aux] : tangent;
    };
    const result = mapped(push as AnyFunction, { randomness })(unflatten(basis(inputs, 0, total), inputSpec) as never);
    const [tangents, auxes] = has_aux ? (result as [unknown, unknown]) : [result, null];
    const [columns, outputSpec] = flatten(tangents) as [Tensor[], TreeSpec];
    const split = columns.map((column) => parts(column.movedim(0, -1), sizes, -1));
    const block = (o: number, i: number) => {
      const part = split[o]![i]!;
      return part.reshape([...part.shape.slice(0, -1), ...inputs[i]!.shape]);
    };
    const jacobian = assembled(block, columns.length, outputSpec, inputs.length, inputSpec, argnums);
    return has_aux ? [jacobian, firstOf(auxes)] : jacobian;
  };
}

/** Every column computed the same other values; the first ones stand for all. */
function firstOf(auxes: unknown): unknown {
  const [leaves, spec] = flatten(auxes);
  return unflatten(
    leaves.map((leaf) => (leaf as Tensor).select(0, 0)),
    spec,
  );
}

/**
 * The function that computes the Hessian of `func`: forwards over backwards.
 * https://docs.pytorch.org/docs/2.13/generated/torch.func.hessian.html
 */
export function hessian<Args extends unknown[], Nums extends Argnums = 0>(
  func: (...args: Args) => unknown,
  argnums?: Nums | signatures.HessianOptions<Nums>,
): (...args: Args) => Nums extends number ? Tensor : Tensor[][];
export function hessian<Args extends unknown[], Nums extends Argnums = 0>(
  args: signatures.HessianOptions<Nums> & { func: (...args: Args) => unknown },
): (...args: Args) => Nums extends number ? Tensor : Tensor[][];
export function hessian(...given: unknown[]): unknown {
  const [func, argnums] = signatures.hessian.list(given);
  requireFunction('hessian', 'func', func);
  return jacfwd(jacrev(func as (...args: never[]) => Tensor, argnums), argnums);
}
