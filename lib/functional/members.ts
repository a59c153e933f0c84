/** Tensor's methods that PyTorch writes in Python. https://docs.pytorch.org/docs/2.13/tensors.html */

import { requireFunction } from '../arguments/checks';
import { areSizes } from '../arguments/integers';
import { REQUIRED, Signature } from '../arguments/signature';
import { TorchError, warn } from '../base/errors';
import { Complex, type DType, dtypeAliases, dtypes, MemoryFormat, memoryFormats } from '../base/types';
import { typeName } from '../native/kinds';
import { callOperator } from '../operators/operator';
import { tensor as makeTensor, type TensorData, type TensorDataOptions } from '../tensor/creation';
import { addMembers } from '../tensor/members';
import { Tensor } from '../tensor/tensor';
import { type LuResult, lu } from './factorization';
import * as signatures from './generated/torch';
import { type NonzeroResult, nonzero } from './nonzero';
import { norm } from './norm';
import { split } from './shapes';
import { stft } from './spectral';
import { type UniqueResult, unique, unique_consecutive } from './unique';

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
  norm(...args: signatures.TensorNormArgs): Tensor;

  /**
   * Splits along `dim` into parts of a size, or of the sizes in a list. Views.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.split.html
   * @throws TorchError for sizes that do not add up
   */
  split(...args: signatures.TensorSplitArgs): Tensor[];

  /**
   * Splits one dimension into several; one of their sizes may be −1. A view.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.unflatten.html
   * @throws TorchError for sizes whose product is not that of the dimension
   */
  unflatten(...args: signatures.TensorUnflattenArgs): Tensor;

  /**
   * The Fourier transform of each window of a signal (N) or (B, N): (B?, frequencies, frames).
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.stft.html
   */
  stft(...args: signatures.TensorStftArgs): Tensor;

  /**
   * The LU factorisation with its pivots, compact; see `torch.lu`.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.lu.html
   */
  lu<Flag extends boolean = false>(...args: signatures.TensorLuArgs<Flag>): LuResult<Flag>;

  /**
   * The distinct elements, sorted unless told otherwise; with their places and counts when asked for.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.unique.html
   */
  unique<Inverse extends boolean = false, Counts extends boolean = false>(
    ...args: signatures.TensorUniqueArgs<Inverse, Counts>
  ): UniqueResult<Inverse, Counts>;

  /**
   * The elements without those that equal the one before; with their places and counts when asked for.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.unique_consecutive.html
   */
  unique_consecutive<Inverse extends boolean = false, Counts extends boolean = false>(
    ...args: signatures.TensorUniqueConsecutiveArgs<Inverse, Counts>
  ): UniqueResult<Inverse, Counts>;

  /** The places that are not 0: (n, dim), or with `as_tuple` a tensor for each dimension. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.nonzero.html */
  nonzero<Flag extends boolean = false>(...args: signatures.TensorNonzeroArgs<Flag>): NonzeroResult<Flag>;

  /**
   * The dimensions in the order in which they lie in memory, the outermost first.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.dim_order.html
   * @throws TorchError with `ambiguity_check` when there is more than one order
   */
  dim_order(...args: signatures.TensorDimOrderArgs): number[];

  /** What `load_state_dict` puts in this tensor's place. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.module_load.html */
  module_load(...args: signatures.TensorModuleLoadArgs): Tensor;

  /**
   * The tensor in COO layout.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.to_sparse_coo.html
   */
  to_sparse_coo(): Tensor;

  /**
   * Replaces each element in place by what `callable` gives for it; CPU only, and not of tensors that require grad.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.apply_.html
   */
  apply_(...args: signatures.TensorApply_Args): Tensor;

  /** Replaces each element by what `callable` gives for it and the one of `other` at its place. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.map_.html */
  map_(...args: signatures.TensorMap_Args): Tensor;
  /** Sets each element to `callable(x, y, z)` of the elements at its place. */
  map2_(...args: signatures.TensorMap2_Args): Tensor;

  /** Deprecated: `resize_` or `view`. */
  resize(...sizes: number[] | [sizes: readonly number[]]): Tensor;
  /** Deprecated: `resize_as_` or `view_as`. */
  resize_as(...args: signatures.TensorResizeAsArgs): Tensor;
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
  const signature = new Signature<Copied>(`Tensor.${name}`, { memory_format: memoryFormats.preserve_format }, 1);
  function method(this: Tensor, ...args: [options?: Copied]): Tensor {
    if (args.length === 0 && this.dtype === dtype) return this;
    return callOperator('to.dtype', this, dtype, false, false, signature.read(args).memory_format);
  }
  Object.defineProperty(method, 'name', { value: name });
  return method;
}

const ofCpu = new Signature<Copied>('Tensor.cpu', { memory_format: memoryFormats.preserve_format }, 1);

const ofNewTensor = new Signature<TensorDataOptions & { data: TensorData }>(
  'Tensor.new_tensor',
  { data: REQUIRED, dtype: null, device: null, requires_grad: false, pin_memory: false },
  4,
);

type Elementwise = (...elements: number[]) => number | boolean;

/** Applies `callable` to the elements at the same place of each tensor, writing into the first. */
/** The other tensors of a map are of the type of the first. */
function requireTypes(name: string, [self, ...others]: [Tensor, ...Tensor[]]): void {
  const type = self.type();
  others.forEach((other, i) => {
    const argument = name === 'map_' ? "'other'" : `argument '${'xy'[i]}'`;
    if (other.type() !== type) throw new TypeError(`${name}: expected ${type} for ${argument} (got ${other.type()})`);
  });
}

/** What a callback gave, if a tensor of the dtype can hold it. */
function elementFor(dtype: DType, value: unknown): number {
  const isNumber = ['number', 'bigint', 'boolean'].includes(typeof value);
  if (isNumber || value instanceof Complex || value instanceof Tensor) return value as number;
  if (dtype.is_floating_point || dtype.is_complex) throw new TypeError(`must be real number, not ${typeName(value)}`);
  throw new TypeError(`'${typeName(value)}' object cannot be interpreted as an integer`);
}

function mapInPlace(name: string, tensors: [Tensor, ...Tensor[]], callable: Elementwise): Tensor {
  const [self] = tensors;
  requireFunction(`Tensor.${name}`, 'callable', callable);
  if (tensors.some((tensor) => tensor.requires_grad)) {
    throw new TorchError(`Can't call ${name}() on Variable that requires grad. Use var.detach().${name}() instead.`);
  }
  requireTypes(name, tensors);
  if (self.is_meta) return self;
  const columns = tensors.map((tensor) => tensor.expand(self.shape).reshape(-1).tolist() as number[]);
  const results = columns[0]!.map((_, i) => elementFor(self.dtype, callable(...columns.map((column) => column[i]!))));
  self.copy_(makeTensor(results, { dtype: self.dtype }).reshape(self.shape));
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

  dim_order(this: Tensor, ...args: signatures.TensorDimOrderArgs): number[] {
    return dimOrder(this, ...signatures.Tensor_dim_order.list(args));
  },

  module_load(this: Tensor, ...args: signatures.TensorModuleLoadArgs): Tensor {
    const [other, assign] = signatures.Tensor_module_load.list(args);
    return (assign ? other : this.copy_(other)).detach();
  },

  cpu(this: Tensor, ...args: [options?: Copied]): Tensor {
    return this.to('cpu', null, ofCpu.read(args));
  },

  new_tensor(this: Tensor, ...args: [data: TensorData, options?: TensorDataOptions]): Tensor {
    const { data, dtype, device, ...others } = ofNewTensor.read(args);
    return makeTensor(data, { dtype: dtype ?? this.dtype, device: device ?? this.device, ...others });
  },

  new(this: Tensor, ...args: unknown[]): Tensor {
    const { dtype, device } = this;
    if (areSizes(args)) return this.new_empty(args.length > 0 ? args : [0]);
    return makeTensor(args[0] as TensorData, { dtype, device });
  },

  norm(this: Tensor, ...args: signatures.TensorNormArgs): Tensor {
    const [p, dim, keepdim, dtype] = signatures.Tensor_norm.list(args);
    return norm(this, p, dim, keepdim, null, dtype);
  },

  split(this: Tensor, ...args: signatures.TensorSplitArgs): Tensor[] {
    return split(this, ...signatures.Tensor_split.list(args));
  },

  unflatten(this: Tensor, ...args: signatures.TensorUnflattenArgs): Tensor {
    const [dim, sizes] = signatures.Tensor_unflatten.list(args);
    if (sizes === null || (sizes as Partial<typeof sizes>).length === 0)
      throw new TorchError('unflatten: sizes must be non-empty');
    return callOperator<Tensor>('unflatten.int', this, dim, sizes);
  },

  stft(this: Tensor, ...args: signatures.TensorStftArgs): Tensor {
    return stft(this, ...signatures.Tensor_stft.list(args));
  },

  lu(this: Tensor, ...args: signatures.TensorLuArgs<boolean>): LuResult<boolean> {
    return lu(this, ...signatures.Tensor_lu.list(args));
  },

  unique(this: Tensor, ...args: signatures.TensorUniqueArgs<boolean, boolean>): UniqueResult<boolean, boolean> {
    return unique(this, ...signatures.Tensor_unique.list(args));
  },

  unique_consecutive(this: Tensor, ...args: signatures.TensorUniqueConsecutiveArgs<boolean, boolean>) {
    return unique_consecutive(this, ...signatures.Tensor_unique_consecutive.list(args));
  },

  nonzero(this: Tensor, ...args: signatures.TensorNonzeroArgs<boolean>): NonzeroResult<boolean> {
    const [as_tuple] = signatures.Tensor_nonzero.list(args);
    return nonzero(this, { as_tuple });
  },

  to_sparse_coo(this: Tensor): Tensor {
    return this.to_sparse();
  },

  apply_(this: Tensor, ...args: signatures.TensorApply_Args): Tensor {
    const [callable] = signatures.Tensor_apply_.list(args);
    return mapInPlace('apply_', [this], callable);
  },

  map_(this: Tensor, ...args: signatures.TensorMap_Args): Tensor {
    const [other, callable] = signatures.Tensor_map_.list(args);
    return mapInPlace('map_', [this, other], callable as Elementwise);
  },

  map2_(this: Tensor, ...args: signatures.TensorMap2_Args): Tensor {
    const [x, y, callable] = signatures.Tensor_map2_.list(args);
    return mapInPlace('map2_', [this, x, y], callable as Elementwise);
  },

  resize(this: Tensor, ...sizes: number[] | [readonly number[]]): Tensor {
    warn('non-inplace resize is deprecated');
    return viewed(this, (Array.isArray(sizes[0]) ? sizes[0] : sizes) as number[]);
  },

  resize_as(this: Tensor, ...args: signatures.TensorResizeAsArgs): Tensor {
    const [tensor] = signatures.Tensor_resize_as.list(args);
    warn('non-inplace resize_as is deprecated');
    return viewed(this, tensor.shape);
  },
};

/** Adds them to Tensor. */
export function addFunctional(): void {
  addMembers(methods);
}
