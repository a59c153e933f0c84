/** Tensor's methods that PyTorch writes in Python. https://docs.pytorch.org/docs/2.13/tensors.html */

import { areSizes } from '../arguments/integers';
import { type PythonArguments, pythonMethod } from '../arguments/python';
import { TorchError, warn } from '../base/errors';
import { type DType, dtypeAliases, dtypes, MemoryFormat, memoryFormats } from '../base/types';
import { typeName } from '../native/kinds';
import { callOperator } from '../operators/operator';
import { tensor as makeTensor, type TensorData, type TensorDataOptions } from '../tensor/creation';
import { addMembers } from '../tensor/members';
import { Tensor } from '../tensor/tensor';
import { lu } from './factorization';
import { nonzero } from './nonzero';
import { type NormOrder, norm } from './norm';
import { split } from './shapes';
import type { PaddingMode } from './spectral';
import { stft } from './spectral';
import { type UniqueResult, unique, unique_consecutive } from './unique';

type Flag = boolean | undefined;
type Copied = { memory_format?: MemoryFormat };

/** Methods that return a tensor of another dtype, or the tensor itself when it has it already. */
interface Casts {
  /** In float32; itself when it is already. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.float.html */
  float(options?: Copied): Tensor;
  /** In float64; itself when it is already. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.double.html */
  double(options?: Copied): Tensor;
  /** In float16; itself when it is already. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.half.html */
  half(options?: Copied): Tensor;
  /** In bfloat16; itself when it is already. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.bfloat16.html */
  bfloat16(options?: Copied): Tensor;
  /** In int32; itself when it is already. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.int.html */
  int(options?: Copied): Tensor;
  /** In int64; itself when it is already. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.long.html */
  long(options?: Copied): Tensor;
  /** In int16; itself when it is already. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.short.html */
  short(options?: Copied): Tensor;
  /** In int8; itself when it is already. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.char.html */
  char(options?: Copied): Tensor;
  /** In uint8; itself when it is already. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.byte.html */
  byte(options?: Copied): Tensor;
  /** In bool; itself when it is already. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.bool.html */
  bool(options?: Copied): Tensor;
  /** In complex64; itself when it is already. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.cfloat.html */
  cfloat(options?: Copied): Tensor;
  /**
   * In complex128; itself when it is already. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.cdouble.html
   */
  cdouble(options?: Copied): Tensor;
  /** In complex32; itself when it is already. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.chalf.html */
  chalf(options?: Copied): Tensor;
}

export interface FunctionalMembers extends Casts {
  /** The tensor on the CPU; itself when it is there. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.cpu.html */
  cpu(options?: Copied): Tensor;

  /**
   * A tensor of `data` with this tensor's dtype and device.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.new_tensor.html
   */
  new_tensor(data: TensorData, options?: TensorDataOptions): Tensor;

  /** Deprecated: `new_tensor` and `new_empty`. */
  new (...sizes: number[]): Tensor;
  new (data: TensorData): Tensor;

  /**
   * The norm: of all elements with `p` 2 by default, or along `dim`; 'fro' and 'nuc' are of matrices.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.norm.html
   */
  norm(
    ...args: PythonArguments<
      [p?: NormOrder, dim?: number | readonly number[] | null, keepdim?: boolean, dtype?: DType | null],
      readonly ['p', 'dim', 'keepdim', 'dtype']
    >
  ): Tensor;

  /**
   * Splits along `dim` into parts of a size, or of the sizes in a list. Views.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.split.html
   * @throws TorchError for sizes that do not add up
   */
  split(
    ...args: PythonArguments<
      [split_size: number | Tensor | readonly number[], dim?: number],
      readonly ['split_size', 'dim']
    >
  ): Tensor[];

  /**
   * Splits one dimension into several; one of their sizes may be −1. A view.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.unflatten.html
   * @throws TorchError for sizes whose product is not that of the dimension
   */
  unflatten(...args: PythonArguments<[dim: number, sizes: readonly number[]], readonly ['dim', 'sizes']>): Tensor;

  /**
   * The Fourier transform of each window of a signal (N) or (B, N): (B?, frequencies, frames).
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.stft.html
   */
  stft(
    ...args: PythonArguments<
      [
        n_fft: number,
        hop_length?: number | null,
        win_length?: number | null,
        window?: Tensor | null,
        center?: boolean,
        pad_mode?: PaddingMode,
        normalized?: boolean,
        onesided?: boolean | null,
        return_complex?: boolean | null,
        align_to_window?: boolean | null,
      ],
      readonly [
        'n_fft',
        'hop_length',
        'win_length',
        'window',
        'center',
        'pad_mode',
        'normalized',
        'onesided',
        'return_complex',
        'align_to_window',
      ]
    >
  ): Tensor;

  /**
   * The LU factorisation with its pivots, compact; see `torch.lu`.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.lu.html
   */
  lu(options?: { pivot?: boolean; get_infos?: false }): [LU: Tensor, pivots: Tensor];
  lu(options: { pivot?: boolean; get_infos: true }): [LU: Tensor, pivots: Tensor, infos: Tensor];
  lu(pivot: boolean, get_infos?: false): [LU: Tensor, pivots: Tensor];
  lu(pivot: boolean, get_infos: true): [LU: Tensor, pivots: Tensor, infos: Tensor];

  /**
   * The distinct elements, sorted unless told otherwise; with their places and counts when asked for.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.unique.html
   */
  unique<Inverse extends Flag = false, Counts extends Flag = false>(options?: {
    sorted?: boolean;
    return_inverse?: Inverse;
    return_counts?: Counts;
    dim?: number | null;
  }): UniqueResult<Inverse, Counts>;
  unique<Inverse extends Flag = false, Counts extends Flag = false>(
    sorted: boolean,
    return_inverse?: Inverse,
    return_counts?: Counts,
    dim?: number | null,
  ): UniqueResult<Inverse, Counts>;

  /**
   * The elements without those that equal the one before; with their places and counts when asked for.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.unique_consecutive.html
   */
  unique_consecutive<Inverse extends Flag = false, Counts extends Flag = false>(options?: {
    return_inverse?: Inverse;
    return_counts?: Counts;
    dim?: number | null;
  }): UniqueResult<Inverse, Counts>;
  unique_consecutive<Inverse extends Flag = false, Counts extends Flag = false>(
    return_inverse: Inverse,
    return_counts?: Counts,
    dim?: number | null,
  ): UniqueResult<Inverse, Counts>;

  /** The places that are not 0: (n, dim), or with `as_tuple` a tensor for each dimension. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.nonzero.html */
  nonzero(options?: { as_tuple?: false }): Tensor;
  nonzero(options: { as_tuple: true }): Tensor[];

  /**
   * The dimensions in the order in which they lie in memory, the outermost first.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.dim_order.html
   * @throws TorchError with `ambiguity_check` when there is more than one order
   */
  dim_order(options?: { ambiguity_check?: boolean | readonly MemoryFormat[] }): number[];

  /** What `load_state_dict` puts in this tensor's place. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.module_load.html */
  module_load(other: Tensor, options?: boolean | { assign?: boolean }): Tensor;

  /**
   * The tensor in COO layout.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.to_sparse_coo.html
   */
  to_sparse_coo(): Tensor;

  /**
   * Replaces each element in place by what `callable` gives for it; CPU only, unseen by autograd.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.apply_.html
   */
  apply_(callable: (element: number) => number | boolean): Tensor;

  /** Replaces each element by what `callable` gives for it and the one of `tensor` at its place. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.map_.html */
  map_(tensor: Tensor, callable: (element: number, other: number) => number | boolean): Tensor;
  /** Sets each element to `callable(x, y, z)` of the elements at its place. */
  map2_(x: Tensor, y: Tensor, callable: (element: number, x: number, y: number) => number | boolean): Tensor;

  /** Deprecated: `resize_` or `view`. */
  resize(...sizes: number[] | [sizes: readonly number[]]): Tensor;
  /** Deprecated: `resize_as_` or `view_as`. */
  resize_as(tensor: Tensor): Tensor;
}

declare module '../tensor/tensor' {
  interface Tensor extends FunctionalMembers {}
}

/** Names of casts and the dtypes they give. */
const casts: Readonly<Record<keyof Casts, DType>> = {
  float: dtypes.float32,
  double: dtypes.float64,
  half: dtypes.float16,
  bfloat16: dtypes.bfloat16,
  int: dtypes.int32,
  long: dtypes.int64,
  short: dtypes.int16,
  char: dtypes.int8,
  byte: dtypes.uint8,
  bool: dtypes.bool,
  cfloat: dtypes.complex64,
  cdouble: dtypes.complex128,
  chalf: dtypeAliases.chalf,
};

function cast(name: string, dtype: DType) {
  const convert = pythonMethod(
    name,
    ['*', 'memory_format'],
    (self: Tensor, memory_format: MemoryFormat = memoryFormats.preserve_format) =>
      callOperator<Tensor>('to.dtype', self, dtype, false, false, memory_format),
  );
  function method(this: Tensor, ...args: Parameters<typeof convert>): Tensor {
    return args.length === 0 && this.dtype === dtype ? this : convert.apply(this, args);
  }
  Object.defineProperty(method, 'name', { value: name });
  return method;
}

/** Applies `callable` to the elements at the same place of each tensor, writing into the first. */
function mapInPlace(tensors: Tensor[], callable: (...elements: number[]) => number | boolean): Tensor {
  const [self] = tensors as [Tensor];
  const stranger = tensors.find((tensor) => !(tensor instanceof Tensor));
  if (stranger !== undefined) throw new TypeError(`map_(): expected a Tensor, not ${typeName(stranger)}`);
  const columns = tensors.map((tensor) => tensor.expand(self.shape).reshape(-1).tolist() as number[]);
  const results = columns[0]!.map((_, i) => Number(callable(...columns.map((column) => column[i]!))));
  self.detach().copy_(makeTensor(results, { dtype: self.dtype }).reshape(self.shape));
  return self;
}

function viewed(self: Tensor, sizes: readonly number[]): Tensor {
  return self.contiguous().view(sizes);
}

/** Whether exchanging two dimensions would not show in memory. */
function hasManyOrders(x: Tensor): boolean {
  const strides = x.stride();
  return x.shape.includes(1) || strides.some((stride, i) => i > 0 && stride === strides[i - 1]);
}

function dimOrder(self: Tensor, ambiguity_check: boolean | readonly MemoryFormat[] = false): number[] {
  if (self.is_sparse) {
    throw new TypeError(
      `Can't get dim order on sparse type: ${self.type()} Use Tensor.to_dense() to convert to a dense tensor first.`,
    );
  }
  const formats = Array.isArray(ambiguity_check) ? (ambiguity_check as readonly MemoryFormat[]) : [];
  const isList = Array.isArray(ambiguity_check) && formats.every((format) => format instanceof MemoryFormat);
  if (typeof ambiguity_check !== 'boolean' && !isList) {
    throw new TypeError('The ambiguity_check argument must be a bool or a list of memory formats.');
  }
  const fitting = formats.filter((memory_format) => self.is_contiguous({ memory_format })).length;
  if (ambiguity_check !== false && hasManyOrders(self) && fitting !== 1) {
    throw new TorchError(
      'The tensor does not have unique dim order, or cannot map to exact one of the given memory formats.',
    );
  }
  const inOrder = self.is_contiguous();
  const channelsLast = self.is_contiguous({ memory_format: memoryFormats.channels_last });
  const dims = self.shape.map((_, dim) => dim);
  if (inOrder && !channelsLast) return dims;
  if (channelsLast && !inOrder) return [0, ...dims.slice(2), 1];
  return sortedByStride(dims, self.shape, self.stride());
}

/** Whether dimension b lies outside of a (negative), inside (positive), or it does not show: where one is repeated. */
function compareStrides(a: number, b: number, shape: readonly number[], strides: readonly number[]): number {
  const [strideA, strideB] = [strides[a]!, strides[b]!];
  if (strideA === 0 || strideB === 0) return 0;
  if (strideA !== strideB) return strideA - strideB;
  return shape[a] === 0 || shape[b]! >= shape[a]! ? 0 : 1;
}

/** An insertion sort from the innermost dimension on, which goes past those that could stand anywhere. */
function sortedByStride(dims: readonly number[], shape: readonly number[], strides: readonly number[]): number[] {
  const order = [...dims].reverse();
  for (let i = 1; i < order.length; i++) {
    let at = i;
    for (let before = i - 1; before >= 0; before--) {
      const compared = compareStrides(order[before]!, order[at]!, shape, strides);
      if (compared < 0) break;
      if (compared === 0) continue;
      [order[before], order[at]] = [order[at]!, order[before]!];
      at = before;
    }
  }
  return order.reverse();
}

const methods = {
  ...Object.fromEntries(Object.entries(casts).map(([name, dtype]) => [name, cast(name, dtype)])),

  dim_order: pythonMethod('dim_order', ['*', 'ambiguity_check'], dimOrder),

  module_load: pythonMethod(
    'module_load',
    ['other', 'assign'],
    (self: Tensor, other: Tensor, assign: boolean = false) => (assign ? other : self.copy_(other)).detach(),
  ),

  cpu: pythonMethod(
    'cpu',
    ['*', 'memory_format'],
    (self: Tensor, memory_format: MemoryFormat = memoryFormats.preserve_format) =>
      self.to('cpu', null, { memory_format }),
  ),

  new_tensor: pythonMethod(
    'new_tensor',
    ['data', '*', 'dtype', 'device', 'requires_grad'],
    (
      self: Tensor,
      data: TensorData,
      dtype: TensorDataOptions['dtype'] = null,
      device: TensorDataOptions['device'] = null,
      requires_grad: boolean = false,
    ) => makeTensor(data, { dtype: dtype ?? self.dtype, device: device ?? self.device, requires_grad }),
  ),

  new(this: Tensor, ...args: unknown[]): Tensor {
    const { dtype, device } = this;
    if (areSizes(args)) return this.new_empty(args.length > 0 ? args : [0]);
    return makeTensor(args[0] as TensorData, { dtype, device });
  },

  norm: pythonMethod(
    'norm',
    ['p', 'dim', 'keepdim', 'dtype'],
    (
      self: Tensor,
      p: NormOrder = 'fro',
      dim: number | readonly number[] | null = null,
      keepdim: boolean = false,
      dtype: DType | null = null,
    ) => norm(self, p, dim, keepdim, null, dtype),
  ),

  split: pythonMethod(
    'split',
    ['split_size', 'dim'],
    (self: Tensor, split_size: number | Tensor | readonly number[], dim: number = 0) => split(self, split_size, dim),
  ),

  unflatten: pythonMethod('unflatten', ['dim', 'sizes'], (self: Tensor, dim: number, sizes: readonly number[]) => {
    if (sizes === null || (sizes as Partial<typeof sizes>).length === 0)
      throw new TorchError('unflatten: sizes must be non-empty');
    return callOperator<Tensor>('unflatten.int', self, dim, sizes);
  }),

  stft: pythonMethod(
    'stft',
    [
      'n_fft',
      'hop_length',
      'win_length',
      'window',
      'center',
      'pad_mode',
      'normalized',
      'onesided',
      'return_complex',
      'align_to_window',
    ],
    (self: Tensor, n_fft: number, ...others: unknown[]) =>
      (stft as (...args: unknown[]) => Tensor)(self, n_fft, ...others),
  ),

  lu: pythonMethod('lu', ['pivot', 'get_infos'], (self: Tensor, pivot: boolean = true, get_infos: boolean = false) =>
    lu(self, pivot, { get_infos }),
  ),

  unique: pythonMethod(
    'unique',
    ['sorted', 'return_inverse', 'return_counts', 'dim'],
    (
      self: Tensor,
      sorted: boolean = true,
      return_inverse: boolean = false,
      return_counts: boolean = false,
      dim: number | null = null,
    ) => unique(self, sorted, return_inverse, return_counts, dim),
  ),

  unique_consecutive: pythonMethod(
    'unique_consecutive',
    ['return_inverse', 'return_counts', 'dim'],
    (self: Tensor, return_inverse: boolean = false, return_counts: boolean = false, dim: number | null = null) =>
      unique_consecutive(self, return_inverse, return_counts, dim),
  ),

  nonzero: pythonMethod('nonzero', ['*', 'as_tuple'], (self: Tensor, as_tuple: boolean = false) =>
    as_tuple ? nonzero(self, { as_tuple }) : nonzero(self),
  ),

  to_sparse_coo: pythonMethod('to_sparse_coo', [], (self: Tensor) => self.to_sparse()),

  apply_: pythonMethod('apply_', ['callable'], (self: Tensor, callable: (element: number) => number | boolean) =>
    mapInPlace([self], callable),
  ),

  map_: pythonMethod(
    'map_',
    ['tensor', 'callable'],
    (self: Tensor, tensor: Tensor, callable: (element: number, other: number) => number | boolean) =>
      mapInPlace([self, tensor], callable as (...elements: number[]) => number | boolean),
  ),

  map2_: pythonMethod(
    'map2_',
    ['x', 'y', 'callable'],
    (self: Tensor, x: Tensor, y: Tensor, callable: (element: number, x: number, y: number) => number | boolean) =>
      mapInPlace([self, x, y], callable as (...elements: number[]) => number | boolean),
  ),

  resize(this: Tensor, ...sizes: number[] | [readonly number[]]): Tensor {
    warn('non-inplace resize is deprecated');
    return viewed(this, (Array.isArray(sizes[0]) ? sizes[0] : sizes) as number[]);
  },

  resize_as: pythonMethod('resize_as', ['tensor'], (self: Tensor, tensor: Tensor) => {
    warn('non-inplace resize_as is deprecated');
    return viewed(self, tensor.shape);
  }),
};

/** Adds them to Tensor. */
export function addFunctional(): void {
  addMembers(methods);
}
