/** What `Module.to` and its like do to parameters and buffers. */

import { Signature } from '../../arguments/signature';
import { no_grad } from '../../autograd/grad_mode';
import { type Device, type DeviceLike, DType, type MemoryFormat, parseDevice } from '../../base/types';
import { get_overwrite_module_params_on_conversion, get_swap_module_params_on_conversion } from '../../context/future';
import { isOptions } from '../../native/kinds';
import { findOperator } from '../../operators/operator';
import { swap_tensors } from '../../tensor/swap_tensors';
import { Tensor } from '../../tensor/tensor';
import { Parameter } from '../parameter';
import type { AnyModule } from './contract';
import { propertiesOf } from './registry';

export interface ToOptions {
  device?: DeviceLike | null;
  dtype?: DType | null;
  non_blocking?: boolean;
  memory_format?: MemoryFormat | null;
}

/** The arguments of `Module.to`. */
export type ToArguments =
  | [
      device: DeviceLike | null | ToOptions,
      dtype?: DType | null | ToOptions,
      non_blocking?: boolean | ToOptions,
      options?: ToOptions,
    ]
  | [dtype: DType, non_blocking?: boolean | ToOptions, options?: ToOptions]
  | [tensor: Tensor, non_blocking?: boolean | ToOptions, options?: ToOptions];

/** Gives a parameter and its gradient new contents: in place where libtorch can, as a new parameter where not. */
export function convertParameter(
  module: AnyModule,
  name: string,
  parameter: Parameter,
  fn: (x: Tensor) => Tensor,
): void {
  const changed = no_grad(() => fn(parameter));
  const grad = parameter.grad;
  const changedGrad = grad === null ? null : no_grad(() => fn(grad)).requires_grad_(grad.requires_grad);
  if (get_swap_module_params_on_conversion()) {
    const other = new Parameter(changed, parameter.requires_grad);
    other.grad = changedGrad;
    swap_tensors(parameter, other);
    return;
  }
  if (canHold(parameter, changed) && !get_overwrite_module_params_on_conversion()) {
    parameter.grad = null;
    parameter.data = changed;
    parameter.grad = changedGrad;
    return;
  }
  const replacement = new Parameter(changed, parameter.requires_grad);
  replacement.grad = changedGrad;
  propertiesOf(module)[name] = replacement;
}

/** Whether `x.data = value` is possible: both tensors are of one kind. */
function canHold(x: Tensor, value: Tensor): boolean {
  const compatible = findOperator('_has_compatible_shallow_copy_type');
  return compatible === undefined ? x.is_meta === value.is_meta : (compatible.call(x, value) as boolean);
}

interface Destination {
  device: Device | null;
  dtype: DType | null;
  non_blocking: boolean;
  memory_format: MemoryFormat | null;
}

interface ToValues {
  tensor?: Tensor;
  device?: DeviceLike | null;
  dtype?: DType | null;
  non_blocking: boolean;
  memory_format: MemoryFormat | null;
}

const rest = { non_blocking: false, memory_format: null };
/** Python's parser tries these in order; each begins with what its first argument may be. */
const toTensor = new Signature<object>('Module.to', { tensor: undefined, ...rest });
const toDtype = new Signature<object>('Module.to', { dtype: null, ...rest, device: null }, 1);
const toDevice = new Signature<object>('Module.to', { device: null, dtype: null, ...rest });

/** Where to go, and as what. */
export function readTo(args: readonly unknown[]): Destination {
  const first = args[0];
  const isTensor = first instanceof Tensor || (isOptions(first) && 'tensor' in first);
  const { tensor, ...given } = (isTensor ? toTensor : first instanceof DType ? toDtype : toDevice).read(
    args,
  ) as ToValues;
  const { device = null, dtype = null } = tensor ?? given;
  if (dtype !== null && !(dtype.is_floating_point || dtype.is_complex)) {
    throw new TypeError(`nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=${dtype}`);
  }
  return { ...given, dtype, device: device === null ? null : parseDevice(device) };
}
