/** Python's `copy` module: `copy.deepcopy(model)`. https://docs.python.org/3/library/copy.html */
import { isAnyArrayBuffer, isDate, isMap, isRegExp, isSet, isSharedArrayBuffer } from 'node:util/types';
import { TorchError } from '../base/errors';
import { refusePrivateFields } from '../base/private_fields';
import { Complex, Device, DType, dtypes, Layout, layouts, MemoryFormat } from '../base/types';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isList, typeName } from '../native/kinds';
import { NativeObject, nativeFields } from '../native/object';
import { Generator } from './generator';
import { Tensor } from './tensor';

/** What has been copied: an object reached twice is copied once. */
export type Memo = Map<object, unknown>;

/** What a class that copies itself has; `memo` maps what was copied to its copy, for `deepcopy` of what is inside. */
export interface DeepCopyable {
  /** Makes the copy; `memo` maps what was copied before to its copies. */
  __deepcopy__(memo: Memo): object;
}

function hasOwnWay(value: object): value is DeepCopyable {
  return typeof (value as Partial<DeepCopyable>).__deepcopy__ === 'function';
}

/** The method of our own classes that are copied in a way of theirs: parameters, buffers, modules. */
export const copying: unique symbol = Symbol('copying');

/** How what is inside is copied. */
export interface Copier {
  /** What was copied before; null for a copy that shares what is inside. */
  readonly memo: Memo | null;
  /** To be told of a copy before its properties are made. */
  remember<T extends object>(copied: T): T;
  copy(value: unknown): unknown;
}

interface Copyable {
  [copying](copier: Copier): object;
}

function isCopyable(value: object): value is Copyable {
  return copying in value;
}

const constants = [DType, Device, Layout, MemoryFormat, Complex];

function isConstant(value: object): boolean {
  return constants.some((kind) => value instanceof kind);
}

/** A storage that has been copied; the original stays alive, so that its number names no other one. */
interface CopiedStorage {
  readonly original: Tensor;
  readonly bytes: Tensor;
}

/** Where a memo keeps its storages. */
const storagesKey = {};

function storagesOf(memo: Memo): Map<number, CopiedStorage> {
  const known = memo.get(storagesKey) as Map<number, CopiedStorage> | undefined;
  const storages = known ?? new Map<number, CopiedStorage>();
  memo.set(storagesKey, storages);
  return storages;
}

/** All bytes of a tensor's storage, in a storage of their own; one copy for all tensors over it. */
function copyStorage(x: Tensor, memo: Memo): Tensor {
  const storages = storagesOf(memo);
  const identity = call(native.storage_identity, x);
  const known = storages.get(identity);
  if (known !== undefined) return known.bytes;
  const [, , , length] = call(native.tensor_storage, x);
  const whole = call(native.tensor_over_storage, x, dtypes.uint8, 0, [length], [1]);
  const bytes = whole.clone();
  storages.set(identity, { original: x, bytes });
  return bytes;
}

/** The elements in a copy of their storage, at the same places. */
function copyData(x: Tensor, memo: Memo): Tensor {
  if (x.layout !== layouts.strided || x.is_quantized || x.is_nested || x.is_mkldnn) return x.clone();
  const bytes = copyStorage(x, memo);
  const place = [x.dtype, x.storage_offset(), x.shape, x.stride()] as const;
  const plain = call(native.tensor_over_storage, bytes, ...place);
  const conjugate = x.is_conj() ? plain.conj_physical() : plain;
  return x.is_neg() ? conjugate.neg() : conjugate;
}

/** @throws TorchError for a tensor that a graph made: it has no copy */
export function requireLeaf(x: Tensor): void {
  if (!x.is_leaf) {
    throw new TorchError(
      'Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If you were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see https://github.com/pytorch/pytorch/pull/103001',
    );
  }
}

/** A leaf with memory of its own; `made` makes it of the copied data. */
export function copyTensor(x: Tensor, memo: Memo, made: (data: Tensor) => Tensor = (data) => data): Tensor {
  requireLeaf(x);
  const copied = made(copyData(x.data, memo));
  memo.set(x, copied);
  copied.requires_grad = x.requires_grad;
  if (x.grad !== null) copied.grad = deepcopy(x.grad, memo);
  copyProperties(x, copied, memo, ownFields);
  return copied;
}

/** What every tensor has of itself. */
const ownFields: ReadonlySet<PropertyKey> = new Set([...nativeFields, 'persistent']);

/** A copy of a lazy parameter or of a subclass is of the same class. */
export function withClassOf(x: Tensor, copied: Tensor): Tensor {
  Object.setPrototypeOf(copied, Object.getPrototypeOf(x));
  return copied;
}

function copyProperties(from: object, to: object, memo: Memo, except: ReadonlySet<PropertyKey> = new Set()): void {
  for (const key of Reflect.ownKeys(from)) {
    if (except.has(key)) continue;
    const descriptor = Reflect.getOwnPropertyDescriptor(from, key)!;
    if ('value' in descriptor) descriptor.value = deepcopy(descriptor.value, memo);
    Reflect.defineProperty(to, key, descriptor);
  }
}

/** Objects whose content is not in their properties; they may be of another realm, as jest's test files are. */
function isBuiltin(value: object): boolean {
  return isDate(value) || isRegExp(value) || isAnyArrayBuffer(value);
}

function copyBuiltin(value: object): object {
  if (isSharedArrayBuffer(value)) return value; // what shares it shall go on to
  const { constructor } = value as { constructor: new (...parts: unknown[]) => object };
  if (isRegExp(value)) return Object.assign(new constructor(value), { lastIndex: value.lastIndex });
  return isDate(value) ? new constructor(value.getTime()) : (value as ArrayBuffer).slice(0);
}

function copyObject(value: object, memo: Memo): object {
  const remember = <T extends object>(copied: T): T => {
    memo.set(value, copied);
    return copied;
  };
  if (hasOwnWay(value)) return remember(value.__deepcopy__(memo));
  if (isCopyable(value)) return remember(value[copying]({ memo, remember, copy: (inner) => deepcopy(inner, memo) }));
  if (value instanceof Tensor) return remember(copyTensor(value, memo));
  if (value instanceof Generator) return remember(value.clone_state());
  if (isConstant(value) || value instanceof NativeObject || typeof value === 'function') return value;
  if (ArrayBuffer.isView(value)) return remember(structuredClone(value));
  if (isBuiltin(value)) return remember(copyBuiltin(value));
  if (isMap(value)) {
    const copied = remember(new (value.constructor as MapConstructor)());
    for (const [key, inner] of value) copied.set(deepcopy(key, memo), deepcopy(inner, memo));
    return copied;
  }
  if (isSet(value)) {
    const copied = remember(new Set());
    for (const inner of value) copied.add(deepcopy(inner, memo));
    return copied;
  }
  refusePrivateFields(value);
  const copied = remember(isList(value) ? [] : Object.create(Object.getPrototypeOf(value)));
  copyProperties(value, copied, memo);
  return copied;
}

/**
 * A copy with memory of its own: of tensors, modules, arrays, Maps, Sets and objects, however nested. What is shared
 * stays shared: a tensor of two modules, the memory of views (but for parameters, each of which gets its own). A class with a method `__deepcopy__(memo)` makes its own copies.
 * @throws TorchError for a tensor that is not a leaf of the autograd graph
 * @throws TypeError for an object of a class with `#private` fields, which cannot be copied from outside
 */
export function deepcopy<Value>(value: Value, memo: Memo = new Map()): Value {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return value;
  if (!isMap(memo)) throw new TypeError(`deepcopy(): argument 'memo' must be a Map, not ${typeName(memo)}`);
  return (memo.has(value) ? memo.get(value) : copyObject(value, memo)) as Value;
}

/** A leaf over the same memory. */
export function aliasTensor(x: Tensor): Tensor {
  const copied = withClassOf(x, x.detach());
  copied.requires_grad = x.requires_grad;
  return copied;
}

/** Shares what is inside. */
const sharing: Copier = { memo: null, remember: (copied) => copied, copy: (inner) => inner };

function copyShallow(value: object): object {
  if (isCopyable(value)) return value[copying](sharing);
  if (value instanceof Tensor) return aliasTensor(value);
  if (value instanceof Generator) return value.clone_state();
  if (isConstant(value) || value instanceof NativeObject || typeof value === 'function') return value;
  if (isList(value)) return [...value];
  if (ArrayBuffer.isView(value)) return structuredClone(value);
  if (isMap(value)) return new (value.constructor as MapConstructor)(value);
  if (isSet(value)) return new Set(value);
  if (isBuiltin(value)) return copyBuiltin(value);
  refusePrivateFields(value);
  return Object.defineProperties(Object.create(Object.getPrototypeOf(value)), Object.getOwnPropertyDescriptors(value));
}

/**
 * A copy that shares what is inside: a list of the same elements, a tensor over the same memory (a leaf), a module with
 * the same parameters.
 * @throws TypeError for an object of a class with `#private` fields
 */
export function copy<Value>(value: Value): Value {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return value;
  return copyShallow(value) as Value;
}
