/** `x[...]` and `x[...] = v`. */

import { missing } from '../arguments/errors';
import { layouts, type Scalar } from '../base/types';
import { native } from '../native/addon';
import { begin, endCall, finish, put, putRaw } from '../native/frame';
import { isList, Kind, kindOf, ownList, typeName } from '../native/kinds';
import { Tag } from '../native/object';
import { methodOf } from '../operators/functions';
import { callOperator } from '../operators/operator';
import { Overloads } from '../operators/overloads';
import { tables } from '../operators/tables';
import { watching } from '../operators/watch';
import { MAX_DIMS, tensor as makeTensor, type TensorData } from './creation';
import { addMembers } from './members';
import type { Tensor } from './tensor';

/**
 * One index: an integer, a slice as text (`'1:'`, `'::2'`, `':'`), `'...'`, `null` (a new dimension), a boolean, a
 * mask or index tensor, or a list of integers or booleans.
 */
export type Index = number | bigint | boolean | string | null | Tensor | readonly IndexList[];
type IndexList = number | bigint | boolean | readonly IndexList[];

type Bounds = readonly [start: number | null, stop: number | null, step: number | null];

/** Slices read before; programs write the same few. */
const slices = new Map<string, Bounds>();
const MOST_SLICES = 1024;

const slicePattern = /^\s*(-?\d+)?\s*:\s*(-?\d+)?\s*(?::\s*(-?\d+)?)?\s*$/;

function putIndex(index: Index): void {
  if (typeof index === 'string') {
    putText(index);
    return;
  }
  if (typeof index === 'number' && !Number.isInteger(index)) {
    throw new RangeError(
      'only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got number)',
    );
  }
  put(index);
}

function boundsOf(text: string): Bounds {
  return slices.get(text) ?? readSlice(text);
}

function putText(text: string): void {
  if (text === '...') {
    putRaw(Tag.NotGiven);
    return;
  }
  const [start, stop, step] = boundsOf(text);
  putRaw(Tag.List);
  putRaw(3);
  put(start);
  put(stop);
  put(step);
}

/** A bound as a number; what is beyond every size may as well be less. */
function clamped(bound: string): number {
  return Math.max(Math.min(Number(bound), Number.MAX_SAFE_INTEGER), Number.MIN_SAFE_INTEGER);
}

function readSlice(text: string): Bounds {
  const match = slicePattern.exec(text);
  if (match === null) throw new RangeError(`'${text}' is not an index: slices look like '1:', ':-1', '::2'`);
  const [start, stop, step] = match.slice(1).map((bound) => (bound === undefined ? null : clamped(bound)));
  if (step === 0) throw new RangeError('slice step cannot be zero');
  const bounds: Bounds = [start!, stop!, step!];
  if (slices.size === MOST_SLICES) slices.clear();
  slices.set(text, bounds);
  return bounds;
}

/** How long a list can be that Python takes for several indices. */
const MOST_UNWRAPPED = 31;

/** `x[[[0, 1], [1, 2]]]` is `x[[0, 1], [1, 2]]`: one list of lists, or of what is no number, is several indices. */
function unwrapped(indices: readonly Index[]): readonly Index[] {
  const [only] = indices;
  if (indices.length !== 1 || !isList(only) || only.length > MOST_UNWRAPPED) return indices;
  return only.some((each) => typeof each === 'object' || typeof each === 'string') ? only : indices;
}

/** Lists become tensors before the frame is filled, since making a tensor uses the frame. */
function prepared(given: readonly Index[]): readonly Index[] {
  if (!given.some(isList)) return given;
  const indices = unwrapped(given);
  return indices.map((index) => (isList(index) ? listIndex(index) : index));
}

/** Whole numbers as bigints, which make int64 tensors. */
function integral(value: IndexList, depth: number): IndexList {
  if (depth > MAX_DIMS) throw new RangeError("too many dimensions 'Array'"); // or a list that contains itself
  if (isList(value)) return value.map((each) => integral(each, depth + 1));
  if (typeof value !== 'number') return value;
  if (!Number.isInteger(value)) {
    throw new RangeError('tensors used as indices must be long, int, byte or bool tensors');
  }
  return BigInt(value);
}

function listIndex(list: readonly IndexList[]): Tensor {
  if (list.length === 0) return makeTensor([], { dtype: 'int64' });
  return makeTensor(list.map((each) => integral(each, 1)) as TensorData);
}

function begunWith(x: Tensor, indices: readonly Index[]): void {
  const ready = prepared(ownList(indices));
  begin();
  try {
    put(x);
    putRaw(Tag.List);
    putRaw(ready.length);
    for (const index of ready) putIndex(index);
  } catch (error) {
    endCall();
    throw error;
  }
}

/** `x[index]`. */
function atOne(x: Tensor, index: Index): Tensor {
  if (typeof index === 'number' && Number.isInteger(index)) {
    begin();
    put(x);
    put(index);
    return finish(native.tensor_select);
  }
  if (typeof index === 'string' && index !== '...') {
    const [start, stop, step] = boundsOf(index);
    begin();
    put(x);
    put(start);
    put(stop);
    put(step);
    return finish(native.tensor_slice);
  }
  return at(x, [index]);
}

/** `x[indices]`; none make an alias. */
function at(x: Tensor, indices: readonly Index[]): Tensor {
  if (indices.length === 0) return callOperator('alias', x);
  begunWith(x, indices);
  return finish(native.tensor_index);
}

/** PyTorch's method of that name, which takes only tensors. */
const operator = methodOf(new Overloads('index_put_', tables.methods.index_put_!, true));

function checkedList(indices: readonly Index[]): readonly Index[] {
  if (isList(indices)) return indices;
  throw new TypeError(
    `index_put_(): argument 'indices' (position 1) must be a list of indices, not ${typeName(indices)}`,
  );
}

function isAssignable(value: unknown): boolean {
  const kind = kindOf(value);
  return kind === Kind.Tensor || (kind >= Kind.Int && kind <= Kind.Complex);
}

/** `x[indices] = value`, or with `accumulate` an addition at those places. */
function put_(x: Tensor, indices: readonly Index[], value: Tensor | Scalar, accumulate: boolean): void {
  if (accumulate) {
    operator.call(x, prepared(ownList(checkedList(indices))), value, true);
    return;
  }
  if (!isAssignable(value)) throw new TypeError(`can't assign a ${typeName(value)} to a ${x.type()}`);
  if (x.layout !== layouts.strided) throw new TypeError('Cannot assign to a sparse tensor');
  if (typeof value === 'bigint' && BigInt.asIntN(64, value) !== value) {
    throw new RangeError('Overflow when unpacking long long');
  }
  watching.writes?.([x]);
  if (checkedList(indices).length === 0) {
    put_(x, ['...'], value, false);
    return;
  }
  begunWith(x, checkedList(indices));
  put(value);
  finish(native.tensor_index_put);
}

/** What Tensor has of it. */
export interface IndexingMembers {
  /**
   * `x[...]`: `x.index(0)`, `x.index(':', '1:3')`, `x.index('...', null)`, `x.index(mask)`, `x.index([0, 2])`.
   * @throws RangeError for an index out of range
   *
   * @example
   * const x = torch.arange(6).reshape(2, 3);
   * console.log(x.index(0)); // tensor([0, 1, 2])
   * console.log(x.index(':', '1:')); // tensor([[1, 2],
   * //         [4, 5]])
   * console.log(x.index(x.gt(3))); // tensor([4, 5])
   */
  index(...indices: Index[]): Tensor;

  /**
   * `x[...] = value`, or PyTorch's own index_put_ when all indices are tensors.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.index_put_.html
   * @throws RangeError for an index out of range
   *
   * @example
   * console.log(torch.zeros(2, 3).index_put_([0, '1:'], 5));
   * // tensor([[0., 5., 5.],
   * //         [0., 0., 0.]])
   */
  index_put_(indices: Index[], value: Tensor | Scalar, accumulate?: boolean | { accumulate?: boolean }): this;

  /** The slices along the first dimension. */
  [Symbol.iterator](): IterableIterator<Tensor>;
}

declare module './tensor' {
  interface Tensor extends IndexingMembers {}
}

const parameters = ['indices', 'values'];

/** Adds indexing to Tensor. */
export function addIndexing(): void {
  addMembers<IndexingMembers>({
    index(...indices) {
      return indices.length === 1 ? atOne(this, indices[0]!) : at(this, indices);
    },

    index_put_(indices, value, accumulate = false) {
      if (value === undefined) throw missing('index_put_', indices === undefined ? parameters : ['values'], parameters);
      put_(this, indices, value, typeof accumulate === 'object' ? (accumulate?.accumulate ?? false) : accumulate);
      return this;
    },

    [Symbol.iterator]() {
      if (this.dim() === 0) throw new TypeError('iteration over a 0-d tensor');
      return this.unbind(0)[Symbol.iterator]();
    },
  });
}
