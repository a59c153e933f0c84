/** Wrapping arguments for a transform and unwrapping its results. */

import { isTensor, requireTensor } from '../arguments/checks';
import { TorchError } from '../base/errors';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { typeName } from '../native/kinds';
import type { Tensor } from '../tensor/tensor';
import * as signatures from './generated/func';
import { flatten, unflatten } from './tree';

type NativeWrapper = typeof native.func_wrap_grad;

/** Takes all tensors among the leaves through a native function at once; what else there is stays. */
export function throughNative(wrapper: NativeWrapper, leaves: readonly unknown[], level: number): unknown[] {
  const tensors = leaves.filter(isTensor);
  if (tensors.length === 0) return [...leaves];
  const found = call(wrapper, tensors, level);
  if (tensors.length === leaves.length) return found;
  let next = 0;
  return leaves.map((leaf) => (isTensor(leaf) ? found[next++] : leaf));
}

/** Brings the tensors of a value into a layer of derivatives. */
export function wrapAll<Value>(value: Value, level: number): Value {
  const [leaves, spec] = flatten(value);
  return unflatten(throughNative(native.func_wrap_grad, leaves, level), spec) as Value;
}

/** The same, and each tensor requires a gradient there. */
export function differentiable<Value>(value: Value, level: number): Value {
  const [leaves, spec] = flatten(value);
  if (!leaves.every(isTensor)) {
    const other = leaves.find((leaf) => !isTensor(leaf));
    throw new RangeError(`Thing passed to transform API must be Tensor, got ${typeName(other)}`);
  }
  return unflatten(throughNative(native.func_differentiable, leaves, level), spec) as Value;
}

/** Takes the tensors of a value out of a layer of derivatives. */
export function unwrapAll<Value>(value: Value, level: number): Value {
  const [leaves, spec] = flatten(value);
  if (!leaves.every(isTensor)) {
    const other = leaves.find((leaf) => !isTensor(leaf));
    throw new TorchError(`Expected tensors, got unsupported type ${typeName(other)}`);
  }
  return unflatten(throughNative(native.func_unwrap_grad, leaves, level), spec) as Value;
}

export function isBatched(x: Tensor): boolean {
  return call(native.func_describe, x)[0] === 'batched';
}

/**
 * The tensor behind the wrappers of transforms, or with `recurse: false` behind the outermost.
 * https://docs.pytorch.org/docs/2.13/generated/torch.func.debug_unwrap.html
 */
export function debug_unwrap(...args: signatures.DebugUnwrapArgs): Tensor {
  const [x, recurse] = signatures.debug_unwrap.list(args);
  requireTensor('debug_unwrap', 'tensor', x);
  const below = call(native.func_describe, x)[3];
  if (below === null) return x;
  return recurse ? debug_unwrap(below) : below;
}
