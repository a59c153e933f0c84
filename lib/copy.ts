/** Python's `copy` module: `copy.deepcopy(model)`. https://docs.python.org/3/library/copy.html */
import { TorchError } from './errors';
import { NativeObject } from './native/object';
import { copyModule } from './nn/modules/copy';
import { isModule } from './nn/modules/registry';
import { Buffer, is_lazy, Parameter } from './nn/parameter';
import { typeName } from './operators/kinds';
import { refusePrivateFields } from './private_fields';
import { Tensor } from './tensor';
import { Complex, Device, DType, Layout, MemoryFormat } from './types';

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

const constants = [DType, Device, Layout, MemoryFormat, Complex];

function isConstant(value: object): boolean {
  return constants.some((kind) => value instanceof kind);
}

/** A leaf with memory of its own; tensors that a graph made have no copy. */
function copyTensor(x: Tensor, memo: Memo): Tensor {
  if (!x.is_leaf) {
    throw new TorchError(
      'Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If you were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see https://github.com/pytorch/pytorch/pull/103001',
    );
  }
  const data = x.detach().clone();
  if (x instanceof Parameter || is_lazy(x)) return withClassOf(x, new Parameter(data, x.requires_grad));
  const copied = x instanceof Buffer ? new Buffer(data, x.persistent) : data;
  copied.requires_grad_(x.requires_grad);
  if (x.grad !== null) copied.grad = deepcopy(x.grad, memo);
  return copied;
}

/** A copy of a lazy parameter or of a subclass is of the same class. */
function withClassOf(x: Tensor, copied: Tensor): Tensor {
  Object.setPrototypeOf(copied, Object.getPrototypeOf(x));
  return copied;
}

function copyProperties(from: object, to: object, memo: Memo): void {
  for (const key of Reflect.ownKeys(from)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(from, key)!;
    if ('value' in descriptor) descriptor.value = deepcopy(descriptor.value, memo);
    Reflect.defineProperty(to, key, descriptor);
  }
}

function copyObject(value: object, memo: Memo): object {
  const remember = <T extends object>(copied: T): T => {
    memo.set(value, copied);
    return copied;
  };
  if (hasOwnWay(value)) return remember(value.__deepcopy__(memo));
  if (value instanceof Tensor) return remember(copyTensor(value, memo));
  if (isModule(value)) return copyModule(value, remember, (inner) => deepcopy(inner, memo));
  if (isConstant(value) || value instanceof NativeObject || typeof value === 'function') return value;
  if (ArrayBuffer.isView(value)) return remember(structuredClone(value));
  if (value instanceof Map) {
    const copied = remember(new (value.constructor as MapConstructor)());
    for (const [key, inner] of value) copied.set(deepcopy(key, memo), deepcopy(inner, memo));
    return copied;
  }
  if (value instanceof Set) {
    const copied = remember(new Set());
    for (const inner of value) copied.add(deepcopy(inner, memo));
    return copied;
  }
  refusePrivateFields(value);
  const copied = remember(Array.isArray(value) ? [] : Object.create(Object.getPrototypeOf(value)));
  copyProperties(value, copied, memo);
  return copied;
}

/**
 * A copy with memory of its own: of tensors, modules, arrays, Maps, Sets and objects, however nested. Tensors that two
 * modules share stay shared. A class with a method `__deepcopy__(memo)` makes its own copies.
 * @throws TorchError for a tensor that is not a leaf of the autograd graph
 * @throws TypeError for an object of a class with `#private` fields, which cannot be copied from outside
 */
export function deepcopy<Value>(value: Value, memo: Memo = new Map()): Value {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return value;
  if (!(memo instanceof Map)) throw new TypeError(`deepcopy(): argument 'memo' must be a Map, not ${typeName(memo)}`);
  return (memo.has(value) ? memo.get(value) : copyObject(value, memo)) as Value;
}
