/** torch.nested: tensors whose rows have different lengths. https://docs.pytorch.org/docs/2.13/nested.html */

import { named, REQUIRED } from '../arguments/keywords';
import { python } from '../arguments/python';
import { NotImplementedError, TorchError } from '../base/errors';
import { type DeviceLike, type DType, type Layout, layouts, parseDevice } from '../base/types';
import { callOperator } from '../operators/operator';
import { as_tensor, tensor as makeTensor, type TensorData } from '../tensor/creation';
import { Tensor } from '../tensor/tensor';

export interface NestedOptions {
  dtype?: DType | null;
  /** Only `torch.strided`: the jagged layout is written in Python. */
  layout?: Layout | null;
  device?: DeviceLike | null;
  requires_grad?: boolean;
  pin_memory?: boolean;
}

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

const common = { dtype: null, layout: null, device: null, requires_grad: false, pin_memory: false };

/**
 * A nested tensor with copies of the tensors or lists in `tensor_list`, a leaf of the graph.
 * https://docs.pytorch.org/docs/2.13/nested.html#torch.nested.nested_tensor
 */
export function nested_tensor(tensor_list: readonly TensorData[], options?: NestedOptions): Tensor;
export function nested_tensor(options: NestedOptions & { tensor_list: readonly TensorData[] }): Tensor;
export function nested_tensor(...args: unknown[]): Tensor {
  const read = named<Required<NestedOptions> & { tensor_list: readonly TensorData[] }>(
    'nested_tensor',
    { tensor_list: REQUIRED, ...common },
    args,
    5,
  );
  if (!Array.isArray(read.tensor_list)) {
    throw new TypeError('nested_tensor(): Only a list of tensors is supported.');
  }
  checkLayout(read.layout);
  const rows = read.tensor_list.map((row) => as_tensor(row).detach());
  const made = fromList(rows, read.dtype, read.device, read.pin_memory);
  return read.requires_grad ? made.requires_grad_() : made;
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
export const as_nested_tensor = python(
  'as_nested_tensor',
  ['ts', 'dtype', 'device', 'layout'],
  (
    ts: Tensor | readonly Tensor[],
    dtype: DType | null = null,
    device: DeviceLike | null = null,
    layout: Layout | null = null,
  ): Tensor => {
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
  },
);

/**
 * The rows side by side in one tensor, filled up with `padding`.
 * https://docs.pytorch.org/docs/2.13/nested.html#torch.nested.to_padded_tensor
 */
export const to_padded_tensor = python(
  'to_padded_tensor',
  ['input', 'padding', 'output_size'],
  (input: Tensor, padding: number, output_size: readonly number[] | null = null): Tensor =>
    callOperator('nested_to_padded_tensor', input, padding, output_size),
);

/**
 * The same part of every row of a dense tensor.
 * https://docs.pytorch.org/docs/2.13/nested.html#torch.nested.narrow
 */
export const narrow = python(
  'narrow',
  ['tensor', 'dim', 'start', 'length', 'layout'],
  (tensor: Tensor, dim: number, start: number, length: number, layout: Layout = layouts.strided): Tensor => {
    checkLayout(layout);
    if (typeof start !== 'number' || typeof length !== 'number') {
      throw new TorchError('start and length must be integers for the strided layout NT impl');
    }
    return as_nested_tensor(tensor.unbind(0)).narrow(dim, start, length);
  },
);
