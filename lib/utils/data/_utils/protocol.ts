/** Python's `len(x)` and `x[i]` for whatever stands for a dataset or a sampler. */
import { isMap } from 'node:util/types';
import { isOptions, typeName } from '../../../native/kinds';
import { Tensor } from '../../../tensor/tensor';

/** What has a number of elements. */
export interface Sized {
  readonly length: number;
}

/** @throws TypeError for what has no length */
export function lengthOf(source: unknown): number {
  const { length, size, __len__ } = (source ?? {}) as { length?: unknown; size?: unknown; __len__?: () => number };
  if (typeof length === 'number') return length;
  if (typeof __len__ === 'function') return __len__.call(source);
  if (typeof size === 'number') return size; // of a Map
  if (isOptions(source)) return Object.keys(source).length;
  throw new TypeError(`object of type '${typeName(source) || 'generator'}' has no len()`);
}

/** Reads one element. */
export type Reader<Key, Item> = (key: Key) => Item;

interface Indexable {
  index?: (key: unknown) => unknown;
  __getitem__?: (key: unknown) => unknown;
}

/** How to read an element of a Dataset, a Tensor, an array, a Map, or an object with `__getitem__`. */
export function readerOf<Key, Item>(source: unknown): Reader<Key, Item> {
  return elementReader(source) as Reader<Key, Item>;
}

function elementReader(source: unknown): Reader<never, unknown> {
  if (Array.isArray(source) || ArrayBuffer.isView(source)) return (key: number) => listItem(source as never, key);
  if (isMap(source)) return (key) => source.get(key);
  const { index, __getitem__ } = (source ?? {}) as Indexable;
  if (source instanceof Tensor || typeof __getitem__ !== 'function') {
    if (typeof index === 'function') return (key) => index.call(source, key);
    if (isOptions(source)) return (key: string) => field(source, key);
    throw new TypeError(`'${typeName(source)}' object is not subscriptable`);
  }
  return typeof index === 'function' ? (key) => index.call(source, key) : (key) => __getitem__.call(source, key);
}

/** A value of a plain object, Python's dict. */
function field(record: Record<string, unknown>, key: string): unknown {
  if (!Object.hasOwn(record, key)) throw new RangeError(`no such key: '${key}'`);
  return record[key];
}

/** An element of a list; negative positions count from the end. */
export function listItem<Item>(list: ArrayLike<Item>, position: number): Item {
  const at = position < 0 ? position + list.length : position;
  if (!(at in list)) throw new RangeError('list index out of range');
  return list[at]!;
}
