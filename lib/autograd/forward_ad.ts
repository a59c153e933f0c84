/** torch.autograd.forward_ad: values that carry their tangents. https://docs.pytorch.org/docs/2.13/autograd.html#forward-mode-automatic-differentiation */

import { TorchError } from '../base/errors';
import { type Mode, withMode } from '../context/mode';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { callOperator } from '../operators/operator';
import type { Tensor } from '../tensor/tensor';
import * as signatures from './generated/autograd_forward_ad';

let current = -1;

/** Enters a level, in which tensors can carry tangents; there is one at a time. */
export function enter_dual_level(): number {
  const level = call(native.enter_dual_level);
  current = level;
  return level;
}

/** Leaves the level; its tangents are gone. */
export function exit_dual_level(...args: signatures.ExitDualLevelArgs): void {
  const [level] = signatures.exit_dual_level.list(args);
  if ((level ?? current) !== current) {
    throw new TorchError(
      'Trying to exit a forward AD level that was not the last one that was created. This is not supported.',
    );
  }
  call(native.exit_dual_level, current);
  current--;
}

/**
 * Runs a callback in a level of its own, or opens one until it is disposed.
 * https://docs.pytorch.org/docs/2.13/generated/torch.autograd.forward_ad.dual_level.html
 */
export function dual_level(): Mode;
export function dual_level<Result>(callback: () => Result): Result;
export function dual_level<Result>(callback?: () => Result): Result | Mode {
  const enter = () => {
    const level = enter_dual_level();
    return () => exit_dual_level({ level });
  };
  return withMode('dual_level', enter, callback);
}

function checkDifferentiable(x: Tensor, role: string): void {
  if (x.is_floating_point() || x.is_complex()) return;
  throw new RangeError(`Expected ${role} to be floating point or complex, but got: ${x.dtype}`);
}

/**
 * A view of `tensor` that carries `tangent`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.autograd.forward_ad.make_dual.html
 * @throws TorchError outside of a level, or for a tangent of another size
 */
export function make_dual(...args: signatures.MakeDualArgs): Tensor {
  const [tensor, tangent, level] = signatures.make_dual.list(args);
  const at = level ?? current;
  if (at < 0) {
    throw new TorchError(
      'Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first.',
    );
  }
  checkDifferentiable(tensor, 'primal');
  checkDifferentiable(tangent, 'tangent');
  return callOperator('_make_dual', tensor, tangent, at);
}

/** What `unpack_dual` gives: the value, and the tangent or null. */
export type UnpackedDualTensor = [primal: Tensor, tangent: Tensor | null] & {
  readonly primal: Tensor;
  readonly tangent: Tensor | null;
};

function unpacked(primal: Tensor, tangent: Tensor | null): UnpackedDualTensor {
  return Object.assign([primal, tangent] as [Tensor, Tensor | null], { primal, tangent });
}

/**
 * The value of a tensor and its tangent.
 * https://docs.pytorch.org/docs/2.13/generated/torch.autograd.forward_ad.unpack_dual.html
 */
export function unpack_dual(...args: signatures.UnpackDualArgs): UnpackedDualTensor {
  const [tensor, level] = signatures.unpack_dual.list(args);
  const at = level ?? current;
  if (at < 0) return unpacked(tensor, null);
  const [primal, tangent] = callOperator<[Tensor, Tensor | null]>('_unpack_dual', tensor, at);
  return unpacked(primal, tangent);
}
