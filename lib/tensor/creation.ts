/** Tensors from JavaScript data: numbers, nested arrays, typed arrays, buffers. */

import { isSharedArrayBuffer } from 'node:util/types';
import { refuse } from '../arguments/checks';
import { dtypeFacts } from '../base/dtype_table';
import { TorchError } from '../base/errors';
import { Complex, type DeviceLike, DType, type DTypeName, dtypeOf, dtypes, parseDevice } from '../base/types';
import { defaultDevice } from '../context/default_device';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isList, isOptions, typeName } from '../native/kinds';
import { keepTransferredInPlace } from '../native/transfer';
import { callOperator } from '../operators/operator';
import { integerStore, toBoolean, toNumber } from './stored_numbers';
import { type NestedList, Tensor } from './tensor';

export interface TensorDataOptions {
  dtype?: DType | DTypeName | null;
  device?: DeviceLike | null;
  requires_grad?: boolean;
  pin_memory?: boolean;
}

const noOptions: TensorDataOptions = {};

/** What `torch.tensor` makes a tensor of. */
export type TensorData = NestedList | ArrayBufferView | Tensor | readonly TensorData[];

/** The dtype new tensors of floats have. https://docs.pytorch.org/docs/2.13/generated/torch.get_default_dtype.html */
export function get_default_dtype(): DType {
  return dtypeOf(call(native.get_default_dtype));
}

/** Sets it; only floating point dtypes are allowed. */
export function set_default_dtype(dtype: DType): void {
  if (!(dtype instanceof DType)) {
    throw new TypeError('invalid dtype object: only floating-point types are supported as the default type');
  }
  if (!dtype.is_floating_point) {
    throw new TypeError(`only floating-point types are supported as the default type`);
  }
  call(native.set_default_dtype, dtype);
}

/** By the names of arrays: `Float32Array`, and `BigInt64Array` for int64. */
const arrayDTypes: Readonly<Record<string, DType>> = {
  ...Object.fromEntries(
    Object.values(dtypes).flatMap((dtype) => {
      const { array } = dtypeFacts[dtype.name];
      const isNumber = array?.name.replace(/^Big/, '').toLowerCase() === `${dtype.name}array`; // not an array of bits
      return isNumber ? [[array!.name, dtype]] : [];
    }),
  ),
  Float16Array: dtypes.float16, // Node.js has it from version 24 on
  Uint8ClampedArray: dtypes.uint8,
  Buffer: dtypes.uint8,
};

/** The class name of a typed array, of any realm (`Symbol.toStringTag` is an internal slot's reading). */
function arrayName(view: ArrayBufferView): string {
  const tag = Object.prototype.toString.call(view);
  return tag.slice(8, -1);
}

function isView(data: unknown): data is ArrayBufferView {
  return ArrayBuffer.isView(data);
}

/** A view that Node-API knows: it has neither Float16Array nor a SharedArrayBuffer without a view. */
function knownView(buffer: ArrayBufferLike | ArrayBufferView): ArrayBufferLike | ArrayBufferView {
  if (isView(buffer)) {
    const isHalf = arrayName(buffer) === 'Float16Array';
    return isHalf ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength) : buffer;
  }
  return isSharedArrayBuffer(buffer) ? new Uint8Array(buffer) : buffer;
}

function fromView(view: ArrayBufferView): Tensor {
  const dtype = arrayDTypes[arrayName(view)];
  if (dtype === undefined) throw new TypeError(`cannot make a tensor of a ${arrayName(view)}`);
  return call(native.tensor_from_array, knownView(view), dtype, [view.byteLength / dtype.itemsize]);
}

/** How deep lists may nest, as in PyTorch. */
export const MAX_DIMS = 128;

/** The shape of nested lists, from their first elements; `flatten` finds where it does not hold. */
function shapeOf(data: unknown): number[] {
  const shape: number[] = [];
  let level = data;
  while (isList(level)) {
    shape.push(level.length);
    if (shape.length > MAX_DIMS) throw new RangeError("too many dimensions 'Array'"); // or a list that contains itself
    level = level[0];
  }
  return shape;
}

/** Writes every leaf in order; returns how many. */
function flatten(
  data: unknown,
  dim: number,
  shape: readonly number[],
  from: number,
  write: (leaf: unknown, i: number) => void,
): number {
  if (dim === shape.length) {
    if (isList(data)) throw raggedError(data, dim, shape);
    write(data, from);
    return from + 1;
  }
  if (!isList(data)) throw new TypeError('not a sequence');
  if (data.length !== shape[dim]) throw raggedError(data, dim, shape);
  let next = from;
  for (let i = 0; i < data.length; i++) next = flatten(data[i], dim + 1, shape, next, write);
  return next;
}

function raggedError(data: unknown[], dim: number, shape: readonly number[]): RangeError {
  return new RangeError(`expected sequence of length ${shape[dim] ?? 1} at dim ${dim} (got ${data.length})`);
}

/** The kinds of numbers found among leaves. */
class Seen {
  number = false;
  fraction = false;
  bigint = false;
  boolean = false;
  complex = false;
  /** What the dtypes of tensors among the leaves promote to. */
  tensors: DType | null = null;

  /** Looks at the leaves of lists nested `depth` deep. */
  look(data: unknown, depth: number): void {
    if (isList(data)) {
      if (depth === 0) throw new TypeError(`must be real number, not ${typeName(data)}`);
      for (const element of data) this.look(element, depth - 1);
    } else if (typeof data === 'number') {
      this.number = true;
      this.fraction ||= !Number.isInteger(data);
    } else if (typeof data === 'bigint') this.bigint = true;
    else if (typeof data === 'boolean') this.boolean = true;
    else if (data instanceof Complex) this.complex = true;
    else if (data instanceof Tensor) this.tensors = promoted(this.tensors, data.dtype);
    else {
      if (typeof data === 'string') throw new TypeError("new(): invalid data type 'string'");
      throw new TorchError(`Could not infer dtype of ${typeName(data)}`);
    }
  }
}

/** A text in front counts as one more dimension for PyTorch. */
function requireNoText(data: unknown): void {
  let first = data;
  while (isList(first)) first = first[0];
  if (typeof first === 'string' && first !== data) throw new RangeError("too many dimensions 'string'");
}

/** The complex dtype whose parts are of the default dtype. */
function defaultComplex(): DType {
  const real = get_default_dtype();
  if (real === dtypes.float64) return dtypes.complex128;
  return real === dtypes.float16 ? dtypes.complex32 : dtypes.complex64;
}

const promoted = (a: DType | null, b: DType): DType =>
  a === null || a === b ? b : callOperator('promote_types', a, b);

/** The dtype of tensors and numbers in one list: whole numbers are integers there, as beside an operand. */
function dtypeBesideTensors(tensors: DType, seen: Seen): DType {
  let dtype = tensors;
  if (seen.boolean) dtype = promoted(dtype, dtypes.bool);
  if (seen.number || seen.bigint) dtype = promoted(dtype, dtypes.int64);
  if (seen.fraction) dtype = promoted(dtype, get_default_dtype());
  return seen.complex ? promoted(dtype, defaultComplex()) : dtype;
}

/** The dtype that leaves ask for: complex over float over bigint over bool. */
function dtypeFor(data: unknown, depth: number): DType {
  const seen = new Seen();
  seen.look(data, depth);
  if (seen.tensors !== null) return dtypeBesideTensors(seen.tensors, seen);
  if (seen.complex) return defaultComplex();
  if (seen.number) return get_default_dtype();
  if (seen.bigint) return dtypes.int64;
  return seen.boolean ? dtypes.bool : get_default_dtype();
}

function fromIntegers(data: unknown, shape: readonly number[], count: number, dtype: DType): Tensor {
  const store = integerStore(dtype, count);
  flatten(data, 0, shape, 0, store.write);
  const made = call(native.tensor_from_array, store.array, store.dtype, shape);
  return made.dtype === dtype ? made : made.to(dtype);
}

function fromBooleans(data: unknown, shape: readonly number[], count: number): Tensor {
  const flat = new Uint8Array(count);
  flatten(data, 0, shape, 0, (leaf, i) => {
    flat[i] = toBoolean(leaf) ? 1 : 0;
  });
  return call(native.tensor_from_array, flat, dtypes.bool, shape);
}

function fromComplex(data: unknown, shape: readonly number[], count: number, dtype: DType): Tensor {
  const flat = new Float64Array(2 * count);
  flatten(data, 0, shape, 0, (leaf, i) => {
    const complex = leaf instanceof Complex;
    flat[2 * i] = complex ? leaf.re : toNumber(leaf);
    flat[2 * i + 1] = complex ? leaf.im : 0;
  });
  return call(native.tensor_from_array, flat, dtypes.complex128, shape).to(dtype);
}

function fromFloats(data: unknown, shape: readonly number[], count: number, dtype: DType): Tensor {
  const single = dtype === dtypes.float32;
  const flat = single ? new Float32Array(count) : new Float64Array(count);
  flatten(data, 0, shape, 0, (leaf, i) => {
    flat[i] = toNumber(leaf);
  });
  const made = call(native.tensor_from_array, flat, single ? dtypes.float32 : dtypes.float64, shape);
  return single || dtype === dtypes.float64 ? made : made.to(dtype);
}

/** The element of a tensor that stands for a number in a list. */
function elementOf(x: Tensor, dtype: DType): unknown {
  if (x.numel() !== 1) throw new RangeError('only one element tensors can be converted to Python scalars');
  const wantsInteger = !dtype.is_floating_point && !dtype.is_complex;
  if (wantsInteger && (x.dtype.is_floating_point || x.dtype.is_complex)) {
    throw new TypeError('only integer tensors of a single element can be converted to an index');
  }
  const element: unknown = x.item();
  if (dtype.is_complex || !(element instanceof Complex)) return element;
  if (element.im !== 0) throw new TorchError('value cannot be converted to type double without overflow');
  return element.re;
}

function holdsTensor(data: unknown, depth: number): boolean {
  if (depth === 0) return data instanceof Tensor;
  return isList(data) && data.some((each) => holdsTensor(each, depth - 1));
}

/** The same lists with the elements of tensors in place of the tensors. */
function withElements(data: unknown, depth: number, dtype: DType): unknown {
  if (data instanceof Tensor) return elementOf(data, dtype);
  return isList(data) && depth > 0 ? data.map((each) => withElements(each, depth - 1, dtype)) : data;
}

function fromNested(lists: unknown, dtype: DType | undefined): Tensor {
  const shape = shapeOf(lists);
  const count = shape.reduce((a, b) => a * b, 1);
  requireNoText(lists);
  const type = dtype ?? dtypeFor(lists, shape.length);
  const data = holdsTensor(lists, shape.length) ? withElements(lists, shape.length, type) : lists;
  if (type.is_complex) return fromComplex(data, shape, count, type);
  if (type === dtypes.bool) return fromBooleans(data, shape, count);
  if (!type.is_floating_point) return fromIntegers(data, shape, count, type);
  return fromFloats(data, shape, count, type);
}

/** The first leaf, which decides whether a list is of numbers or typed arrays. */
function firstLeaf(data: unknown): unknown {
  let leaf = data;
  for (let dim = 0; dim <= MAX_DIMS && isList(leaf) && leaf.length > 0; dim++) leaf = leaf[0];
  return leaf;
}

/** Typed arrays in a list become lists. */
function plain(data: unknown, depth = MAX_DIMS): unknown {
  if (isView(data)) return fromView(data).tolist();
  return isList(data) && depth > 0 ? data.map((each) => plain(each, depth - 1)) : data;
}

function resolveDType(dtype: TensorDataOptions['dtype'], name = 'tensor'): DType | undefined {
  if (dtype === null || dtype === undefined) return undefined;
  const found = typeof dtype === 'string' ? dtypes[dtype] : dtype instanceof DType ? dtype : undefined;
  if (found === undefined)
    throw new TypeError(`${name}(): argument 'dtype' must be torch.dtype, not ${typeName(dtype)}`);
  return found;
}

function build(data: unknown, dtype: DType | undefined): Tensor {
  if (data instanceof Tensor) return data.detach().clone();
  if (isView(data)) return fromView(data);
  return fromNested(isView(firstLeaf(data)) ? plain(data) : data, dtype);
}

const optionNames = new Set(['dtype', 'device', 'requires_grad', 'pin_memory']);

/** Everything but the data goes by name. */
function checkOptions(name: string, options: unknown): void {
  if (!isOptions(options)) throw new TypeError(`${name}() takes 1 positional argument but 2 were given`);
  const unknown = Object.keys(options).find((key) => !optionNames.has(key));
  if (unknown !== undefined) throw new TypeError(`${name}() got an unexpected keyword argument '${unknown}'`);
}

/** Lets autograd follow a tensor that was just made. */
export function followed(x: Tensor): Tensor {
  if (!x.dtype.is_floating_point && !x.dtype.is_complex) {
    throw new TorchError('Only Tensors of floating point and complex dtype can require gradients');
  }
  return x.requires_grad_(true);
}

function finishTensor(made: Tensor, options: TensorDataOptions): Tensor {
  const dtype = resolveDType(options.dtype);
  let result = dtype !== undefined && made.dtype !== dtype ? made.to(dtype) : made;
  const device = options.device ?? defaultDevice();
  if (device !== null) result = result.to(parseDevice(device));
  if (options.pin_memory) result = result.pin_memory();
  return options.requires_grad ? followed(result) : result;
}

type NamedData = TensorDataOptions & { data: TensorData };

const isNamed = (data: TensorData | NamedData): data is NamedData => isOptions(data);

/** The arguments in order of a call by names alone. */
function byName(name: string, given: NamedData, more: TensorDataOptions): [TensorData, TensorDataOptions] {
  const { data, ...options } = given;
  if (more !== noOptions) throw new TypeError(`${name}() takes 1 positional argument but 2 were given`);
  if (!Object.hasOwn(given, 'data') && !Object.keys(given).some((key) => optionNames.has(key))) {
    throw new TorchError(`Could not infer dtype of ${typeName(given)}`); // an object is no data
  }
  return [data, options];
}

function requireData(name: string, data: unknown): void {
  if (data === undefined) throw new TypeError(`${name}() missing 1 required positional arguments: "data"`);
}

/**
 * A tensor with a copy of `data`: numbers become the default dtype, bigints int64, booleans bool, `Complex` complex;
 * typed arrays keep their type. https://docs.pytorch.org/docs/2.13/generated/torch.tensor.html
 * @throws RangeError for lists of uneven length
 *
 * @example
 * console.log(torch.tensor([[1, 2], [3, 4.5]]));
 * // tensor([[1.0000, 2.0000],
 * //         [3.0000, 4.5000]])
 * console.log(torch.tensor([1n, 2n]).dtype); // torch.int64
 */
export function tensor(data: TensorData, options?: TensorDataOptions): Tensor;
export function tensor(options: TensorDataOptions & { data: TensorData }): Tensor;
export function tensor(data: TensorData | NamedData, options: TensorDataOptions = noOptions): Tensor {
  if (isNamed(data)) return tensor(...byName('tensor', data, options));
  if (typeof data === 'number' && options === noOptions && defaultDevice() === null)
    return callOperator('scalar_tensor', data);
  requireData('tensor', data);
  checkOptions('tensor', options);
  return finishTensor(build(data, resolveDType(options.dtype)), options);
}

/** Like `tensor`, but gives a tensor back as it is when nothing has to change. */
export function as_tensor(data: TensorData, options?: TensorDataOptions): Tensor;
export function as_tensor(options: TensorDataOptions & { data: TensorData }): Tensor;
export function as_tensor(data: TensorData | NamedData, options: TensorDataOptions = noOptions): Tensor {
  if (isNamed(data)) return as_tensor(...byName('as_tensor', data, options));
  requireData('as_tensor', data);
  checkOptions('as_tensor', options);
  if (data instanceof Tensor) {
    return finishTensor(data, { dtype: options.dtype, device: options.device });
  }
  return tensor(data, options);
}

export interface FromBufferOptions {
  dtype: DType;
  /** How many elements; all of them when negative. */
  count?: number;
  /** Where to start, in bytes. */
  offset?: number;
  requires_grad?: boolean;
}

/**
 * A 1-dim tensor over the memory of an ArrayBuffer, SharedArrayBuffer, Buffer or typed array: a change in one shows in
 * the other. When the buffer is transferred, its memory stays the tensor's too.
 * https://docs.pytorch.org/docs/2.13/generated/torch.frombuffer.html
 * @throws TypeError for a resizable ArrayBuffer, and for one that was transferred before
 * @throws RangeError when `count` and `offset` do not fit the buffer
 */
export function frombuffer(buffer: ArrayBufferLike | ArrayBufferView, options: FromBufferOptions): Tensor {
  if (!(options?.dtype instanceof DType)) {
    throw new TypeError(`frombuffer() missing required keyword argument 'dtype'`);
  }
  if (buffer instanceof Tensor || typeof (buffer as Partial<ArrayBuffer> | null)?.byteLength !== 'number') {
    refuse('frombuffer', 'buffer', 'an ArrayBuffer, a Buffer or a typed array', buffer);
  }
  keepTransferredInPlace(isView(buffer) ? buffer.buffer : buffer);
  const { dtype, count = -1, offset = 0 } = options;
  const made = call(native.tensor_over_buffer, knownView(buffer), dtype, count, offset);
  return options.requires_grad ? made.requires_grad_(true) : made;
}

/**
 * A tensor over a typed array's memory, the counterpart of Python's `from_numpy`: 1-D, of the array's type.
 * https://docs.pytorch.org/docs/2.13/generated/torch.from_numpy.html
 * @throws TypeError for an array of another kind, one over a resizable ArrayBuffer, or one that was transferred before
 */
export function from_numpy(array: ArrayBufferView): Tensor {
  const dtype = arrayDTypes[arrayName(array)];
  if (dtype === undefined) throw new TypeError(`cannot make a tensor over a ${arrayName(array)}`);
  return array.byteLength === 0 ? fromView(array) : frombuffer(array, { dtype });
}
