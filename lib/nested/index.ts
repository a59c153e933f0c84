/** torch.nested: tensors whose rows have different lengths. https://docs.pytorch.org/docs/2.13/nested.html */

import { REQUIRED, Signature } from '../arguments/signature';
import { NotImplementedError, TorchError } from '../base/errors';
import { type DeviceLike, type DType, type Layout, layouts, parseDevice } from '../base/types';
import { callOperator } from '../operators/operator';
import { as_tensor, tensor as makeTensor } from '../tensor/creation';
import { Tensor } from '../tensor/tensor';
import * as signatures from './generated/nested';

function checkLayout(layout: Layout | null): void {
  if (layout === null || layout === layouts.strided) return;
  if (layout !== layouts.jagged) {
    throw new TorchError(`Specified layout is unsupported for nested tensors: ${layout}`);
  }
  throw new NotImplementedError('nested tensors of layout torch.jagged are a Python class, which is left out here');
}

function fromList(tensors: readonly Tensor[], dtype: DType | null, device: DeviceLike | null, pin: boolean): Tensor {
  const place = device === null ? null : parseDevice(device);
  return callOperator('_nested_tensor_from_tensor_list', tensors, dtype, null, place, pin || null);
}

/**
 * A nested tensor with copies of the tensors or lists in `tensor_list`, a leaf of the graph.
 * https://docs.pytorch.org/docs/2.13/nested.html#torch.nested.nested_tensor
 */
export function nested_tensor(...args: signatures.NestedTensorArgs): Tensor {
  const [tensor_list, dtype, layout, device, requires_grad, pin_memory] = signatures.nested_tensor.list(args);
  if (!Array.isArray(tensor_list)) {
    throw new TypeError('nested_tensor(): Only a list of tensors is supported.');
  }
  checkLayout(layout);
  const rows = tensor_list.map((row) => as_tensor(row).detach());
  const made = fromList(rows, dtype, device, pin_memory);
  return requires_grad ? made.requires_grad_() : made;
}

function fromTensor(x: Tensor, dtype: DType | null, device: DeviceLike | null): Tensor {
  const buffer = x.reshape(-1).to({ ...(device === null ? {} : { device }), ...(dtype === null ? {} : { dtype }) });
  const sizes = makeTensor(x.unbind(0).map((row) => row.shape.map(BigInt)));
  const [strides, offsets] = callOperator<[Tensor, Tensor]>('_nested_compute_contiguous_strides_offsets', sizes);
  return callOperator('_nested_view_from_buffer', buffer, sizes, strides, offsets);
}

/**
 * A nested tensor of tensors, through which gradients flow; a tensor is taken as the list of its rows.
 * https://docs.pytorch.org/docs/2.13/nested.html#torch.nested.as_nested_tensor
 */
export function as_nested_tensor(...args: signatures.AsNestedTensorArgs): Tensor {
  const [ts, dtype, device, layout] = signatures.as_nested_tensor.list(args);
  const isList = Array.isArray(ts) && ts.every((row) => row instanceof Tensor);
  if (!(ts instanceof Tensor) && !isList) {
    throw new TypeError('as_nested_tensor(): Expected first argument to be a tensor or a list / tuple of tensors ');
  }
  if (!(ts instanceof Tensor)) {
    checkLayout(layout);
    return fromList(ts, dtype, device, false);
  }
  if (ts.is_nested) return dtype === null && device === null ? ts : ts.to({ dtype, device });
  if (ts.dim() < 2) throw new TorchError('as_nested_tensor(): Expected tensor argument to have dim() > 1');
  checkLayout(layout);
  return fromTensor(ts, dtype, device);
}

interface PaddedRest {
  padding: number;
  output_size?: readonly number[] | null;
}

interface PaddedArguments extends PaddedRest {
  input: Tensor;
}

const ofPadded = new Signature<PaddedArguments>(
  'to_padded_tensor',
  { input: REQUIRED, padding: REQUIRED, output_size: null },
  0,
  { input: 'Tensor' },
);

/**
 * The rows side by side in one tensor, filled up with `padding`.
 * https://docs.pytorch.org/docs/2.13/nested.html#torch.nested.to_padded_tensor
 */
export function to_padded_tensor(
  ...args:
    | [input: Tensor, padding: number, output_size?: readonly number[] | null]
    | [input: Tensor, named: PaddedRest]
    | [args: PaddedArguments]
): Tensor {
  const { input, padding, output_size } = ofPadded.read(args);
  return callOperator('nested_to_padded_tensor', input, padding, output_size);
}

/**
 * The same part of every row of a dense tensor.
 * https://docs.pytorch.org/docs/2.13/nested.html#torch.nested.narrow
 */
export function narrow(...args: signatures.NarrowArgs): Tensor {
  const [tensor, dim, start, length, layout] = signatures.narrow.list(args);
  checkLayout(layout);
  if (typeof start !== 'number' || typeof length !== 'number') {
    throw new TorchError('start and length must be integers for the strided layout NT impl');
  }
  return as_nested_tensor(tensor.unbind(0)).narrow(dim, start, length);
}
