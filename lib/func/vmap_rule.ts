/** The rule for batches that a custom Function can have made: forward and backward each run under vmap. */

import { Function, type FunctionClass, setupContextOf } from '../autograd/function';
import type { FunctionCtx } from '../autograd/function_ctx';
import { isTensor } from '../operators/checks';
import type { Tensor } from '../tensor';
import type { Randomness } from './layers';
import { flatten, mapLeaves, unflatten } from './tree';
import { type Dims, mapped } from './vmap';

type MaybeTensor = Tensor | null;
type Rule = (ctx: unknown, ...gradients: unknown[]) => unknown;
type Rebuild = (tensors: readonly Tensor[]) => unknown;

/** The tensors of a value, and the way to put them back. */
function apart(value: unknown): [tensors: Tensor[], rebuild: Rebuild] {
  const [leaves, spec] = flatten(value);
  const places = leaves.map(isTensor);
  const others = leaves.map((leaf) => (isTensor(leaf) ? null : leaf));
  const rebuild: Rebuild = (tensors) => {
    const left = [...tensors];
    return unflatten(
      others.map((other, i) => (places[i] ? left.shift() : other)),
      spec,
    );
  };
  return [leaves.filter(isTensor), rebuild];
}

/** The context of one example: what setup_context puts in, backward finds. */
class ExampleCtx {
  saved_tensors: unknown[] = [];

  constructor(readonly needs_input_grad: readonly boolean[]) {}

  save_for_backward(...tensors: unknown[]): void {
    this.saved_tensors = tensors;
  }

  // The batched function has done these for all examples, or has no use for them.
  save_for_forward(): void {}
  mark_dirty(): void {}
  mark_non_differentiable(): void {}
  set_materialize_grads(): void {}
}

/** The gradients of one example's inputs. */
function exampleGradients(cls: FunctionClass, needed: readonly boolean[]) {
  const rule = (cls.vjp === Function.vjp ? cls.backward : cls.vjp) as Rule;
  return (inputs: unknown[], output: unknown, ...gradients: MaybeTensor[]): MaybeTensor[] => {
    const ctx = new ExampleCtx(needed);
    setupContextOf(cls)!.call(cls, ctx as unknown as FunctionCtx, inputs, output);
    const results = rule.call(cls, ctx, ...gradients);
    return (Array.isArray(results) ? results : [results]).map((result) => result ?? null);
  };
}

/** Sums a gradient over the batch for an argument that all examples share. */
function reduced(gradient: Tensor, dim: number | null): Tensor {
  return dim === null ? gradient.sum(0) : gradient.movedim(0, dim);
}

/** Runs a function that gives tensors and nulls under vmap. */
function withNulls(
  fn: (...args: never[]) => MaybeTensor[],
  in_dims: Dims,
  randomness: Randomness,
  args: unknown[],
): MaybeTensor[] {
  let given: boolean[] = [];
  const tensorsOnly = (...examples: never[]) => {
    const results = fn(...examples);
    given = results.map((result) => result !== null);
    return results.filter((result) => result !== null);
  };
  const found = mapped(tensorsOnly, { in_dims, randomness })(...(args as never[])) as Tensor[];
  return given.map((isThere) => (isThere ? found.shift()! : null));
}

interface Kept {
  inputs?: Rebuild;
  output?: Rebuild;
  inputCount?: number;
}

/** The function over a batch as a function of its own. */
export function overBatch(cls: FunctionClass, dims: readonly (number | null)[], randomness: Randomness): FunctionClass {
  class Batched extends Function {
    static override forward(...args: unknown[]): unknown {
      const one = cls.forward.bind(cls) as (...examples: never[]) => unknown;
      return mapped(one, { in_dims: dims, randomness })(...(args as never[]));
    }

    static setup_context(ctx: FunctionCtx & Kept, inputs: unknown[], output: unknown): void {
      const [inputTensors, inputsAgain] = apart(inputs);
      const [outputTensors, outputAgain] = apart(output);
      ctx.save_for_backward(...inputTensors, ...outputTensors);
      Object.assign(ctx, { inputs: inputsAgain, output: outputAgain, inputCount: inputTensors.length });
    }

    static override backward(ctx: FunctionCtx & Kept, ...gradients: MaybeTensor[]): MaybeTensor[] {
      const saved = ctx.saved_tensors;
      const inputs = ctx.inputs!(saved.slice(0, ctx.inputCount));
      const output = ctx.output!(saved.slice(ctx.inputCount));
      const first = (value: unknown) => mapLeaves(value, (leaf) => (isTensor(leaf) ? 0 : null)) as Dims;
      const in_dims = [dims, first(output), ...gradients.map(first)];
      const one = exampleGradients(cls, ctx.needs_input_grad) as (...args: never[]) => MaybeTensor[];
      const results = withNulls(one, in_dims, randomness, [inputs, output, ...gradients]);
      return results.map((result, i) => result && reduced(result, dims[i]!));
    }
  }
  Object.defineProperty(Batched, 'name', { value: `Vmapped${cls.name}` });
  return Batched;
}
