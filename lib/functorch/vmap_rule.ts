/** The rule for batches that a custom Function can have made: each of its parts runs under vmap. */

import { isTensor } from '../arguments/checks';
import { Function, type FunctionClass, setupContextOf } from '../autograd/function';
import { FunctionCtx } from '../autograd/function_ctx';
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { Tensor } from '../tensor/tensor';
import { type Randomness, topLayer } from './layers';
import { mapLeaves } from './tree';
import { type Dims, mapped } from './vmap';

type MaybeTensor = Tensor | null;
type Rule = (ctx: FunctionCtx, ...args: unknown[]) => unknown;
type AnyFunction = (...args: never[]) => unknown;

const ROOT = Symbol('root');

/** The context of the call itself, below those that this module puts around it. */
function rootOf(ctx: FunctionCtx): FunctionCtx {
  return (ctx as FunctionCtx<{ [ROOT]?: FunctionCtx }>)[ROOT] ?? ctx;
}

/** A context that hands everything on to another, but for some members of its own. */
function contextWith(ctx: FunctionCtx, own: Readonly<Record<string, unknown>>): FunctionCtx {
  return new Proxy(ctx, {
    get(target, key) {
      if (key === ROOT) return rootOf(target);
      if (typeof key === 'string' && key in own) return own[key];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' && key in FunctionCtx.prototype ? value.bind(target) : value;
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
}

/** What setup_context gets: it saves examples, the context keeps the batches they belong to. */
function savingContext(ctx: FunctionCtx, noteDims: (dims: (number | null)[]) => void): FunctionCtx {
  const unwrapped = (tensors: readonly unknown[]): MaybeTensor[] => {
    const { level } = topLayer()!;
    const pairs = tensors.map((x): [MaybeTensor, number | null] =>
      isTensor(x) ? call(native.func_unwrap_batched, x, level) : [null, null],
    );
    noteDims(pairs.map(([, dim]) => dim));
    return pairs.map(([x]) => x);
  };
  return contextWith(ctx, {
    save_for_backward: (...tensors: unknown[]) => ctx.save_for_backward(...unwrapped(tensors)),
    save_for_forward: (...tensors: unknown[]) => ctx.save_for_forward(...unwrapped(tensors)),
  });
}

/** The batch at the front wherever there is a tensor. */
function front(value: unknown): Dims {
  return mapLeaves(value, (leaf) => (isTensor(leaf) ? 0 : null)) as Dims;
}

function listed(results: unknown): MaybeTensor[] {
  return (Array.isArray(results) ? results : [results]).map((result) => result ?? null);
}

/** Sums a gradient over the batch for an argument that all examples share, and down to an example's shape. */
function reduced(gradient: Tensor, dim: number | null, shape: number[] | undefined): Tensor {
  if (dim === null) return gradient.sum(0);
  const fitting = shape === undefined ? gradient : gradient.sum_to_size([gradient.shape[0]!, ...shape]);
  return fitting.movedim(0, dim);
}

interface Kept {
  savedDims?: (number | null)[];
  /** The shapes of an example's arguments. */
  shapes?: (number[] | undefined)[];
}

/** The function over a batch as a function of its own. */
export function overBatch(cls: FunctionClass, dims: readonly Dims[], randomness: Randomness): FunctionClass {
  const kept = new WeakMap<FunctionCtx, Kept>();
  const run = (fn: AnyFunction, in_dims: Dims, args: readonly unknown[]) =>
    mapped(fn, { in_dims, randomness })(...(args as never[]));

  /** A rule on batches; it may give nulls, which vmap does not. */
  const runRule = (rule: Rule, ctx: FunctionCtx, vectors: readonly unknown[]): MaybeTensor[] => {
    const saved = ctx.saved_tensors;
    let given: boolean[] = [];
    const one = (saved_tensors: unknown[], examples: unknown[]) => {
      const results = listed(rule.call(cls, contextWith(ctx, { saved_tensors }), ...examples));
      given = results.map((result) => result !== null);
      return results.filter((result) => result !== null);
    };
    const found = run(
      one as AnyFunction,
      [kept.get(rootOf(ctx))!.savedDims ?? [], front(vectors)],
      [saved, vectors],
    ) as Tensor[];
    return given.map((isThere) => (isThere ? found.shift()! : null));
  };

  class Batched extends Function {
    static override forward(...args: unknown[]): unknown {
      return run(cls.forward.bind(cls), dims, args);
    }

    static setup_context(ctx: FunctionCtx, inputs: unknown[], output: unknown): void {
      const notes: Kept = {};
      kept.set(rootOf(ctx), notes);
      const one = (examples: unknown[], results: unknown) => {
        notes.shapes = examples.map((example) => (isTensor(example) ? example.shape : undefined));
        const saving = savingContext(ctx, (savedDims) => {
          notes.savedDims = savedDims;
        });
        setupContextOf(cls)!.call(cls, saving, examples, results);
        return [];
      };
      run(one as AnyFunction, [dims, front(output)], [inputs, output]);
    }

    static override backward(ctx: FunctionCtx, ...gradients: MaybeTensor[]): MaybeTensor[] {
      const rule = (cls.vjp === Function.vjp ? cls.backward : cls.vjp) as Rule;
      const { shapes } = kept.get(rootOf(ctx))!;
      return runRule(rule, ctx, gradients).map(
        (result, i) => result && reduced(result, dims[i] as number | null, shapes?.[i]),
      );
    }

    static override jvp(ctx: FunctionCtx, ...tangents: MaybeTensor[]): MaybeTensor[] {
      const atFront = tangents.map((tangent, i) =>
        tangent === null || dims[i] === null ? tangent : tangent.movedim(dims[i] as number, 0),
      );
      return runRule(cls.jvp as Rule, ctx, atFront);
    }
  }
  if (cls.jvp === Function.jvp) Object.assign(Batched, { jvp: Function.jvp });
  Object.assign(Batched, { generate_vmap_rule: true });
  Object.defineProperty(Batched, 'name', { value: `Vmapped${cls.name}` });
  return Batched;
}
