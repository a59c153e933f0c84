/** Functions of `torch` about values and the library itself. */

import { isInteger } from '../arguments/integers';
import { scalarTypeName } from '../base/types';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isList, typeName } from '../native/kinds';
import { as_tensor, type TensorData } from '../tensor/creation';
import { Tensor } from '../tensor/tensor';
import * as signatures from './generated/torch';

/** Storages have no class of their own here: `x.typed_array()` shows a tensor's memory. */
export function is_storage(_value: unknown): boolean {
  return false;
}

/** Whether libtorch was built with C++11's layout of strings: always. */
export function compiled_with_cxx11_abi(): boolean {
  return true;
}

/** Why a tensor cannot share the memory of `obj`. */
function noAlias(obj: TensorData, made: Tensor): RangeError {
  if (!(obj instanceof Tensor)) return new RangeError("can't alias arbitrary sequence into a tensor.");
  if (!obj.device.equals(made.device)) {
    return new RangeError(`can't alias tensor from device '${obj.device}' to '${made.device}'.`);
  }
  const [from, to] = [scalarTypeName(obj.dtype), scalarTypeName(made.dtype)];
  return new RangeError(`can't alias tensor with dtype '${from}' into dtype '${to}'.`);
}

/**
 * A tensor of tensors, lists, numbers or typed arrays, without a copy where that is possible, or with `copy: true` always
 * a copy. https://docs.pytorch.org/docs/2.13/generated/torch.asarray.html
 */
export function asarray(...args: signatures.AsarrayArgs): Tensor {
  const [obj, dtype, device, copy, requires_grad] = signatures.asarray.list(args);
  const made = as_tensor(obj, { dtype, device });
  const shared = obj instanceof Tensor && made.data_ptr() === obj.data_ptr();
  if (copy === false && !shared) throw noAlias(obj, made);
  const result = copy === true && shared ? made.clone() : made;
  const alone = result.requires_grad && !requires_grad ? result.detach() : result;
  return requires_grad && !alone.requires_grad ? alone.requires_grad_(true) : alone;
}

// Asked of the dtype, not of the dispatcher: vmap has no rules for operators that give no tensor.

/** Whether the dtype is a floating point one. https://docs.pytorch.org/docs/2.13/generated/torch.is_floating_point.html */
export function is_floating_point(...args: signatures.IsFloatingPointArgs): boolean {
  return signatures.is_floating_point.list(args)[0].dtype.is_floating_point;
}

/** Whether the dtype is a complex one. https://docs.pytorch.org/docs/2.13/generated/torch.is_complex.html */
export function is_complex(...args: signatures.IsComplexArgs): boolean {
  return signatures.is_complex.list(args)[0].dtype.is_complex;
}

/** Whether the dtype has negative numbers. */
export function is_signed(...args: signatures.IsSignedArgs): boolean {
  return signatures.is_signed.list(args)[0].dtype.is_signed;
}

/** The version of libtorch, and of what it was built with. */
export const version = {
  __version__: call(native.libtorch_version),
  debug: false,
  hip: null,
};

/**
 * `torch.Size([2, 3])`: sizes are plain arrays. https://docs.pytorch.org/docs/2.13/size.html
 * @throws TypeError for what is not a list of whole numbers
 */
export function Size(sizes: readonly number[] = []): number[] {
  if (isList(sizes) && sizes.every(isInteger)) return sizes.map(Number);
  throw new TypeError(`torch.Size() takes an iterable of 'int', not ${typeName(sizes)}`);
}
