/** Keeping gradients small. Each function is one native call over all tensors (native/nn/clip_grad.cpp). */

import { requireNumber, requireTensor, requireTensors } from '../../arguments/checks';
import { TorchError, warn } from '../../base/errors';
import { native } from '../../native/addon';
import { call } from '../../native/frame';
import { typeName } from '../../native/kinds';
import { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_utils';
import { float } from '../modules/repr';

/** One tensor or several. */
export type Tensors = Tensor | Iterable<Tensor>;

function listed(name: string, tensors: Tensors): Tensor[] {
  if (tensors instanceof Tensor) return [tensors];
  if (typeof tensors !== 'object' || tensors === null || !(Symbol.iterator in tensors)) {
    throw new TypeError(`'${typeName(tensors)}' object is not iterable`);
  }
  const list = [...tensors];
  requireTensors(name, name === 'get_total_norm' ? 'tensors' : 'parameters', list);
  return list;
}

/** Python's `float(value)`: a tensor of one element is a number too. */
function numberFor(name: string, argument: string, value: unknown): number {
  const number = value instanceof Tensor ? value.item() : value;
  requireNumber(name, argument, number);
  return number;
}

function checkForeach(foreach: boolean | null, tensors: readonly Tensor[]): void {
  const other = foreach ? tensors.find((x) => !x.is_cpu && !x.is_cuda) : undefined;
  if (other === undefined) return;
  throw new TorchError(`foreach=True was passed, but can't use the foreach API on ${other.device.type} tensors`);
}

function checkFinite(norm: Tensor, norm_type: number): void {
  if (norm.isfinite().item()) return;
  throw new TorchError(
    `The total norm of order ${float(norm_type)} for gradients from \`parameters\` is non-finite, so it cannot be clipped. To disable this error and scale the gradients by the non-finite norm anyway, set \`error_if_nonfinite=False\``,
  );
}

/**
 * The norm of all elements of several tensors together.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.get_total_norm.html
 */
export function get_total_norm(...args: signatures.GetTotalNormArgs): Tensor {
  const { tensors, norm_type, error_if_nonfinite, foreach } = signatures.get_total_norm.read(args);
  const list = listed('get_total_norm', tensors);
  checkForeach(foreach, list);
  const norm = call(native.nn_total_norm, list, numberFor('get_total_norm', 'norm_type', norm_type));
  if (error_if_nonfinite) checkFinite(norm, norm_type);
  return norm;
}

/**
 * Scales the gradients down so that a norm of `total_norm` becomes at most `max_norm`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.clip_grads_with_norm_.html
 */
export function clip_grads_with_norm_(...args: signatures.ClipGradsWithNorm_Args): void {
  const { parameters, max_norm, total_norm, foreach } = signatures.clip_grads_with_norm_.read(args);
  const list = listed('clip_grads_with_norm_', parameters);
  checkForeach(foreach, list);
  requireTensor('clip_grads_with_norm_', 'total_norm', total_norm);
  call(native.nn_clip_grads_with_norm, list, numberFor('clip_grads_with_norm_', 'max_norm', max_norm), total_norm);
}

/**
 * Scales the gradients down so that their norm is at most `max_norm`, and returns the norm they had.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.clip_grad_norm_.html
 * @throws TorchError for a norm that is not finite, when asked; nothing is scaled then
 */
export function clip_grad_norm_(...args: signatures.ClipGradNorm_Args): Tensor {
  const { parameters, error_if_nonfinite, foreach, ...given } = signatures.clip_grad_norm_.read(args);
  const max_norm = numberFor('clip_grad_norm_', 'max_norm', given.max_norm);
  const norm_type = numberFor('clip_grad_norm_', 'norm_type', given.norm_type);
  const list = listed('clip_grad_norm_', parameters);
  checkForeach(foreach, list);
  if (!error_if_nonfinite) return call(native.nn_clip_grad_norm, list, max_norm, norm_type);
  const gradients = list.map((parameter) => parameter.grad).filter((grad) => grad !== null);
  const norm = get_total_norm(gradients, norm_type, true);
  call(native.nn_clip_grads_with_norm, list, max_norm, norm);
  return norm;
}

/** Deprecated: `clip_grad_norm_`. */
export function clip_grad_norm(...args: signatures.ClipGradNorm_Args): Tensor {
  warn(
    '`torch.nn.utils.clip_grad_norm` is now deprecated in favor of `torch.nn.utils.clip_grad_norm_`.',
    'FutureWarning',
  );
  return clip_grad_norm_(...args);
}

/**
 * Clamps every element of the gradients to [−clip_value, clip_value].
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.clip_grad_value_.html
 */
export function clip_grad_value_(...args: signatures.ClipGradValue_Args): void {
  const { parameters, clip_value, foreach } = signatures.clip_grad_value_.read(args);
  const list = listed('clip_grad_value_', parameters);
  checkForeach(foreach, list);
  call(native.nn_clip_grad_value, list, numberFor('clip_grad_value_', 'clip_value', clip_value));
}
