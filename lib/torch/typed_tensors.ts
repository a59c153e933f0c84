/** The classes of old that say a dtype: `torch.LongTensor([1, 2])`. https://docs.pytorch.org/docs/2.13/tensors.html#data-types */

import { areSizes } from '../arguments/integers';
import { TorchError } from '../base/errors';
import { type DeviceLike, type DType, type Layout, layouts, parseDevice, scalarTypes } from '../base/types';
import { isOptions, typeName } from '../native/kinds';
import { sparse_coo_tensor } from '../sparse/creation';
import { tensor as makeTensor, set_default_dtype, type TensorData } from '../tensor/creation';
import { _torch } from '../tensor/namespaces';
import { Tensor } from '../tensor/tensor';

/**
 * Makes tensors of one dtype, with or without `new`; `instanceof` asks for the dtype.
 * https://docs.pytorch.org/docs/2.13/tensors.html#data-types
 */
export interface TypedTensor {
  /** A tensor of this dtype with these sizes, uninitialized. */
  (...sizes: number[]): Tensor;
  /** A tensor of this dtype with these elements. */
  (data: TensorData): Tensor;
  /** With its device by name: the CPU. */
  (options: OnDevice): Tensor;
  /** A tensor of this dtype with these sizes, uninitialized. */
  new (...sizes: number[]): Tensor;
  /** A tensor of this dtype with these elements. */
  new (data: TensorData): Tensor;
  /** With its device by name: the CPU. */
  new (options: OnDevice): Tensor;
  readonly dtype: DType;
  readonly layout: Layout;
}

/** A device may be named, but these classes are the CPU's. */
export interface OnDevice {
  device?: DeviceLike | null;
}

const { Float, Double, Half, BFloat16, Byte, Char, Short, Int, Long, Bool } = scalarTypes;
const names = { Float, Double, Half, BFloat16, Byte, Char, Short, Int, Long, Bool };

function withoutDevice(args: readonly unknown[]): readonly unknown[] {
  const options = args.at(-1);
  if (!isOptions(options) || Object.keys(options).some((name) => name !== 'device')) return args;
  const { device } = options as OnDevice;
  const type = device === undefined || device === null ? 'cpu' : parseDevice(device).type;
  if (type !== 'cpu') {
    throw new TorchError(`legacy constructor expects device type: cpu but device type: ${type} was passed`);
  }
  return args.slice(0, -1);
}

/** What such a class makes of its arguments: an uninitialized tensor of sizes, or one of data. */
export function fromArguments(dtype: DType, given: readonly unknown[]): Tensor {
  const args = withoutDevice(given);
  if (areSizes(args)) {
    return _torch.empty(args.length > 0 ? args : [0], { dtype, device: 'cpu' });
  }
  const [data] = args;
  if (data instanceof Tensor) {
    if (data.dtype !== dtype) throw new TypeError(`expected a tensor of ${dtype} (got ${data.dtype})`);
    return data.detach();
  }
  if (typeof data !== 'object' || data === null) throw new TypeError(`new(): invalid data type '${typeName(data)}'`);
  return makeTensor(data as TensorData, { dtype });
}

function typed(name: string, dtype: DType, layout: Layout, make: (...args: unknown[]) => Tensor): TypedTensor {
  const has = (x: Tensor) => x.dtype === dtype && x.layout === layout;
  return Object.defineProperties(
    function typedTensor(...args: unknown[]) {
      return make(...args);
    },
    {
      name: { value: name },
      dtype: { value: dtype },
      layout: { value: layout },
      [Symbol.hasInstance]: { value: (value: unknown) => value instanceof Tensor && has(value) },
    },
  ) as TypedTensor;
}

type Names = `${keyof typeof names}Tensor`;

function forEachName<Value>(make: (name: string, dtype: DType) => Value): Record<Names, Value> {
  const entries = Object.entries(names).map(([name, dtype]) => [`${name}Tensor`, make(`${name}Tensor`, dtype)]);
  return Object.fromEntries(entries) as Record<Names, Value>;
}

/** FloatTensor, LongTensor, … */
export const typedTensors = forEachName((name, dtype) =>
  typed(name, dtype, layouts.strided, (...args) => fromArguments(dtype, args)),
);

/** The same of torch.sparse: `torch.sparse.FloatTensor(indices, values, size)`. */
export const typedSparseTensors = forEachName((name, dtype) =>
  typed(name, dtype, layouts.sparse_coo, (...args) => {
    const options = { dtype };
    if (args.length < 2) return sparse_coo_tensor((args[0] as number[] | undefined) ?? [0], options);
    const [indices, values, size] = args as [TensorData, TensorData, number[] | undefined];
    return size === undefined
      ? sparse_coo_tensor(indices, values, options)
      : sparse_coo_tensor(indices, values, size, options);
  }),
);

/** Deprecated: `set_default_dtype` and `set_default_device`. */
export function set_default_tensor_type(type: string | TypedTensor): void {
  const name = typeof type === 'string' ? type.replace(/^torch\./, '') : type.name;
  const found = Object.entries(names).find(([prefix]) => `${prefix}Tensor` === name);
  if (found === undefined) throw new TypeError(`invalid type object: ${name}`);
  set_default_dtype(found[1]);
}

/** The old name of a tensor's type, or of another value's class. https://docs.pytorch.org/docs/2.13/generated/torch.typename.html */
export function typename(value: unknown): string {
  return value instanceof Tensor ? value.type() : typeName(value);
}
