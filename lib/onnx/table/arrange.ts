/** Operators that arrange elements anew, and those that join tensors, beyond the common ones. */
import { dtypes } from '../../base/types';
import { _torch } from '../../tensor/namespaces';
import { ABSENT, type Name } from '../builder';
import { type Call, Unsupported } from '../call';
import type { Rule, Table } from '../table';
import { type Computed, known, type Value } from '../values';

const rankOf = (x: Computed) => x.sizes.length;
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** From the last element of these dimensions to the first. */
function flipped(call: Call, name: Name, axes: readonly number[]): Name {
  const { build } = call;
  const all = (value: number | bigint) => build.ints(axes.map(() => value));
  return build.op('Slice', [name, all(-1), all(-(2n ** 63n)), build.ints(axes), all(-1)]);
}

/** The last elements of a dimension come first. */
function rolledAlong(call: Call, x: Computed, name: Name, axis: number, shift: number): Name {
  const { build } = call;
  const size = call.fixed(x, axis);
  const by = size === 0 ? 0 : ((shift % size) + size) % size;
  if (by === 0) return name;
  const parts = build.nodeOf('Split', [name, build.ints([size - by, by])], 2, { axis });
  return build.op('Concat', [parts[1]!, parts[0]!], { axis });
}

function rolled(call: Call): Name {
  const { build } = call;
  const x = call.computed('self');
  const shifts = call.numbers('shifts');
  const dims = call.has('dims') ? call.numbers('dims') : [];
  if (dims.length === 0) {
    const flat = build.op('Reshape', [x.name, build.ints([-1])]);
    const count = x.sizes.reduce((product, size) => product * size, 1);
    const one: Computed = { ...x, name: flat, sizes: [count], dynamic: [x.dynamic.includes(true)] };
    return build.op('Reshape', [rolledAlong(call, one, flat, 0, shifts[0]!), build.op('Shape', [x.name])]);
  }
  return dims.reduce((name, dim, i) => rolledAlong(call, x, name, (dim + rankOf(x)) % rankOf(x), shifts[i]!), x.name);
}

/** Windows of a dimension, in a dimension at the end. */
function unfolded(call: Call): Name {
  const { build } = call;
  const x = call.computed('self');
  const axis = call.axis('dimension', rankOf(x));
  const [size, step] = [call.number('size'), call.number('step')];
  const count = Math.floor((call.fixed(x, axis) - size) / step) + 1;
  const index = _torch.arange(0, count).mul(step).unsqueeze(1).add(_torch.arange(0, size)).to(dtypes.int64);
  const windows = build.op('Gather', [x.name, build.constant(index)], { axis });
  const rank = rankOf(x) + 1;
  const order = [...range(0, axis + 1), ...range(axis + 2, rank), axis + 1];
  return build.op('Transpose', [windows], { perm: order });
}

function moved(call: Call): Name {
  const rank = rankOf(call.computed('self'));
  const [from, to] = ['source', 'destination'].map((name) => call.numbers(name).map((dim) => (dim + rank) % rank)) as [
    number[],
    number[],
  ];
  const rest = range(0, rank).filter((dim) => !from.includes(dim));
  const order = range(0, rank).map((dim) => (to.includes(dim) ? from[to.indexOf(dim)]! : rest.shift()!));
  return call.build.op('Transpose', [call.name('self')], { perm: order });
}

const swapped =
  (first: string, second: string): Rule =>
  (call) => {
    const rank = rankOf(call.computed('self'));
    const order = range(0, rank);
    const [a, b] = [call.axis(first, rank), call.axis(second, rank)];
    [order[a], order[b]] = [b, a];
    return call.build.op('Transpose', [call.name('self')], { perm: order });
  };

/** The elements on a diagonal of two dimensions, in a dimension at the end. */
function diagonal(call: Call): Name {
  const { build } = call;
  const x = call.computed('self');
  const rank = rankOf(x);
  const [a, b] = call.has('dim1') ? [call.axis('dim1', rank), call.axis('dim2', rank)] : [0, 1];
  const parameter = call.has('offset') ? 'offset' : 'diagonal';
  const offset = call.has(parameter) ? call.number(parameter) : 0;
  const [rows, columns] = [call.fixed(x, a), call.fixed(x, b)];
  const [top, left] = [Math.max(-offset, 0), Math.max(offset, 0)];
  const count = Math.max(Math.min(rows - top, columns - left), 0);
  const order = [...range(0, rank).filter((dim) => dim !== a && dim !== b), a, b];
  const turned = build.op('Transpose', [x.name], { perm: order });
  const merged = [...order.slice(0, -2).map((dim) => call.size(x, dim)), known(rows * columns)];
  const flat = build.op('Reshape', [turned, call.joined(merged)]);
  const places = range(0, count).map((i) => (top + i) * columns + left + i);
  return build.op('Gather', [flat, build.ints(places)], { axis: rank - 2 });
}

function diag(call: Call): Name {
  if (rankOf(call.computed('self')) !== 2) throw new Unsupported('it is exported of matrices only');
  return diagonal(call);
}

function outer(call: Call): Name {
  const { build } = call;
  const { dtype } = call.result;
  const other = call.has('vec2') ? 'vec2' : 'other';
  const column = build.op('Unsqueeze', [call.name('self', dtype), build.ints([1])]);
  return build.op('Mul', [column, build.op('Unsqueeze', [call.name(other, dtype), build.ints([0])])]);
}

/** The tensors of a list with at least so many dimensions, joined along one. */
const joinedAlong =
  (axisOf: (rank: number) => number, raise: (call: Call, x: Computed) => Name): Rule =>
  (call) => {
    const { dtype, sizes } = call.result;
    const names = call.tensors('tensors').map((x) => call.build.cast(raise(call, x), x.dtype, dtype));
    return call.build.op('Concat', names, { axis: axisOf(sizes.length) });
  };

const asRow = (call: Call, x: Computed): Name => {
  if (rankOf(x) > 1) return x.name;
  return call.build.op('Reshape', [x.name, call.build.ints([1, -1])]);
};
const asColumn = (call: Call, x: Computed): Name => {
  if (rankOf(x) > 1) return x.name;
  return call.build.op('Reshape', [x.name, call.build.ints([-1, 1])]);
};
const asVector = (call: Call, x: Computed): Name =>
  rankOf(x) > 0 ? x.name : call.build.op('Reshape', [x.name, call.build.ints([1])]);

function grid(call: Call): Value {
  const { build } = call;
  const given = call.tensors('tensors');
  const byColumn = call.has('indexing') && call.known('indexing') === 'xy' && given.length > 1;
  const places = given.map((_, i) => (byColumn && i < 2 ? 1 - i : i));
  const sizes = places.map((at) => call.size(given[at]!, 0));
  const shape = call.joined(sizes);
  const names = given.map((x, i) => {
    const wide = build.ints(given.map((_, dim) => (dim === places[i]! ? -1 : 1)));
    return build.op('Expand', [build.op('Reshape', [x.name, wide]), shape]);
  });
  const facts = {
    sizes: places.map((at) => given[at]!.sizes[0] ?? 1),
    dynamic: places.map((at) => given[at]!.dynamic[0] ?? false),
  };
  return call.madeList(names, (i) => ({ dtype: given[i]!.dtype, ...facts }));
}

function oneHot(call: Call): Name {
  const { build } = call;
  const classes = call.number('num_classes');
  if (classes < 0) throw new Unsupported('it is exported with num_classes only');
  const values = build.ints([0, 1]);
  return build.op('OneHot', [call.name('self'), build.scalar(classes, dtypes.int64), values], { axis: -1 });
}

/** Each pixel's neighbours from channels, and back: views, and a transpose between them. */
function pixelUnshuffled(call: Call): Name {
  const { build } = call;
  const x = call.computed('self');
  const factor = call.number('downscale_factor');
  if (rankOf(x) !== 4) throw new Unsupported('it is exported with a batch only');
  const [c, h, w] = [1, 2, 3].map((dim) => call.fixed(x, dim)) as [number, number, number];
  const wide = build.ints([-1, c, h / factor, factor, w / factor, factor]);
  const turned = build.op('Transpose', [build.op('Reshape', [x.name, wide])], { perm: [0, 1, 3, 5, 2, 4] });
  return build.op('Reshape', [turned, build.ints([-1, c * factor * factor, h / factor, w / factor])]);
}

function channelShuffled(call: Call): Name {
  const { build } = call;
  const x = call.computed('self');
  const groups = call.number('groups');
  const rest = range(2, rankOf(x)).map((dim) => call.size(x, dim));
  const channels = call.fixed(x, 1);
  const wide = call.joined([known(-1), known(groups), known(channels / groups), ...rest]);
  const order = [0, 2, 1, ...range(3, rankOf(x) + 1)];
  const turned = build.op('Transpose', [build.op('Reshape', [x.name, wide])], { perm: order });
  return build.op('Reshape', [turned, build.op('Shape', [x.name])]);
}

/** Patches of an image, as columns. */
function columns(call: Call): Name {
  const { build } = call;
  const x = call.computed('self');
  if (rankOf(x) !== 4) throw new Unsupported('it is exported with a batch only');
  const two = (name: string) => {
    const given = call.numbers(name, 2);
    return given.length === 1 ? [given[0]!, given[0]!] : given;
  };
  const [kernel, dilation, padding, stride] = ['kernel_size', 'dilation', 'padding', 'stride'].map(two) as [
    number[],
    number[],
    number[],
    number[],
  ];
  const pads = [0, 0, padding[0]!, padding[1]!, 0, 0, padding[0]!, padding[1]!];
  const padded = build.op('Pad', [x.name, build.ints(pads), build.scalar(0, x.dtype)], { mode: 'constant' });
  const index = (axis: 0 | 1) => {
    const size = call.fixed(x, 2 + axis) + 2 * padding[axis]!;
    const count = Math.floor((size - dilation[axis]! * (kernel[axis]! - 1) - 1) / stride[axis]!) + 1;
    const starts = _torch.arange(0, count).mul(stride[axis]!);
    return _torch.arange(0, kernel[axis]!).mul(dilation[axis]!).unsqueeze(1).add(starts).to(dtypes.int64);
  };
  const rows = build.op('Gather', [padded, build.constant(index(0))], { axis: 2 }); // (n, c, kh, h, w)
  const both = build.op('Gather', [rows, build.constant(index(1))], { axis: 4 }); // (n, c, kh, h, kw, w)
  const turned = build.op('Transpose', [both], { perm: [0, 1, 2, 4, 3, 5] });
  const channels = call.fixed(x, 1);
  const [count] = call.result.sizes.slice(-1) as [number];
  return build.op('Reshape', [turned, build.ints([-1, channels * kernel[0]! * kernel[1]!, count])]);
}

/** Tensors of the size that all of them have together. */
function broadcast(call: Call): Value {
  const { build } = call;
  const given = call.tensors('tensors');
  const zeros = given.map(({ name }) =>
    build.op('ConstantOfShape', [build.op('Shape', [name])], { value: build.data(_torch.zeros([1])) }),
  );
  const shape = build.op('Shape', [zeros.reduce((a, b) => build.op('Add', [a, b]))]);
  const rank = Math.max(...given.map(rankOf));
  const sizes = range(0, rank).map((dim) => {
    const all = given.map((x) => [x.sizes[dim - rank + rankOf(x)] ?? 1, x.dynamic[dim - rank + rankOf(x)] ?? false]);
    return [Math.max(...all.map(([size]) => Number(size))), all.some(([, dynamic]) => dynamic === true)] as const;
  });
  const names = given.map(({ name }) => build.op('Expand', [name, shape]));
  const facts = { sizes: sizes.map(([size]) => size), dynamic: sizes.map(([, dynamic]) => dynamic) };
  return call.madeList(names, (i) => ({ dtype: given[i]!.dtype, ...facts }));
}

/** What depends on nothing but numbers, as it is. */
const constant =
  (make: (call: Call) => unknown): Rule =>
  (call) =>
    call.computedOf(make(call), 'size');

function filledWith(call: Call, value: Name): Name {
  const { dtype } = call.result;
  return call.build.op('Expand', [call.build.cast(value, dtype, dtype), call.build.op('Shape', [call.name('self')])]);
}

const raised =
  (rank: number): Rule =>
  (call) => {
    const x = call.computed('self');
    const missing = rank - rankOf(x);
    if (missing <= 0) return x.name;
    if (rank === 3 && rankOf(x) === 2) return call.build.op('Unsqueeze', [x.name, call.build.ints([2])]);
    const axes = rank === 3 && rankOf(x) === 1 ? [0, 2] : range(0, missing);
    return call.build.op('Unsqueeze', [x.name, call.build.ints(axes)]);
  };

export const arranging: Table = {
  roll: rolled,
  flip: (call) => {
    const rank = rankOf(call.computed('self'));
    return flipped(call, call.name('self'), call.axes('dims', rank));
  },
  fliplr: (call) => flipped(call, call.name('self'), [1]),
  flipud: (call) => flipped(call, call.name('self'), [0]),
  unfold: unfolded,
  im2col: columns,
  movedim: moved,
  moveaxis: moved,
  swapaxes: swapped('axis0', 'axis1'),
  swapdims: swapped('dim0', 'dim1'),
  diagonal,
  diag,
  trace: (call) => call.build.op('ReduceSum', [diagonal(call), ABSENT], { keepdims: 0 }),
  outer,
  ger: outer,
  vstack: joinedAlong(() => 0, asRow),
  hstack: joinedAlong((rank) => (rank === 1 ? 0 : 1), asVector),
  column_stack: joinedAlong(() => 1, asColumn),
  meshgrid: grid,
  one_hot: oneHot,
  pixel_unshuffle: pixelUnshuffled,
  channel_shuffle: channelShuffled,
  broadcast_tensors: broadcast,
  broadcast_to: (call) => call.build.op('Expand', [call.name('self'), call.sizes('size')]),
  atleast_1d: raised(1),
  atleast_2d: raised(2),
  atleast_3d: raised(3),
  eye: constant((call) =>
    _torch.eye(call.number('n'), call.has('m') ? call.number('m') : call.number('n'), { dtype: call.result.dtype }),
  ),
  linspace: constant((call) =>
    _torch.linspace(call.number('start'), call.number('end'), call.number('steps'), { dtype: call.result.dtype }),
  ),
  hann_window: constant((call) =>
    _torch.hann_window(call.number('window_length'), { periodic: !call.has('periodic') || call.flag('periodic') }),
  ),
  tril_indices: constant((call) =>
    _torch.tril_indices(call.number('row'), call.number('col'), { offset: call.number('offset', 0) }),
  ),
  triu_indices: constant((call) =>
    _torch.triu_indices(call.number('row'), call.number('col'), { offset: call.number('offset', 0) }),
  ),
  empty_like: (call) => filledWith(call, call.build.scalar(0, call.result.dtype)),
  zero: (call) => filledWith(call, call.build.scalar(0, call.result.dtype)),
  fill: (call) => filledWith(call, call.name('value', call.result.dtype)),
  copy: (call) => filledWith(call, call.name('src', call.result.dtype)),
};
