/** Custom Functions inside transforms: each layer differentiates, or batches, the function's own rules. */

import {
  applySingleLevel,
  Function,
  type FunctionClass,
  provideTransforms,
  setupContextOf,
} from '../autograd/function';
import type { FunctionCtx } from '../autograd/function_ctx';
import { enable_grad } from '../autograd/grad_mode';
import { TorchError } from '../errors';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isTensor } from '../operators/checks';
import type { Tensor } from '../tensor';
import { below, type Layer, type Randomness, topLayer, transformsActive, withForwardGrad } from './layers';
import { broadcast, flatten, mapLeaves, unflatten } from './tree';
import { addBatchDims } from './vmap';
import { overBatch } from './vmap_rule';

/** What the static `vmap` of a Function is told about the batch. */
export interface VmapInfo {
  readonly batch_size: number;
  readonly randomness: Randomness;
}

type VmapRule = (
  info: VmapInfo,
  in_dims: readonly (number | null)[],
  ...args: unknown[]
) => readonly [output: unknown, out_dims: unknown];

interface Batchable extends FunctionClass {
  readonly vmap?: VmapRule;
  readonly generate_vmap_rule?: boolean;
}

function unwrapped(value: unknown, level: number): unknown {
  return mapLeaves(value, (leaf) => (isTensor(leaf) ? call(native.func_unwrap_grad, leaf, level) : leaf));
}

/** Wraps the outputs of the layer below; an output that is an argument stays that argument. */
function wrappedBack(output: unknown, inner: readonly unknown[], args: readonly unknown[], level: number): unknown {
  return mapLeaves(output, (leaf) => {
    if (!isTensor(leaf)) return leaf;
    const same = inner.indexOf(leaf);
    return same >= 0 ? args[same] : call(native.func_wrap_grad, leaf, level);
  });
}

/** The function as one step of a layer's graph: its forward runs in the layers below. */
function atLevel(cls: FunctionClass, layer: Layer): FunctionClass {
  const setup = setupContextOf(cls)!;
  class AtLevel extends Function {
    static override forward(...args: unknown[]): unknown {
      const inputs = unwrapped(args, layer.level) as unknown[];
      const output = enable_grad(() => withForwardGrad(() => below(layer, () => applyInLayers(cls, inputs))));
      return wrappedBack(output, inputs, args, layer.level);
    }

    static setup_context(ctx: FunctionCtx, inputs: unknown[], output: unknown): void {
      setup.call(cls, ctx, inputs, output);
    }
  }
  const rules = { backward: cls.backward, vjp: cls.vjp, jvp: cls.jvp };
  for (const [name, rule] of Object.entries(rules)) {
    if (rule !== (Function as unknown as Record<string, unknown>)[name]) Object.assign(AtLevel, { [name]: rule });
  }
  Object.defineProperty(AtLevel, 'name', { value: cls.name });
  return AtLevel;
}

function unwrapBatched(args: readonly unknown[], level: number): [values: unknown[], dims: (number | null)[]] {
  const pairs = args.map((arg): [unknown, number | null] =>
    isTensor(arg) ? call<[Tensor, number | null]>(native.func_unwrap_batched, arg, level) : [arg, null],
  );
  return [pairs.map(([value]) => value), pairs.map(([, dim]) => dim)];
}

function wrapBatched(output: unknown, dims: unknown, level: number): unknown {
  const [leaves, spec] = flatten(output);
  const places = broadcast(dims, spec);
  if (places === undefined) throw new RangeError('vmap: the out_dims of a custom Function must fit its output');
  return unflatten(addBatchDims(leaves, places as (number | null)[], level), spec);
}

/** The function over a batch, by its own rule. */
function byRule(cls: Batchable, args: readonly unknown[], layer: Layer): unknown {
  const [values, dims] = unwrapBatched(args, layer.level);
  if (dims.every((dim) => dim === null)) return below(layer, () => applyInLayers(cls, args));
  const info: VmapInfo = { batch_size: layer.batchSize, randomness: layer.randomness };
  const result = below(layer, () => cls.vmap!.call(cls, info, dims, ...values));
  if (!Array.isArray(result) || result.length !== 2) {
    throw new TorchError(`Expected the vmap staticmethod of ${cls.name} to return a tuple of (output, out_dims)`);
  }
  return wrapBatched(result[0], result[1], layer.level);
}

function byGeneratedRule(cls: FunctionClass, args: readonly unknown[], layer: Layer): unknown {
  const [values, dims] = unwrapBatched(args, layer.level);
  if (dims.every((dim) => dim === null)) return below(layer, () => applyInLayers(cls, args));
  const output = below(layer, () => applyInLayers(overBatch(cls, dims, layer.randomness), values));
  return wrapBatched(output, 0, layer.level);
}

function batched(cls: Batchable, args: readonly unknown[], layer: Layer): unknown {
  if (cls.generate_vmap_rule && cls.vmap !== undefined) {
    throw new TorchError(
      `You tried to vmap over ${cls.name}, but it has both generate_vmap_rule=True and an overridden vmap staticmethod. Please set generate_vmap_rule=False or delete the overridden vmap staticmethod to avoid ambiguity. For more details, please see https://pytorch.org/docs/main/notes/extending.func.html`,
    );
  }
  if (cls.generate_vmap_rule) return byGeneratedRule(cls, args, layer);
  if (cls.vmap !== undefined) return byRule(cls, args, layer);
  throw new TorchError(
    `You tried to vmap over ${cls.name}, but it does not have vmap support. Please override and implement the vmap staticmethod or set generate_vmap_rule=True. For more details, please see https://pytorch.org/docs/main/notes/extending.func.html`,
  );
}

function applyInLayers(cls: FunctionClass, args: readonly unknown[]): unknown {
  const layer = topLayer();
  if (layer === undefined) return applySingleLevel(cls, args);
  return layer.kind === 'vmap' ? batched(cls, args, layer) : applySingleLevel(atLevel(cls, layer), args);
}

provideTransforms({
  active: transformsActive,
  apply(cls, args) {
    if (setupContextOf(cls) !== undefined) return applyInLayers(cls, args);
    throw new TorchError(
      'In order to use an autograd.Function with functorch transforms (vmap, grad, jvp, jacrev, ...), it must override the setup_context staticmethod. For more details, please see https://pytorch.org/docs/main/notes/extending.func.html',
    );
  },
});
