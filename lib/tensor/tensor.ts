/// <reference types="node" preserve="true" />
/**
 * torch.Tensor: what a tensor is. Operators come from the tables (operators/functions.ts), and what else there is from the
 * folder of its subject, which declares it and installs it with `addMembers`; torch/members.ts lists those folders.
 */

import { markAsUntransferable } from 'node:worker_threads';
import { Signature } from '../arguments/signature';
import type { TypedArray } from '../base/dtype_table';
import {
  type Device,
  type DeviceLike,
  DType,
  dtypeOf,
  dtypes,
  type Layout,
  layoutOf,
  layouts,
  MemoryFormat,
  memoryFormats,
  parseDevice,
  type Scalar,
  scalarTypeName,
  scalarTypes,
} from '../base/types';
import { tracing } from '../context/tracing';
import { native } from '../native/addon';
import { call, registerWrap } from '../native/frame';
import type { NativeFunctions } from '../native/functions';
import { isOptions, typeName } from '../native/kinds';
import { release } from '../native/memory';
import { NativeObject, Tag } from '../native/object';
import { installMethods } from '../operators/functions';
import { callOperator } from '../operators/operator';
import { type NestedList, nest, notLendable, viewOf } from './elements';

export type { TypedArray } from '../base/dtype_table';
export type { NestedList } from './elements';

/** `torch.LongTensor` and its kin, as `type` takes them. */
type TypeOfOld = { readonly name: string; readonly dtype: DType } & ((...sizes: number[]) => Tensor);

/** Options of `Tensor.cuda`. */
export interface CudaOptions {
  device?: DeviceLike | null;
  /** Copies from pinned memory while the program runs on. */
  non_blocking?: boolean;
  memory_format?: MemoryFormat | null;
}

const ofCuda = new Signature<CudaOptions>('cuda', { device: null, non_blocking: false, memory_format: null });

declare module '../native/object' {
  interface NativeClasses {
    readonly Tensor: Tensor;
  }
}

/**
 * A multi-dimensional array of one dtype, on one device, that autograd can follow.
 * https://docs.pytorch.org/docs/2.13/tensors.html
 */
export class Tensor extends NativeObject {
  /** @internal written out, since V8 inlines it and not the one it would make itself */
  constructor(handle: number) {
    super(handle);
  }

  // ---- shape and type

  /**
   * The size of each dimension, as plain numbers.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.shape.html
   */
  get shape(): number[] {
    if (tracing.current !== null) tracing.current.left('size');
    return call(native.tensor_sizes, this);
  }

  /**
   * The sizes, or the size of one dimension. A nested tensor has sizes of those dimensions where its tensors agree.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.size.html
   * @throws RangeError for a dimension out of range
   * @throws TorchError for a dimension of a nested tensor without a size
   */
  size(): number[];
  size(dim: number | { dim: number }): number;
  size(dim?: number | { dim: number }): number | number[] {
    const one = dimensionOf('size', dim);
    if (one === null) return this.shape;
    if (tracing.current !== null) tracing.current.left('size');
    return call(native.tensor_size, this, one);
  }

  /**
   * How many elements in memory lie between neighbours along each dimension, or along one.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.stride.html
   * @throws RangeError for a dimension out of range
   */
  stride(): number[];
  stride(dim: number | { dim: number }): number;
  stride(dim?: number | { dim: number }): number | number[] {
    const one = dimensionOf('stride', dim);
    return one === null ? call(native.tensor_strides, this) : call(native.tensor_stride, this, one);
  }

  private get facts(): ReturnType<NativeFunctions['tensor_facts']> {
    return call(native.tensor_facts, this);
  }

  /** How many dimensions there are. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.ndim.html */
  get ndim(): number {
    return call(native.tensor_dim, this);
  }

  /** How many dimensions there are. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.dim.html */
  dim(): number {
    return call(native.tensor_dim, this);
  }

  /** How many dimensions there are, the same as `dim()`. */
  ndimension(): number {
    return call(native.tensor_dim, this);
  }

  /** How many elements there are. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.numel.html */
  numel(): number {
    return call(native.tensor_numel, this);
  }

  /** How many elements there are. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.nelement.html */
  nelement(): number {
    return call(native.tensor_numel, this);
  }

  /** The size of the first dimension, Python's `len(x)`. */
  get length(): number {
    const shape = this.shape;
    if (shape.length === 0) throw new TypeError('len() of a 0-d tensor');
    return shape[0]!;
  }

  /** The type of the elements. https://docs.pytorch.org/docs/2.13/tensor_attributes.html#torch-dtype */
  get dtype(): DType {
    return dtypeOf(call(native.tensor_dtype, this));
  }

  /** Where the elements are. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.device.html */
  get device(): Device {
    return call(native.tensor_device, this);
  }

  get layout(): Layout {
    return layoutOf(call(native.tensor_layout, this));
  }

  /** Bytes of one element. */
  get itemsize(): number {
    return this.facts[0];
  }

  /** Bytes of one element. */
  element_size(): number {
    return this.facts[0];
  }

  /**
   * Bytes of all elements. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.nbytes.html
   * @throws TorchError for a sparse tensor: its indices and values have bytes
   */
  get nbytes(): number {
    return call(native.tensor_nbytes, this);
  }

  // Asked of the dtype, not of the dispatcher: vmap has no rules for operators that give no tensor.

  /** Whether the dtype is a floating point one. */
  is_floating_point(): boolean {
    return this.dtype.is_floating_point;
  }

  /** Whether the dtype is complex. */
  is_complex(): boolean {
    return this.dtype.is_complex;
  }

  /** Whether the dtype has negative numbers. */
  is_signed(): boolean {
    return this.dtype.is_signed;
  }

  get is_cpu(): boolean {
    return this.device.type === 'cpu';
  }

  get is_cuda(): boolean {
    return this.device.type === 'cuda';
  }

  get is_mps(): boolean {
    return this.device.type === 'mps';
  }

  get is_meta(): boolean {
    return this.device.type === 'meta';
  }

  get is_sparse(): boolean {
    return this.layout === layouts.sparse_coo;
  }

  get is_sparse_csr(): boolean {
    return this.layout === layouts.sparse_csr;
  }

  get is_quantized(): boolean {
    return this.facts[3];
  }

  get is_nested(): boolean {
    return this.facts[4];
  }

  get is_mkldnn(): boolean {
    return this.facts[5];
  }

  /** Whether it was made in inference mode. */
  is_inference(): boolean {
    return this.facts[2];
  }

  /** Whether it is in page-locked memory. */
  is_pinned(): boolean {
    return call(native.tensor_is_pinned, this);
  }

  /**
   * Lets other threads use the memory, as `torch.multiprocessing.share` does by itself. It stays where it is, but for a
   * tensor over a JavaScript buffer, whose memory ends with its thread: that one is copied, and no longer follows the
   * buffer. Shared memory cannot be resized.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.share_memory_.html
   */
  share_memory_(): this {
    call(native.tensor_share_memory, this);
    return this;
  }

  /**
   * Whether other threads may use the memory; always on an accelerator.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.is_shared.html
   */
  is_shared(): boolean {
    return call(native.tensor_is_shared, this);
  }

  /**
   * Whether the elements lie in memory in order. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.is_contiguous.html
   */
  is_contiguous(options: { memory_format?: MemoryFormat } = {}): boolean {
    if (!isOptions(options)) throw new TypeError('is_contiguous() takes 0 positional arguments but 1 was given');
    const { memory_format = memoryFormats.contiguous_format } = options;
    if (!(memory_format instanceof MemoryFormat)) {
      throw new TypeError(
        `is_contiguous(): argument 'memory_format' must be torch.memory_format, not ${typeName(memory_format)}`,
      );
    }
    return call(native.tensor_is_contiguous, this, memory_format);
  }

  /** The address of the first element, for comparison only. */
  data_ptr(): number {
    return call(native.tensor_storage, this)[0];
  }

  /** Where the first element is in the storage, in elements. */
  storage_offset(): number {
    return call(native.tensor_storage_offset, this);
  }

  // ---- views that Python writes as properties

  /** The dimensions in reverse order, a view. https://docs.pytorch.org/docs/2.13/tensors.html#torch.Tensor.T */
  get T(): Tensor {
    return callOperator('numpy_T', this);
  }

  /** The last two dimensions exchanged. */
  get mT(): Tensor {
    return callOperator('mT', this);
  }

  /** The conjugate transpose of a matrix. */
  get H(): Tensor {
    return callOperator('matrix_H', this);
  }

  /** The conjugate transpose of the last two dimensions. */
  get mH(): Tensor {
    return callOperator('mH', this);
  }

  get real(): Tensor {
    return callOperator('real', this);
  }

  set real(value: Tensor | Scalar) {
    fill(this.real, value);
  }

  get imag(): Tensor {
    return callOperator('imag', this);
  }

  set imag(value: Tensor | Scalar) {
    fill(this.imag, value);
  }

  // ---- elements

  /**
   * The only element, as a number; int64 outside ±(2^53−1) as a bigint.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.item.html
   */
  item(): number {
    if (tracing.current !== null) tracing.current.left('number');
    const value = call(native.tensor_item, this);
    const shown = typeof value === 'bigint' && this.dtype === dtypes.uint64 ? BigInt.asUintN(64, value) : value;
    return shown as number;
  }

  /**
   * The elements as nested arrays; a plain number for a 0-dim tensor. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.tolist.html
   */
  tolist(): NestedList {
    if (tracing.current !== null) tracing.current.left('list');
    return nest(this);
  }

  /**
   * A typed array over the tensor's own memory: a change in one shows in the other. float16 and bfloat16 show their
   * bits, complex numbers as pairs, bool as 0 and 1. `postMessage` copies it and cannot transfer it.
   * @throws TorchError when the tensor requires grad, is not on the CPU or not contiguous
   */
  typed_array(): TypedArray {
    if (tracing.current !== null) tracing.current.left('array');
    const lent = call(native.tensor_lend, this);
    if (lent === null) throw notLendable(this);
    const [code, count, buffer, offset] = lent;
    const dtype = dtypeOf(code);
    const view = viewOf(dtype);
    if (view === undefined) throw new TypeError(`got unsupported dtype ${dtype} for a typed array`);
    const [array, perElement] = view;
    if (buffer !== null) markAsUntransferable(buffer);
    return buffer === null ? new array(new ArrayBuffer(0), 0, 0) : new array(buffer, offset, count * perElement);
  }

  /** Whether it shows another tensor's memory. */
  _is_view(): boolean {
    return this.facts[1];
  }

  // ---- conversions

  /**
   * The type's old name, or a copy of another type, given as a dtype, by its old name or as `torch.LongTensor`.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.type.html
   * @throws RangeError for a name that is none
   */
  type(): string;
  type(dtype: DType | string | TypeOfOld): Tensor;
  type(options: { dtype: DType | string | TypeOfOld }): Tensor;
  type(first?: DType | string | TypeOfOld | { dtype: DType | string | TypeOfOld }): Tensor | string {
    const given = isOptions(first) ? (first as { dtype: DType }).dtype : first;
    const dtype = typeof given === 'function' ? given.dtype : given;
    if (typeof given === 'function' && !(dtype instanceof DType)) throw new RangeError(`invalid type: '${given.name}'`);
    if (typeof dtype === 'string') return this.to(oldType(dtype));
    if (dtype instanceof DType) return this.to(dtype);
    if ((dtype ?? null) !== null) throw new TypeError('dtype must be a type, str, or dtype object');
    const place = this.device.type === 'cpu' ? 'torch' : `torch.${this.device.type}`;
    const kind = this.is_quantized ? '.quantized' : this.is_sparse ? '.sparse' : '';
    return `${place}${kind}.${scalarTypeName(this.dtype)}Tensor`;
  }

  /**
   * Moves to the accelerator, to the current device by default.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.cuda.html
   * @throws AssertionError when libtorch was built without CUDA
   */
  cuda(options?: CudaOptions): Tensor;
  cuda(device: DeviceLike | null, non_blocking?: boolean | CudaOptions): Tensor;
  cuda(...args: unknown[]): Tensor {
    const { device, non_blocking, memory_format } = ofCuda.read(args);
    const format = memory_format === null ? {} : { memory_format };
    return this.to({ device: parseDevice(device ?? 'cuda'), non_blocking, ...format });
  }

  // ---- memory and text

  /** Frees the native tensor now; using it afterwards is an error. */
  dispose(): void {
    release([this]);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** A tensor of one element counts as its number in arithmetic and comparisons, and as its printout in text. */
  [Symbol.toPrimitive](hint: string): number | string {
    return hint === 'number' ? Number(this.item()) : this.toString();
  }
}

/** The dtype of an old type name: `torch.FloatTensor`. */
function oldType(text: string): DType {
  const found = Object.entries(scalarTypes).find(([name]) => text === `torch.${name}Tensor`);
  if (found === undefined) throw new RangeError(`invalid type: '${text}'`);
  return found[1];
}

/** The dimension that `size` or `stride` is asked for; null for all. */
function dimensionOf(name: string, dim: number | { dim: number } | null | undefined): number | null {
  if (dim === undefined || dim === null) return null;
  if (typeof dim === 'bigint') return Number(dim);
  if (typeof dim === 'number' && Number.isInteger(dim)) return dim;
  if (!isOptions(dim)) {
    throw new TypeError(`${name}(): argument 'dim' (position 1) must be int, not ${typeName(dim)}`);
  }
  return dimensionOf(name, new Signature<{ dim?: number | null }>(name, { dim: null }).read([dim]).dim);
}

function fill(x: Tensor, value: Tensor | Scalar): void {
  if (value instanceof Tensor) x.copy_(value);
  else x.fill_(value);
}

Object.defineProperty(Tensor.prototype, '_tag', { value: Tag.Tensor });
installMethods(Tensor.prototype);
registerWrap(Tag.Tensor, (handle) => new Tensor(handle));
