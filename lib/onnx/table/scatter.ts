/** Operators that read and write elements at indices. */
import { isTensor } from '../../arguments/checks';
import { dtypes } from '../../base/types';
import type { Name } from '../builder';
import { type Call, Unsupported } from '../call';
import type { Table } from '../table';
import type { Computed, Value } from '../values';

/** A tensor among indices; undefined for one that takes all. */
function indexOf(call: Call, item: Value): Computed | undefined {
  if (item.kind === 'list') throw new Unsupported('it has a list among its indices');
  if (item.kind === 'known' && !isTensor(item.value)) return undefined;
  return item.kind === 'known' ? call.computedOf(item.value, 'indices') : item;
}

function indicesOf(call: Call): (Computed | undefined)[] {
  const indices = call.arg('indices');
  if (indices.kind === 'list') return indices.items.map((item) => indexOf(call, item));
  return call.tensors('indices');
}

const isMask = ({ dtype }: Computed) => dtype === dtypes.bool || dtype === dtypes.uint8;

/** Indices below zero count from the end; ONNX's operators of many indices take none. */
function wrapped(call: Call, index: Computed, size: Value): Name {
  const { build } = call;
  const whole = build.cast(index.name, index.dtype, dtypes.int64);
  const length = size.kind === 'known' ? build.scalar(Number(size.value), dtypes.int64) : (size as Computed).name;
  const isNegative = build.op('Less', [whole, build.scalar(0, dtypes.int64)]);
  return build.op('Where', [isNegative, build.op('Add', [whole, length]), whole]);
}

/** Indices of several dimensions, one after another, in one tensor whose last dimension has a place for each. */
function places(call: Call, x: Computed, indices: readonly Computed[], first: number): Name {
  const { build } = call;
  const last = build.ints([-1]);
  const rank = Math.max(...indices.map(({ sizes }) => sizes.length));
  const names = indices.map((index, i) => wrapped(call, index, call.size(x, first + i)));
  const isSame = indices.every(({ sizes, dynamic }) => {
    return sizes.length === rank && String(sizes) === String(indices[0]!.sizes) && !dynamic.includes(true);
  });
  const shapes = isSame ? [] : names.map((name) => build.op('Shape', [name]));
  const sum = () => build.op('Shape', [names.reduce((a, b) => build.op('Add', [a, b]))]); // what they broadcast to
  const shape = shapes.length === 0 ? undefined : sum();
  const parts = names.map((name) => {
    return build.op('Unsqueeze', [shape === undefined ? name : build.op('Expand', [name, shape]), last]);
  });
  return parts.length === 1 ? parts[0]! : build.op('Concat', parts, { axis: -1 });
}

/** Indices in neighbouring dimensions, and the first of these; others are refused. */
function neighbours(indices: readonly (Computed | undefined)[]): [first: number, given: Computed[]] {
  const first = indices.findIndex((each) => each !== undefined);
  const given = indices.slice(first).filter((each): each is Computed => each !== undefined);
  if (indices.slice(first, first + given.length).includes(undefined)) {
    throw new Unsupported('it is exported with index tensors in neighbouring dimensions only');
  }
  return [first, given];
}

/** The order of dimensions that has those from `first` on in front, and the one back. */
function turned(rank: number, first: number, count: number, merged: number): [there: number[], back: number[]] {
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  const there = [...range(first, first + count), ...range(0, first), ...range(first + count, rank)];
  const result = rank - count + merged;
  const back = [...range(merged, merged + first), ...range(0, merged), ...range(merged + first, result)];
  return [there, back];
}

function indexed(call: Call): Name | Value {
  const { build } = call;
  const x = call.computed('self');
  const [first, given] = neighbours(indicesOf(call));
  const [only] = given as [Computed];
  if (given.some(isMask)) {
    if (given.length > 1) throw new Unsupported('it is exported with one mask only');
    return call.madeOpen(masked(call, x, only, first));
  }
  if (given.length === 1) return build.op('Gather', [x.name, only.name], { axis: first });
  const merged = Math.max(...given.map(({ sizes }) => sizes.length));
  const [there, back] = turned(x.sizes.length, first, given.length, merged);
  const front = first === 0 ? x.name : build.op('Transpose', [x.name], { perm: there });
  const found = build.op('GatherND', [front, places(call, x, given, first)]);
  return first === 0 ? found : build.op('Transpose', [found], { perm: back });
}

/** The places where a mask is true, a row for each. */
function truePlaces(call: Call, mask: Computed): Name {
  const { build } = call;
  const flags = build.cast(mask.name, mask.dtype, dtypes.bool);
  return build.op('Transpose', [build.op('NonZero', [flags])], { perm: [1, 0] });
}

function masked(call: Call, x: Computed, mask: Computed, first: number): Name {
  if (first !== 0) throw new Unsupported('it is exported with a mask of the first dimensions only');
  return call.build.op('GatherND', [x.name, truePlaces(call, mask)]);
}

/** `x[indices] = values` as a new tensor. */
function indexPut(call: Call): Name {
  const { build } = call;
  const x = call.computed('self');
  const [first, given] = neighbours(indicesOf(call));
  if (first !== 0) throw new Unsupported('it is exported with indices of the first dimensions only');
  const values = call.computed('values');
  const sums = call.flag('accumulate');
  const [mask] = given as [Computed];
  if (isMask(mask)) {
    if (given.length > 1 || sums) throw new Unsupported('it is exported with one mask, and without accumulate only');
    if (values.sizes.length > 0) throw new Unsupported('it is exported with a mask and one value only');
    const missing = x.sizes.length - mask.sizes.length;
    const axes = Array.from({ length: missing }, (_, i) => mask.sizes.length + i);
    const flags = build.cast(mask.name, mask.dtype, dtypes.bool);
    const wide = missing === 0 ? flags : build.op('Unsqueeze', [flags, build.ints(axes)]);
    return build.op('Where', [wide, values.name, x.name]);
  }
  const at = places(call, x, given, 0);
  const shape = build.op('Shape', [build.op('GatherND', [x.name, at])]);
  const wide = build.op('Expand', [values.name, shape]);
  return build.op('ScatterND', [x.name, at, wide], sums ? { reduction: 'add' } : {});
}

const reductions: Readonly<Record<string, string>> = {
  sum: 'add',
  prod: 'mul',
  amax: 'max',
  amin: 'min',
  add: 'add',
  multiply: 'mul',
};

function scatter(reduction?: string) {
  return (call: Call): Name => {
    const { build } = call;
    const x = call.computed('self');
    const axis = call.axis('dim', x.sizes.length);
    const index = call.computed('index');
    const named = call.has('reduce') ? String(call.known('reduce')) : undefined;
    const kind = reduction ?? (named === undefined ? 'none' : reductions[named]);
    if (kind === undefined || (call.has('include_self') && !call.flag('include_self'))) {
      throw new Unsupported('it is exported with sum, prod, amax and amin, and include_self only');
    }
    const at = build.cast(index.name, index.dtype, dtypes.int64);
    return build.op('ScatterElements', [x.name, at, sourceOf(call, x, index, at)], { axis, reduction: kind });
  };
}

/** As many elements of the source as there are indices; a number for all of them. */
function sourceOf(call: Call, x: Computed, index: Computed, at: Name): Name {
  const { build } = call;
  const shape = build.op('Shape', [at]);
  if (!call.has('src')) return build.op('Expand', [call.name('value', x.dtype), shape]);
  const source = call.computed('src');
  const name = build.cast(source.name, source.dtype, x.dtype);
  if (String(source.sizes) === String(index.sizes)) return name;
  const zeros = build.ints(source.sizes.map(() => 0));
  return build.op('Slice', [name, zeros, shape]);
}

/** Whole slices at the places of a dimension, written or added. */
function slices(write: (call: Call, x: Computed, at: Name, shape: Name) => Name, reduction: string) {
  return (call: Call): Name => {
    const { build } = call;
    const x = call.computed('self');
    const axis = call.axis('dim', x.sizes.length);
    const index = wrapped(call, call.computed('index'), call.size(x, axis));
    const shape = build.op('Shape', [build.op('Gather', [x.name, index], { axis })]);
    const wide = build.ints(x.sizes.map((_, dim) => (dim === axis ? -1 : 1)));
    const at = build.op('Expand', [build.op('Reshape', [index, wide]), shape]);
    return build.op('ScatterElements', [x.name, at, write(call, x, at, shape)], { axis, reduction });
  };
}

/** A part of a tensor, as the operator that takes such a part would see it, with another in its place. */
function sliceScatter(call: Call): Name {
  const { build } = call;
  const x = call.computed('self');
  const axis = call.axis('dim', x.sizes.length);
  const end = build.scalar(2n ** 63n - 1n, dtypes.int64);
  const length = call.joined([call.size(x, axis)]);
  const all = build.op('Range', [
    build.scalar(0, dtypes.int64),
    build.op('Squeeze', [length, build.ints([0])]),
    build.scalar(1, dtypes.int64),
  ]);
  const one = (parameter: string, otherwise: Name) => (call.has(parameter) ? call.sizes(parameter) : otherwise);
  const zero = build.ints([0]);
  const ends = build.op('Unsqueeze', [end, zero]);
  const range = [one('start', zero), one('end', ends), zero, one('step', build.ints([1]))];
  const picked = build.op('Slice', [all, ...range]);
  const src = call.computed('src');
  const wide = build.op('Reshape', [picked, build.ints(x.sizes.map((_, dim) => (dim === axis ? -1 : 1)))]);
  const at = build.op('Expand', [wide, build.op('Shape', [src.name])]);
  return build.op('ScatterElements', [x.name, at, src.name], { axis });
}

function selectScatter(call: Call): Name {
  const { build } = call;
  const x = call.computed('self');
  const axis = call.axis('dim', x.sizes.length);
  const index: Computed = { ...call.computed('index'), dtype: dtypes.int64 };
  const src = build.op('Unsqueeze', [call.name('src'), build.ints([axis])]);
  const at = build.op('Expand', [wrapped(call, index, call.size(x, axis)), build.op('Shape', [src])]);
  return build.op('ScatterElements', [x.name, at, src], { axis });
}

function taken(call: Call): Name {
  const flat = call.build.op('Reshape', [call.name('self'), call.build.ints([-1])]);
  return call.build.op('Gather', [flat, call.name('index')], { axis: 0 });
}

function takenAlong(call: Call): Name {
  const x = call.computed('self');
  const indices = call.name('indices', dtypes.int64);
  if (!call.has('dim')) {
    const flat = call.build.op('Reshape', [x.name, call.build.ints([-1])]);
    return call.build.op('Gather', [flat, call.build.op('Reshape', [indices, call.build.ints([-1])])], { axis: 0 });
  }
  return call.build.op('GatherElements', [x.name, indices], { axis: call.axis('dim', x.sizes.length) });
}

export const scattering: Table = {
  index: indexed,
  index_put: indexPut,
  _unsafe_index: indexed,
  _unsafe_index_put: indexPut,
  scatter: scatter(),
  scatter_add: scatter('add'),
  scatter_reduce: scatter(),
  index_add: slices((call, x, _at, shape) => {
    const source = call.build.op('Expand', [call.name('source', x.dtype), shape]);
    const alpha = call.number('alpha', 1);
    return alpha === 1 ? source : call.build.op('Mul', [source, call.build.scalar(alpha, x.dtype)]);
  }, 'add'),
  index_copy: slices((call, x, _at, shape) => call.build.op('Expand', [call.name('source', x.dtype), shape]), 'none'),
  index_fill: slices((call, x, _at, shape) => call.build.op('Expand', [call.name('value', x.dtype), shape]), 'none'),
  slice_scatter: sliceScatter,
  select_scatter: selectScatter,
  take: taken,
  take_along_dim: takenAlong,
  masked_select: (call) => {
    const x = call.computed('self');
    const mask = call.computed('mask');
    const shape = call.build.op('Shape', [x.name]);
    const wide = { ...mask, name: call.build.op('Expand', [mask.name, shape]) };
    return call.madeOpen(call.build.op('GatherND', [x.name, truePlaces(call, wide)]));
  },
  nonzero: (call) => call.madeOpen(truePlaces(call, call.computed('self'))),
  argwhere: (call) => call.madeOpen(truePlaces(call, call.computed('self'))),
};
