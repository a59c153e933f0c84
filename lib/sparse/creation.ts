/** Sparse tensors from their indices and values. https://docs.pytorch.org/docs/2.13/sparse.html */

import { python } from '../arguments/python';
import { TorchError } from '../base/errors';
import { type DeviceLike, type DType, dtypes, type Layout, layouts, parseDevice } from '../base/types';
import { getFlag, setFlag } from '../context/flags';
import { isOptions } from '../native/kinds';
import { callOperator } from '../operators/operator';
import { as_tensor, type TensorData } from '../tensor/creation';
import { Tensor } from '../tensor/tensor';

type Sizes = readonly number[];

/** Integers, from a tensor or nested lists; those of compressed layouts may be int32. */
function indicesOf(data: TensorData, device: DeviceLike | null): Tensor {
  if (data instanceof Tensor) return device === null ? data : data.to(parseDevice(device));
  return as_tensor(data, { dtype: dtypes.int64, device });
}

/** Values on the indices' device unless one is asked for. */
function valuesOf(data: TensorData, dtype: DType | null, device: DeviceLike | null): Tensor {
  return as_tensor(data, { dtype, device });
}

/** Runs with the checks of sparse tensors on or off; `null` leaves them as they are. */
function withInvariants<Result>(check: boolean | null, make: () => Result): Result {
  if (check === null) return make();
  const before = getFlag('sparse_invariants');
  setFlag('sparse_invariants', check);
  try {
    return make();
  } finally {
    setFlag('sparse_invariants', before);
  }
}

const cooParameters = [
  'indices',
  'values',
  'size',
  '*',
  'dtype',
  'device',
  'pin_memory',
  'requires_grad',
  'check_invariants',
  'is_coalesced',
] as const;

const cooFromParts = python(
  'sparse_coo_tensor',
  cooParameters,
  (
    indices: TensorData,
    values: TensorData,
    size: Sizes | null = null,
    dtype: DType | null = null,
    device: DeviceLike | null = null,
    pin_memory: boolean = false,
    requires_grad: boolean = false,
    check_invariants: boolean | null = null,
    is_coalesced: boolean | null = null,
  ): Tensor => {
    const data = valuesOf(values, dtype, device);
    const places = indicesOf(indices, data.device).to(dtypes.int64);
    const options = [null, null, null, pin_memory, is_coalesced];
    const made = withInvariants(check_invariants, () =>
      size === null
        ? callOperator<Tensor>('sparse_coo_tensor.indices', places, data, ...options)
        : callOperator<Tensor>('sparse_coo_tensor.indices_size', places, data, size, ...options),
    );
    // Values that carry a graph keep it; only a leaf can be told to start one.
    return requires_grad ? made.detach().requires_grad_(true) : made;
  },
  ['indices'],
);

const cooEmpty = python(
  'sparse_coo_tensor',
  ['size', '*', 'dtype', 'device', 'requires_grad', 'check_invariants'],
  (
    size: Sizes,
    dtype: DType | null = null,
    device: DeviceLike | null = null,
    requires_grad: boolean = false,
    check_invariants: boolean | null = null,
  ): Tensor => {
    const place = device === null ? null : parseDevice(device);
    const made = withInvariants(check_invariants, () =>
      callOperator<Tensor>('sparse_coo_tensor.size', size, dtype, layouts.sparse_coo, place),
    );
    return requires_grad ? made.requires_grad_(true) : made;
  },
);

type Free = (...args: unknown[]) => Tensor;

/** Whether a call gives a size only. */
function sizeOnly(args: readonly unknown[]): boolean {
  const last = args.at(-1);
  const options = isOptions(last) ? last : {};
  const positional = isOptions(last) ? args.length - 1 : args.length;
  if (options.values !== undefined || options.indices !== undefined) return false;
  return positional === 1 || (positional === 0 && options.size !== undefined);
}

/**
 * A COO tensor: indices (sparse dims, nnz) and values (nnz, *dense sizes), or an empty one of a size.
 * https://docs.pytorch.org/docs/2.13/generated/torch.sparse_coo_tensor.html
 */
export const sparse_coo_tensor = ((...args: unknown[]) =>
  (sizeOnly(args) ? (cooEmpty as Free) : (cooFromParts as Free))(...args)) as typeof cooFromParts & typeof cooEmpty;

const compressedTail = ['*', 'dtype', 'layout', 'device', 'pin_memory', 'requires_grad', 'check_invariants'] as const;

function compressed(
  compressed_indices: TensorData,
  plain_indices: TensorData,
  values: TensorData,
  size: Sizes | null,
  layout: Layout,
  dtype: DType | null,
  device: DeviceLike | null,
  pin_memory: boolean,
  requires_grad: boolean,
  check_invariants: boolean | null,
): Tensor {
  const data = valuesOf(values, dtype, device);
  const outer = indicesOf(compressed_indices, data.device);
  const inner = indicesOf(plain_indices, data.device);
  const options = [data.dtype, layout, data.device, pin_memory];
  const made = withInvariants(check_invariants, () =>
    size === null
      ? callOperator<Tensor>('sparse_compressed_tensor.comp_plain_value', outer, inner, data, ...options)
      : callOperator<Tensor>('sparse_compressed_tensor.comp_plain_value_size', outer, inner, data, size, ...options),
  );
  return requires_grad ? made.detach().requires_grad_(true) : made;
}

/**
 * A tensor of one of the compressed layouts.
 * https://docs.pytorch.org/docs/2.13/generated/torch.sparse_compressed_tensor.html
 */
export const sparse_compressed_tensor = python(
  'sparse_compressed_tensor',
  ['compressed_indices', 'plain_indices', 'values', 'size', ...compressedTail],
  (
    compressed_indices: TensorData,
    plain_indices: TensorData,
    values: TensorData,
    size: Sizes | null = null,
    dtype: DType | null = null,
    layout: Layout | null = null,
    device: DeviceLike | null = null,
    pin_memory: boolean = false,
    requires_grad: boolean = false,
    check_invariants: boolean | null = null,
  ): Tensor => {
    if (layout === null) {
      throw new TorchError('sparse_compressed_tensor expected sparse compressed tensor layout but got none');
    }
    return compressed(
      compressed_indices,
      plain_indices,
      values,
      size,
      layout,
      dtype,
      device,
      pin_memory,
      requires_grad,
      check_invariants,
    );
  },
);

/** A function that makes tensors of one compressed layout. */
function compressedAs<const Outer extends string, const Inner extends string>(
  name: string,
  outer: Outer,
  inner: Inner,
  expected: Layout,
) {
  return python(
    name,
    [outer, inner, 'values', 'size', ...compressedTail],
    (
      compressed_indices: TensorData,
      plain_indices: TensorData,
      values: TensorData,
      size: Sizes | null = null,
      dtype: DType | null = null,
      layout: Layout | null = null,
      device: DeviceLike | null = null,
      pin_memory: boolean = false,
      requires_grad: boolean = false,
      check_invariants: boolean | null = null,
    ): Tensor => {
      if (layout !== null && layout !== expected) {
        throw new TorchError(`${name}: layout must be ${expected} but got ${layout}`);
      }
      return compressed(
        compressed_indices,
        plain_indices,
        values,
        size,
        expected,
        dtype,
        device,
        pin_memory,
        requires_grad,
        check_invariants,
      );
    },
  );
}

/** Rows compressed. https://docs.pytorch.org/docs/2.13/generated/torch.sparse_csr_tensor.html */
export const sparse_csr_tensor = compressedAs('sparse_csr_tensor', 'crow_indices', 'col_indices', layouts.sparse_csr);

/** Columns compressed. https://docs.pytorch.org/docs/2.13/generated/torch.sparse_csc_tensor.html */
export const sparse_csc_tensor = compressedAs('sparse_csc_tensor', 'ccol_indices', 'row_indices', layouts.sparse_csc);

/** Rows of blocks compressed. https://docs.pytorch.org/docs/2.13/generated/torch.sparse_bsr_tensor.html */
export const sparse_bsr_tensor = compressedAs('sparse_bsr_tensor', 'crow_indices', 'col_indices', layouts.sparse_bsr);

/** Columns of blocks compressed. https://docs.pytorch.org/docs/2.13/generated/torch.sparse_bsc_tensor.html */
export const sparse_bsc_tensor = compressedAs('sparse_bsc_tensor', 'ccol_indices', 'row_indices', layouts.sparse_bsc);
