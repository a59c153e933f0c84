/** The classes and functions that PyTorch's files name. */

import { Complex, DType, dtypes, Layout, layouts, parseDevice } from '../base/types';
import { native } from '../native/addon';
import { call } from '../native/frame';
import * as F from '../nn/functional';
import { Parameter } from '../nn/parameter';
import { callOperator } from '../operators/operator';
import { Plain } from '../pickle/plain';
import { Callable, UnpicklingError } from '../pickle/unpickler';
import { Dict } from '../pickle/values';
import { Tensor } from '../tensor/tensor';
import { findModule, isModuleClass, moduleCallable } from './modules';
import { type SafeGlobal, safeGlobal } from './safe_globals';
import { storageTypes } from './storages';

/** The bytes of a storage, and what they are. */
export class Storage {
  constructor(
    readonly bytes: Tensor,
    readonly dtype: DType,
  ) {}
}

// ---- checked arguments: a file can give anything

function expect(holds: boolean, path: string, what: string): asserts holds {
  if (!holds) throw new UnpicklingError(`${path}: ${what}`);
}

function isIntegers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((each) => Number.isSafeInteger(each));
}

/** The attributes that Python set on a tensor; those that tensors have stay as they are. */
function setAttributes(x: Tensor, state: unknown): void {
  const attributes = new Plain().of(Array.isArray(state) ? state[0] : state);
  if (typeof attributes !== 'object' || attributes === null) return;
  for (const [name, value] of Object.entries(attributes)) {
    if (!(name in x)) Object.defineProperty(x, name, { value, writable: true, configurable: true, enumerable: true });
  }
}

function rebuildDense(path: string, args: unknown[], dtype: DType, bits: unknown): Tensor {
  const [storage, offset, size, stride, requiresGrad] = args;
  expect(storage instanceof Storage, path, 'expected a storage');
  expect(isIntegers([offset]) && isIntegers(size) && isIntegers(stride), path, 'expected whole numbers');
  let x = call(native.tensor_over_storage, storage.bytes, dtype, offset as number, size, stride);
  const isSet = (bit: string) => bits instanceof Dict && bits.entries.get(bit) === true;
  if (isSet('conj') && dtype.is_complex) x = callOperator('_conj', x);
  if (isSet('neg')) x = callOperator('_neg_view', x);
  return requiresGrad === true ? x.requires_grad_() : x;
}

function rebuildTensor(path: string, args: unknown[]): Tensor {
  const dtype = args[0] instanceof Storage ? args[0].dtype : dtypes.uint8;
  return rebuildDense(path, args, dtype, args[6]);
}

function rebuildTensorWithDType(path: string, args: unknown[]): Tensor {
  expect(args[6] instanceof DType, path, 'expected a dtype');
  return rebuildDense(path, args, args[6] as DType, args[7]);
}

function rebuildParameter(path: string, [data, requiresGrad]: unknown[]): Parameter {
  expect(data instanceof Tensor, path, 'expected a tensor');
  return new Parameter(data as Tensor, requiresGrad === true);
}

function rebuildParameterWithState(path: string, args: unknown[]): Parameter {
  const parameter = rebuildParameter(path, args);
  setAttributes(parameter, args[3]);
  return parameter;
}

/** Checks that wait for the data: older files have it after the pickle. */
let waiting: (() => void)[] | undefined;

function checkNowOrLater(indices: Tensor, check: () => void): void {
  if (indices.is_meta) return;
  if (waiting === undefined) check();
  else waiting.push(check);
}

function runAll(checks: readonly (() => void)[]): void {
  for (const check of checks) check();
}

/** Runs the callback with the indices of sparse tensors unchecked; what it gives checks them. */
export function checkingLater<Result>(load: () => Result): { result: Result; check: () => void } {
  const before = waiting;
  const checks: (() => void)[] = [];
  waiting = checks;
  try {
    return { result: load(), check: () => runAll(checks) };
  } finally {
    waiting = before;
  }
}

/** Checks the indices, unlike the operators for trusted ones. */
function rebuildSparse(path: string, [layout, parts]: unknown[]): Tensor {
  expect(layout instanceof Layout && Array.isArray(parts), path, 'expected a layout and its parts');
  const [first, second, third, fourth] = parts as unknown[];
  if (layout === layouts.sparse_coo) {
    const valid = first instanceof Tensor && second instanceof Tensor && isIntegers(third);
    expect(valid, path, 'expected indices, values and a size');
    const values = second as Tensor;
    checkNowOrLater(first as Tensor, () => callOperator('_validate_sparse_coo_tensor_args', first, values, third));
    const make = '_sparse_coo_tensor_unsafe';
    const sparse = callOperator<Tensor>(make, first, values, third, values.dtype, layout, values.device);
    return fourth === true ? callOperator('_coalesced_', sparse, true) : sparse;
  }
  const valid = first instanceof Tensor && second instanceof Tensor && third instanceof Tensor && isIntegers(fourth);
  expect(valid, path, 'expected indices, values and a size');
  const values = third as Tensor;
  checkNowOrLater(first as Tensor, () =>
    callOperator('_validate_sparse_compressed_tensor_args', first, second, values, fourth, layout),
  );
  const make = '_sparse_compressed_tensor_unsafe';
  return callOperator(make, first, second, values, fourth, values.dtype, layout, values.device);
}

function rebuildMeta(path: string, [dtype, size, stride, requiresGrad]: unknown[]): Tensor {
  expect(dtype instanceof DType && isIntegers(size) && isIntegers(stride), path, 'expected a dtype, sizes and strides');
  const x = callOperator<Tensor>('empty_strided', size, stride, dtype, null, parseDevice('meta'));
  return requiresGrad === true ? x.requires_grad_() : x;
}

/** A tensor of a subclass, or one with attributes. */
function rebuildFromType(path: string, [rebuild, , args, state]: unknown[]): unknown {
  expect(rebuild instanceof Callable && Array.isArray(args), path, 'expected a function and its arguments');
  const made = (rebuild as Callable).call(args as unknown[]);
  if (made instanceof Tensor) setAttributes(made, state);
  return made;
}

function rebuildFromCpu(path: string, [data, dtype, device, requiresGrad]: unknown[]): Tensor {
  expect(data instanceof Tensor && dtype instanceof DType && typeof device === 'string', path, 'expected a tensor');
  const x = (data as Tensor).to(parseDevice(device as string), dtype as DType);
  return requiresGrad === true ? x.requires_grad_() : x;
}

function toDict(path: string, [items = []]: unknown[]): Dict {
  if (items instanceof Dict) return new Dict(items.entries);
  const pairs = items as [unknown, unknown][];
  expect(Array.isArray(pairs) && pairs.every((pair) => Array.isArray(pair)), path, 'expected pairs');
  return new Dict(pairs);
}

function toSet(path: string, [items = []]: unknown[]): Set<unknown> {
  expect(Array.isArray(items), path, 'expected a list');
  return new Set(items as unknown[]);
}

function toBytes(path: string, [value = '', encoding = 'latin1']: unknown[]): Uint8Array {
  if (ArrayBuffer.isView(value)) return Uint8Array.from(value as Uint8Array);
  expect(typeof value === 'string' && ['latin1', 'latin-1', 'utf-8'].includes(String(encoding)), path, 'expected text');
  return Uint8Array.from(Buffer.from(value as string, encoding === 'utf-8' ? 'utf8' : 'latin1'));
}

function toComplex(path: string, [re = 0, im = 0]: unknown[]): Complex {
  expect(typeof re === 'number' && typeof im === 'number', path, 'expected two numbers');
  return new Complex(re as number, im as number);
}

function toSize(path: string, [size = []]: unknown[]): number[] {
  expect(isIntegers(size), path, 'expected whole numbers');
  return size as number[];
}

function toDevice(path: string, [type, index]: unknown[]): unknown {
  expect(typeof type === 'string', path, 'expected the name of a device');
  return parseDevice(type as string, index as number | undefined);
}

function toLayout(path: string, [name]: unknown[]): Layout {
  const layout = Object.values(layouts).find((each) => String(each) === name);
  expect(layout !== undefined, path, `unknown layout ${name}`);
  return layout!;
}

const functions: Record<string, (path: string, args: unknown[]) => unknown> = {
  'torch._utils._rebuild_tensor': rebuildTensor,
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_tensor_v3': rebuildTensorWithDType,
  'torch._utils._rebuild_parameter': rebuildParameter,
  'torch._utils._rebuild_parameter_with_state': rebuildParameterWithState,
  'torch._utils._rebuild_sparse_tensor': rebuildSparse,
  'torch._utils._rebuild_meta_tensor_no_storage': rebuildMeta,
  'torch._utils._rebuild_device_tensor_from_cpu_tensor': rebuildFromCpu,
  'torch._tensor._rebuild_from_type_v2': rebuildFromType,
  'torch.nn.parameter.Parameter': rebuildParameter,
  'torch.Size': toSize,
  'torch.device': toDevice,
  'torch.serialization._get_layout': toLayout,
  'collections.OrderedDict': toDict,
  'collections.Counter': toDict,
  'builtins.set': toSet,
  'builtins.frozenset': toSet,
  'builtins.bytearray': toBytes,
  'builtins.complex': toComplex,
  '_codecs.encode': toBytes,
};

const known = new Map<string, unknown>([
  // What layers keep to call; a pickle can name them, not call them.
  ['torch.nn.functional.relu', F.relu],
  ['torch.nn.functional.gelu', F.gelu],
  ['torch._C._nn.gelu', F.gelu],
  ...Object.entries(functions).map(([path, make]): [string, unknown] => [
    path,
    new Callable(path, (args) => make(path, args)),
  ]),
  ...Object.values(dtypes).map((dtype): [string, unknown] => [String(dtype), dtype]),
  ...storageTypes.flatMap((type): [string, unknown][] => [
    [`torch.${type.name}`, type],
    [`torch.cuda.${type.name}`, type],
    [`torch.storage.${type.name}`, type],
  ]),
  // Names of classes that stand beside a tensor's own data and say nothing more.
  ...['torch.Tensor', 'torch._tensor.Tensor', 'torch.nn.parameter.Buffer'].map((path): [string, unknown] => [
    path,
    path,
  ]),
]);

function isClass(target: SafeGlobal): target is new (...args: unknown[]) => object {
  return /^class\b/.test(Function.prototype.toString.call(target));
}

/** What the user allowed, called with plain values. */
function allowedCallable(path: string, target: SafeGlobal): Callable {
  const make = (args: unknown[]) =>
    isClass(target) ? new target(...args) : (target as (...args: unknown[]) => unknown)(...args);
  const build = (made: object, state: unknown) => {
    const plain = new Plain().of(state);
    const { __setstate__ } = made as { __setstate__?: (state: unknown) => void };
    if (typeof __setstate__ === 'function') __setstate__.call(made, plain);
    else Object.assign(made, plain);
  };
  return new Callable(path, (args) => make(new Plain().of(args) as unknown[]), build);
}

/**
 * What a pickle names.
 * @throws UnpicklingError for what is not allowed, with its name
 */
export function findGlobal(module: string, name: string): unknown {
  const path = `${module === '__builtin__' ? 'builtins' : module}.${name}`;
  const found = known.get(path);
  if (found !== undefined) return found;
  const target = safeGlobal(path);
  if (isModuleClass(target)) return moduleCallable(path, target);
  if (target !== undefined) return allowedCallable(path, target);
  const layer = findModule(path);
  if (layer !== undefined) return layer;
  throw new UnpicklingError(
    `Unsupported global: GLOBAL ${path} was not an allowed global by default. Please use ` +
      `\`torch.serialization.add_safe_globals({ '${path}': … })\` to say what stands for it here. ` +
      'Of whole modules only those made of torch.nn can be loaded without that: save a state_dict() instead.',
  );
}
