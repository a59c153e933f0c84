/** Custom Functions inside transforms: each layer differentiates, or batches, the function's own rules. */

import { isTensor } from '../arguments/checks';
import {
  applySingleLevel,
  Function,
  type FunctionClass,
  provideTransforms,
  setupContextOf,
} from '../autograd/function';
import type { FunctionCtx } from '../autograd/function_ctx';
import { enable_grad } from '../autograd/grad_mode';
import { TorchError } from '../base/errors';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { typeName } from '../native/kinds';
import type { Tensor } from '../tensor/tensor';
import { below, type Layer, type Randomness, topLayer, transformsActive, withForwardGrad } from './layers';
import { broadcast, flatten, mapLeaves, specText, unflatten } from './tree';
import { addBatchDims, type Dims, dimsText } from './vmap';
import { overBatch } from './vmap_rule';
import { throughNative } from './wrap';

/** What the static `vmap` of a Function is told about the batch. */
export interface VmapInfo {
  readonly batch_size: number;
  readonly randomness: Randomness;
}

type VmapRule = (
  info: VmapInfo,
  in_dims: readonly Dims[],
  ...args: unknown[]
) => readonly [output: unknown, out_dims: unknown];

interface Batchable extends FunctionClass {
  readonly vmap?: VmapRule;
  readonly generate_vmap_rule?: boolean;
}

function unwrapped(value: unknown, level: number): unknown {
  const [leaves, spec] = flatten(value);
  return unflatten(throughNative(native.func_unwrap_grad, leaves, level), spec);
}

/** Wraps the outputs of the layer below; an output that is an argument stays that argument. */
function wrappedBack(
  output: unknown,
  inner: readonly unknown[],
  args: readonly unknown[],
  wrap: (x: Tensor, place: number) => unknown,
): unknown {
  const [innerLeaves] = flatten(inner);
  const [argLeaves] = flatten(args);
  let place = 0;
  return mapLeaves(output, (leaf) => {
    const at = place++;
    if (!isTensor(leaf)) return leaf;
    const same = innerLeaves.indexOf(leaf);
    return same >= 0 ? argLeaves[same] : wrap(leaf, at);
  });
}

/** The function as one step of a layer's graph: its forward runs in the layers below. */
function atLevel(cls: FunctionClass, layer: Layer): FunctionClass {
  const setup = setupContextOf(cls)!;
  class AtLevel extends Function {
    static override forward(...args: unknown[]): unknown {
      const inputs = unwrapped(args, layer.level) as unknown[];
      const output = enable_grad(() => withForwardGrad(() => below(layer, () => applyInLayers(cls, inputs))));
      return wrappedBack(output, inputs, args, (x) => throughNative(native.func_wrap_grad, [x], layer.level)[0]);
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

/** Arguments without the layer's batches, and the dimension of each one's batch, in the shape of the arguments. */
function unwrapBatched(args: readonly unknown[], level: number): [values: unknown[], dims: Dims[], isMapped: boolean] {
  const [leaves, spec] = flatten(args);
  const pairs = leaves.map((leaf): [unknown, number | null] =>
    isTensor(leaf) ? call(native.func_unwrap_batched, leaf, level) : [leaf, null],
  );
  const together = (parts: readonly unknown[]) => unflatten(parts, spec) as unknown[];
  const dims = pairs.map(([, dim]) => dim);
  return [together(pairs.map(([value]) => value)), together(dims) as Dims[], dims.some((dim) => dim !== null)];
}

const RETURNS =
  'Expected the vmap staticmethod to have two returns, an output and out_dims with pytree structure compatible with the output. ';

/** The function over a batch, by its own rule. */
function byRule(cls: Batchable, args: readonly unknown[], layer: Layer): unknown {
  const [values, dims, isMapped] = unwrapBatched(args, layer.level);
  if (!isMapped) return below(layer, () => applyInLayers(cls, args));
  const info: VmapInfo = { batch_size: layer.batchSize, randomness: layer.randomness };
  const result: unknown = below(layer, () => cls.vmap!.call(cls, info, dims, ...values));
  if (!Array.isArray(result)) throw new TorchError(`${RETURNS}Got a ${typeName(result)} instead`);
  if (result.length !== 2) throw new TorchError(`${RETURNS}Got ${result.length} returns instead`);
  const [output, out_dims] = result as [unknown, unknown];
  const [, spec] = flatten(output);
  const places = broadcast(out_dims, spec) as (number | null)[] | undefined;
  if (places === undefined) {
    throw new TorchError(
      `The autograd.Function's vmap staticmethod returned an incompatible (output, out_dims) tuple. Expected out_dims=${dimsText(out_dims)} to be compatible with the structure of \`output\`. out_dims has structure ${specText(flatten(out_dims)[1])} but output has structure ${specText(spec)}. For more details, please see https://pytorch.org/docs/main/notes/extending.func.html`,
    );
  }
  return wrappedBack(output, values, args, (x, place) => addBatchDims([x], [places[place]!], layer.level)[0]);
}

function byGeneratedRule(cls: FunctionClass, args: readonly unknown[], layer: Layer): unknown {
  const [values, dims, isMapped] = unwrapBatched(args, layer.level);
  if (!isMapped) return below(layer, () => applyInLayers(cls, args));
  const output = below(layer, () => applyInLayers(overBatch(cls, dims, layer.randomness), values));
  return wrappedBack(output, values, args, (x) => addBatchDims([x], [0], layer.level)[0]);
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
  unwrapped: (args) => args.map((arg) => (isTensor(arg) ? call(native.func_unwrap_dead, arg) : arg)),
  apply(cls, args) {
    if (setupContextOf(cls) !== undefined) return applyInLayers(cls, args);
    throw new TorchError(
      'In order to use an autograd.Function with functorch transforms (vmap, grad, jvp, jacrev, ...), it must override the setup_context staticmethod. For more details, please see https://pytorch.org/docs/main/notes/extending.func.html',
    );
  },
});
