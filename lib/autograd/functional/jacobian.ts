/** Whole Jacobians and Hessians. https://docs.pytorch.org/docs/2.13/autograd.html#functional-higher-level-api */

import { isTensor, requireFunction } from '../../arguments/checks';
import { NotImplementedError, TorchError } from '../../base/errors';
import { callOperator } from '../../operators/operator';
import type { Tensor } from '../../tensor/tensor';
import { dual_level, make_dual, unpack_dual } from '../forward_ad';
import * as signatures from '../generated/autograd_functional';
import { enable_grad } from '../grad_mode';
import { overBatches } from '../legacy_vmap';
import {
  type AnyFunction,
  checkDependent,
  gradients,
  type MaybeTensor,
  outputsOf,
  prepared,
  type Values,
  valuesOf,
} from './values';

export type { HessianOptions, JacobianOptions } from '../generated/autograd_functional';

type Strategy = 'reverse-mode' | 'forward-mode';

/** The unit vectors of all elements of the tensors, cut at the tensors: one matrix for each. */
function basis(tensors: readonly Tensor[]): Tensor[] {
  const total = tensors.reduce((sum, x) => sum + x.numel(), 0);
  let column = 0;
  return tensors.map((x) => {
    const matrix = x.new_zeros([total, x.numel()]);
    matrix.diagonal(0 - column).fill_(1);
    column += x.numel();
    return matrix;
  });
}

function sizesOf(tensors: readonly Tensor[]): number[] {
  return tensors.map((x) => x.numel());
}

/** A block for each output and input; lists of one that were none are taken out. */
type Blocks = readonly (readonly Tensor[])[];

function shapedBlocks(blocks: Blocks, outputsList: boolean, inputsList: boolean, create: boolean): unknown {
  const rows = blocks.map((row) => {
    const done = create ? row : row.map((x) => x.detach());
    return inputsList ? done : done[0];
  });
  return outputsList ? rows : rows[0];
}

function transposed<T>(table: readonly (readonly T[])[], width: number): T[][] {
  return Array.from({ length: width }, (_, i) => table.map((row) => row[i]!));
}

/** Column by column, each a product with a tangent. */
function forwards(func: AnyFunction, raw: unknown): unknown {
  const inputs = valuesOf(raw, 'inputs', 'jacobian');
  let outputs: Values = { list: [], isList: false };
  const push = (...tangents: (Tensor | null)[]) =>
    dual_level(() => {
      const duals = inputs.list.map((x, i) => make_dual(x, tangents[i]!.view_as(x)));
      const out = outputsOf(func, duals, 'jacobian');
      const parts = out.list.map((each) => unpack_dual(each));
      outputs = { list: parts.map(({ primal }) => primal), isList: out.isList };
      return parts.map(({ primal, tangent }) => tangent ?? callOperator<Tensor>('zeros_like', primal));
    });
  const columns = overBatches(push, basis(inputs.list)) as Tensor[];
  const sizes = sizesOf(inputs.list);
  const blocks = columns.map((column, o) =>
    callOperator<Tensor[]>('split_with_sizes', column.movedim(0, -1), sizes, -1).map((part, i) =>
      part.reshape([...outputs.list[o]!.shape, ...inputs.list[i]!.shape]),
    ),
  );
  return shapedBlocks(blocks, outputs.isList, inputs.isList, true);
}

/** All rows in one pass over a batch of unit vectors. */
function vectorized(outputs: readonly Tensor[], inputs: readonly Tensor[], create: boolean): Blocks {
  const flat = outputs.map((x) => x.reshape([-1]));
  const rows = gradients(flat, inputs, basis(outputs), create, { is_grads_batched: true });
  const sizes = sizesOf(outputs);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const perInput = rows.map((row, i) => {
    const shape = inputs[i]!.shape;
    const full = row ?? callOperator<Tensor>('zeros_like', inputs[i]).expand([total, ...shape]);
    return callOperator<Tensor[]>('split_with_sizes', full, sizes, 0).map((part, o) =>
      part.reshape([...outputs[o]!.shape, ...shape]),
    );
  });
  return transposed(perInput, outputs.length);
}

function checkedRow(
  row: MaybeTensor,
  output: number,
  input: number,
  like: Tensor,
  strict: boolean,
  create: boolean,
): Tensor {
  if (row === null) {
    if (!strict) return callOperator('zeros_like', like);
    throw new TorchError(
      `Output ${output} of the user-provided function is independent of input ${input}. This is not allowed in strict mode.`,
    );
  }
  if (strict && create && !row.requires_grad) {
    throw new TorchError(
      `The jacobian of the user-provided function is independent of input ${output}. This is not allowed in strict mode when create_graph=True.`,
    );
  }
  return row;
}

/** Row by row, a pass for each element of the outputs. */
function rowByRow(outputs: readonly Tensor[], inputs: readonly Tensor[], strict: boolean, create: boolean): Blocks {
  return outputs.map((out, o) => {
    const elements = out.reshape([-1]);
    const rows = Array.from({ length: out.numel() }, (_, j) =>
      gradients([elements.select(0, j)], inputs, null, create, { retain_graph: true }).map((row, i) =>
        checkedRow(row, o, i, inputs[i]!, strict, create),
      ),
    );
    return transposed(rows, inputs.length).map((column, i) => {
      const shape = [...out.shape, ...inputs[i]!.shape];
      return column.length === 0 ? out.new_zeros(shape) : callOperator<Tensor>('stack', column, 0).view(shape);
    });
  });
}

function backwards(func: AnyFunction, raw: unknown, create: boolean, strict: boolean, vectorize: boolean): unknown {
  return enable_grad(() => {
    const inputs = prepared(valuesOf(raw, 'inputs', 'jacobian'), create, true);
    const outputs = outputsOf(func, inputs.list, 'jacobian');
    checkDependent(outputs.list, 'outputs', strict);
    if (vectorize && strict) {
      throw new TorchError(
        'torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. Please either set `strict=False` or `vectorize=False`.',
      );
    }
    const blocks = vectorize
      ? vectorized(outputs.list, inputs.list, create)
      : rowByRow(outputs.list, inputs.list, strict, create);
    return shapedBlocks(blocks, outputs.isList, inputs.isList, create);
  });
}

function checkForward(create: boolean, strict: boolean, vectorize: boolean): void {
  const together = (option: string, value: string) =>
    `torch.autograd.functional.jacobian: \`${option}=True\` and \`strategy="forward-mode"\` are not supported together (yet). Please either set \`${option}=${value}\` or \`strategy="reverse-mode"\`.`;
  if (create) throw new NotImplementedError(together('create_graph', 'False'));
  if (strict) throw new TorchError(together('strict', 'False'));
  if (!vectorize) {
    throw new NotImplementedError(
      'Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly implemented for `vectorize=True`.',
    );
  }
}

const HINT =
  'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function has more outputs than inputs, "forward-mode" tends to be more performant. Otherwise, prefer to use "reverse-mode".';

type OneOrMore = Tensor | readonly Tensor[];
/** A block for each output and each input. */
type JacobianOf<Output, Inputs> = Output extends Tensor
  ? Inputs extends Tensor
    ? Tensor
    : Tensor[]
  : Inputs extends Tensor
    ? Tensor[]
    : Tensor[][];

/**
 * The Jacobian of a function of tensors at `inputs`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.autograd.functional.jacobian.html
 */
export function jacobian<Inputs extends OneOrMore, Output extends OneOrMore>(
  func: (...inputs: never[]) => Output,
  inputs: Inputs,
  create_graph?: boolean | signatures.JacobianOptions,
  strict?: boolean | signatures.JacobianOptions,
  vectorize?: boolean | signatures.JacobianOptions,
  strategy?: Strategy,
): JacobianOf<Output, Inputs>;
export function jacobian<Inputs extends OneOrMore, Output extends OneOrMore>(
  args: signatures.JacobianOptions & { func: (...inputs: never[]) => Output; inputs: Inputs },
): JacobianOf<Output, Inputs>;
export function jacobian(...args: unknown[]): unknown {
  const [func, inputs, create_graph, strict, vectorize, strategy] = signatures.jacobian.list(args);
  requireFunction('jacobian', 'func', func);
  if (strategy !== 'forward-mode' && strategy !== 'reverse-mode') throw new TorchError(HINT);
  if (strategy === 'reverse-mode') return backwards(func, inputs, create_graph, strict, vectorize);
  checkForward(create_graph, strict, vectorize);
  return forwards(func, inputs);
}

/** The user's function, checked to give a single number. */
function scalarFunction(func: AnyFunction, strict: boolean): AnyFunction {
  return (...inputs: never[]) => {
    const result = func(...inputs);
    const { list, isList } = valuesOf(result, 'outputs of the user-provided function', 'hessian');
    checkDependent(list, 'outputs', strict);
    if (isList || !isTensor(result)) {
      throw new TorchError('The function given to hessian should return a single Tensor');
    }
    if (result.numel() !== 1) {
      throw new TorchError('The Tensor returned by the function given to hessian should contain a single element');
    }
    return result.squeeze();
  };
}

/**
 * The Hessian of a function that gives one number: a block for each pair of inputs.
 * https://docs.pytorch.org/docs/2.13/generated/torch.autograd.functional.hessian.html
 */
export function hessian<Inputs extends OneOrMore>(
  func: (...inputs: never[]) => Tensor,
  inputs: Inputs,
  create_graph?: boolean | signatures.HessianOptions,
  strict?: boolean | signatures.HessianOptions,
  vectorize?: boolean | signatures.HessianOptions,
  outer_jacobian_strategy?: Strategy,
): Inputs extends Tensor ? Tensor : Tensor[][];
export function hessian<Inputs extends OneOrMore>(
  args: signatures.HessianOptions & { func: (...inputs: never[]) => Tensor; inputs: Inputs },
): Inputs extends Tensor ? Tensor : Tensor[][];
export function hessian(...args: unknown[]): unknown {
  const [func, raw, create_graph, strict, vectorize, strategy] = signatures.hessian.list(args);
  requireFunction('hessian', 'func', func);
  const inputs = valuesOf(raw, 'inputs', 'hessian');
  if (strategy !== 'forward-mode' && strategy !== 'reverse-mode') {
    throw new TorchError('Expected strategy to be either "forward-mode" or "reverse-mode".');
  }
  const first = (...own: Tensor[]) => {
    const list = strategy === 'forward-mode' ? own.map((x) => x.requires_grad_()) : own;
    const rows = jacobian(scalarFunction(func, strict) as never, list, { create_graph: true });
    checkDependent(rows as Tensor[], 'jacobian', strict);
    return rows;
  };
  const blocks = jacobian(first as never, inputs.list, {
    create_graph,
    strict,
    vectorize,
    strategy,
  }) as Tensor[][];
  return inputs.isList ? blocks : blocks[0]![0];
}
