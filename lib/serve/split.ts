/** The results of a batch, sample by sample: the other way round than `default_collate`. */
import { isMap } from 'node:util/types';
import { isOptions, typeName } from '../face/arguments';
import { Tensor } from '../tensor/tensor';

type TypedArray = ArrayBufferView & { readonly length: number; subarray(begin: number, end: number): unknown };

function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && 'subarray' in value;
}

/**
 * The results of `count` samples in what a model gave for their batch. Tensors and typed arrays are taken apart along
 * dimension 0, Maps, plain objects and lists that hold such value by value; a list of anything else has one value for each
 * sample.
 * @throws TypeError or RangeError for what has no part for each sample
 */
export function split(value: unknown, count: number): unknown[] {
  if (value instanceof Tensor) return splitTensor(value, count);
  if (isTypedArray(value)) return splitArray(value, count);
  if (Array.isArray(value)) return value.some(holdsTensors) ? splitValues(value, count) : splitList(value, count);
  if (isMap(value)) {
    const parts = splitValues([...value.values()], count);
    return parts.map((part) => new Map([...value.keys()].map((key, i) => [key, part[i]])));
  }
  if (isOptions(value)) {
    const parts = splitValues(Object.values(value), count);
    return parts.map((part) => Object.fromEntries(Object.keys(value).map((key, i) => [key, part[i]])));
  }
  throw new TypeError(`the model must give tensors, or lists, Maps and plain objects of them, not ${typeName(value)}`);
}

/** Whether a value is taken apart along dimension 0, or holds what is. */
function holdsTensors(value: unknown): boolean {
  if (value instanceof Tensor || isTypedArray(value)) return true;
  if (isMap(value)) return [...value.values()].some(holdsTensors);
  return (Array.isArray(value) || isOptions(value)) && Object.values(value).some(holdsTensors);
}

function splitTensor(value: Tensor, count: number): Tensor[] {
  if (value.shape[0] === count) return value.unbind(0);
  throw new RangeError(`the model gave a tensor of shape [${value.shape.join(', ')}] for a batch of ${count}`);
}

function splitArray(value: TypedArray, count: number): unknown[] {
  const size = value.length / count;
  if (Number.isInteger(size)) return Array.from({ length: count }, (_, i) => value.subarray(i * size, (i + 1) * size));
  throw new RangeError(`the model gave an array of ${value.length} numbers for a batch of ${count}`);
}

function splitList(value: unknown[], count: number): unknown[] {
  if (value.length === count) return value;
  throw new RangeError(`the model gave a list of ${value.length} values for a batch of ${count}`);
}

/** What each sample has of several values. */
function splitValues(values: readonly unknown[], count: number): unknown[][] {
  const columns = values.map((value) => split(value, count));
  return Array.from({ length: count }, (_, i) => columns.map((column) => column[i]));
}
