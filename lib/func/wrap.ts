/** Wrapping arguments for a transform and unwrapping its results. */

import { TorchError } from '../errors';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isTensor, optionsOf, requireTensor } from '../operators/checks';
import { typeName } from '../operators/kinds';
import type { Tensor } from '../tensor';
import { mapLeaves } from './tree';

/** Brings the tensors of a value into a layer of derivatives. */
export function wrapAll<Value>(value: Value, level: number): Value {
  return mapLeaves(value, (leaf) => (isTensor(leaf) ? call(native.func_wrap_grad, leaf, level) : leaf)) as Value;
}

/** The same, and each tensor requires a gradient there. */
export function differentiable<Value>(value: Value, level: number): Value {
  return mapLeaves(value, (leaf) => {
    if (isTensor(leaf)) return call(native.func_differentiable, leaf, level);
    throw new RangeError(`Thing passed to transform API must be Tensor, got ${typeName(leaf)}`);
  }) as Value;
}

/** Takes the tensors of a value out of a layer of derivatives. */
export function unwrapAll<Value>(value: Value, level: number): Value {
  return mapLeaves(value, (leaf) => {
    if (isTensor(leaf)) return call(native.func_unwrap_grad, leaf, level);
    throw new TorchError(`Expected tensors, got unsupported type ${typeName(leaf)}`);
  }) as Value;
}

export function isBatched(x: Tensor): boolean {
  return call<[string]>(native.func_describe, x)[0] === 'batched';
}

/**
 * The tensor behind the wrappers of transforms, or with `recurse: false` behind the outermost.
 * https://docs.pytorch.org/docs/2.13/generated/torch.func.debug_unwrap.html
 */
export function debug_unwrap(x: Tensor, options?: { recurse?: boolean }): Tensor {
  const { recurse = true } = optionsOf('debug_unwrap', options);
  requireTensor('debug_unwrap', 'tensor', x);
  const below = call<[string, number, number, Tensor | null]>(native.func_describe, x)[3];
  if (below === null) return x;
  return recurse ? debug_unwrap(below) : below;
}
