/** The classes of old that say a dtype: `torch.LongTensor([1, 2])`. https://docs.pytorch.org/docs/2.13/tensors.html#data-types */

import { areSizes } from '../arguments/integers';
import { type DType, layouts, scalarTypes } from '../base/types';
import { typeName } from '../native/kinds';
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
  /** A tensor of this dtype with these sizes, uninitialized. */
  new (...sizes: number[]): Tensor;
  /** A tensor of this dtype with these elements. */
  new (data: TensorData): Tensor;
}

const { Float, Double, Half, BFloat16, Byte, Char, Short, Int, Long, Bool } = scalarTypes;
const names = { Float, Double, Half, BFloat16, Byte, Char, Short, Int, Long, Bool };

/** What such a class makes of its arguments: an uninitialized tensor of sizes, or one of data. */
export function fromArguments(dtype: DType, args: readonly unknown[]): Tensor {
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

function typed(name: string, make: (...args: unknown[]) => Tensor, has: (x: Tensor) => boolean): TypedTensor {
  return Object.defineProperties(
    function typedTensor(...args: unknown[]) {
      return make(...args);
    },
    {
      name: { value: name },
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
  typed(
    name,
    (...args) => fromArguments(dtype, args),
    (x) => x.dtype === dtype && x.layout === layouts.strided,
  ),
);

/** The same of torch.sparse: `torch.sparse.FloatTensor(indices, values, size)`. */
export const typedSparseTensors = forEachName((name, dtype) =>
  typed(
    name,
    (...args) => {
      const options = { dtype };
      if (args.length < 2) return sparse_coo_tensor((args[0] as number[] | undefined) ?? [0], options);
      const [indices, values, size] = args as [TensorData, TensorData, number[] | undefined];
      return size === undefined
        ? sparse_coo_tensor(indices, values, options)
        : sparse_coo_tensor(indices, values, size, options);
    },
    (x) => x.dtype === dtype && x.layout === layouts.sparse_coo,
  ),
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
