/** Sparse tensors from their indices and values. https://docs.pytorch.org/docs/2.13/sparse.html */

import { REQUIRED, Signature } from '../arguments/signature';
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

/** What every function here takes by name. */
export interface SparseOptions {
  dtype?: DType | null;
  device?: DeviceLike | null;
  requires_grad?: boolean;
  /** Whether the indices are checked; as `check_sparse_tensor_invariants` says when null. */
  check_invariants?: boolean | null;
}

export interface CooOptions extends SparseOptions {
  pin_memory?: boolean;
  /** Says that no place comes twice, which is not looked at. */
  is_coalesced?: boolean | null;
}

interface CooRest extends CooOptions {
  values: TensorData;
  size?: Sizes | null;
}

type CooArguments = CooRest & { indices: TensorData };
type EmptyArguments = SparseOptions & { size: Sizes };

const ofCoo = new Signature<CooArguments>(
  'sparse_coo_tensor',
  {
    indices: REQUIRED,
    values: REQUIRED,
    size: null,
    dtype: null,
    device: null,
    pin_memory: false,
    requires_grad: false,
    check_invariants: null,
    is_coalesced: null,
  },
  6,
);

function cooFromParts(args: readonly unknown[]): Tensor {
  const { indices, values, size, dtype, device, ...others } = ofCoo.read(args);
  const data = valuesOf(values, dtype, device);
  const places = indicesOf(indices, data.device).to(dtypes.int64);
  const options = [null, null, null, others.pin_memory, others.is_coalesced];
  const made = withInvariants(others.check_invariants, () =>
    size === null
      ? callOperator<Tensor>('sparse_coo_tensor.indices', places, data, ...options)
      : callOperator<Tensor>('sparse_coo_tensor.indices_size', places, data, size, ...options),
  );
  // Values that carry a graph keep it; only a leaf can be told to start one.
  return others.requires_grad ? made.detach().requires_grad_(true) : made;
}

const ofEmpty = new Signature<EmptyArguments>(
  'sparse_coo_tensor',
  { size: REQUIRED, dtype: null, device: null, requires_grad: false, check_invariants: null },
  4,
);

function cooEmpty(args: readonly unknown[]): Tensor {
  const { size, dtype, device, requires_grad, check_invariants } = ofEmpty.read(args);
  const place = device === null ? null : parseDevice(device);
  const made = withInvariants(check_invariants, () =>
    callOperator<Tensor>('sparse_coo_tensor.size', size, dtype, layouts.sparse_coo, place),
  );
  return requires_grad ? made.requires_grad_(true) : made;
}

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
export function sparse_coo_tensor(
  indices: TensorData,
  values: TensorData | CooRest,
  size?: Sizes | null | CooOptions,
  options?: CooOptions,
): Tensor;
export function sparse_coo_tensor(size: Sizes, options?: SparseOptions): Tensor;
export function sparse_coo_tensor(args: CooArguments | EmptyArguments): Tensor;
export function sparse_coo_tensor(...args: unknown[]): Tensor {
  return sizeOnly(args) ? cooEmpty(args) : cooFromParts(args);
}

export interface CompressedOptions extends SparseOptions {
  pin_memory?: boolean;
  layout?: Layout | null;
}

interface CompressedRest extends CompressedOptions {
  values: TensorData;
  size?: Sizes | null;
}

/** The argument lists of a function whose indices have these names. */
type CompressedArgs<Outer extends string, Inner extends string> =
  | [
      compressed_indices: TensorData,
      plain_indices: TensorData | (CompressedRest & Record<Inner, TensorData>),
      values?: TensorData | CompressedRest,
      size?: Sizes | null | CompressedOptions,
      options?: CompressedOptions,
    ]
  | [args: CompressedRest & Record<Outer | Inner, TensorData>];

type CompressedList = [
  compressed_indices: TensorData,
  plain_indices: TensorData,
  values: TensorData,
  size: Sizes | null,
  dtype: DType | null,
  layout: Layout | null,
  device: DeviceLike | null,
  pin_memory: boolean,
  requires_grad: boolean,
  check_invariants: boolean | null,
];

function signatureOf(name: string, outer: string, inner: string): Signature<object, CompressedList> {
  return new Signature(
    name,
    {
      [outer]: REQUIRED,
      [inner]: REQUIRED,
      values: REQUIRED,
      size: null,
      dtype: null,
      layout: null,
      device: null,
      pin_memory: false,
      requires_grad: false,
      check_invariants: null,
    },
    6,
  );
}

/** A tensor of a compressed layout: of the one that is given when none is expected. */
function compressed(signature: Signature<object, CompressedList>, expected: Layout | null, args: readonly unknown[]) {
  const [compressed_indices, plain_indices, values, size, dtype, given, device, pin_memory, ...others] =
    signature.list(args);
  if (expected !== null && given !== null && given !== expected) {
    throw new TorchError(`${signature.name}: layout must be ${expected} but got ${given}`);
  }
  const layout = expected ?? given;
  if (layout === null) {
    throw new TorchError('sparse_compressed_tensor expected sparse compressed tensor layout but got none');
  }
  const [requires_grad, check_invariants] = others;
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

const ofCompressed = signatureOf('sparse_compressed_tensor', 'compressed_indices', 'plain_indices');

/**
 * A tensor of one of the compressed layouts.
 * https://docs.pytorch.org/docs/2.13/generated/torch.sparse_compressed_tensor.html
 */
export function sparse_compressed_tensor(...args: CompressedArgs<'compressed_indices', 'plain_indices'>): Tensor {
  return compressed(ofCompressed, null, args);
}

const ofCsr = signatureOf('sparse_csr_tensor', 'crow_indices', 'col_indices');

/** Rows compressed. https://docs.pytorch.org/docs/2.13/generated/torch.sparse_csr_tensor.html */
export function sparse_csr_tensor(...args: CompressedArgs<'crow_indices', 'col_indices'>): Tensor {
  return compressed(ofCsr, layouts.sparse_csr, args);
}

const ofCsc = signatureOf('sparse_csc_tensor', 'ccol_indices', 'row_indices');

/** Columns compressed. https://docs.pytorch.org/docs/2.13/generated/torch.sparse_csc_tensor.html */
export function sparse_csc_tensor(...args: CompressedArgs<'ccol_indices', 'row_indices'>): Tensor {
  return compressed(ofCsc, layouts.sparse_csc, args);
}

const ofBsr = signatureOf('sparse_bsr_tensor', 'crow_indices', 'col_indices');

/** Rows of blocks compressed. https://docs.pytorch.org/docs/2.13/generated/torch.sparse_bsr_tensor.html */
export function sparse_bsr_tensor(...args: CompressedArgs<'crow_indices', 'col_indices'>): Tensor {
  return compressed(ofBsr, layouts.sparse_bsr, args);
}

const ofBsc = signatureOf('sparse_bsc_tensor', 'ccol_indices', 'row_indices');

/** Columns of blocks compressed. https://docs.pytorch.org/docs/2.13/generated/torch.sparse_bsc_tensor.html */
export function sparse_bsc_tensor(...args: CompressedArgs<'ccol_indices', 'row_indices'>): Tensor {
  return compressed(ofBsc, layouts.sparse_bsc, args);
}
