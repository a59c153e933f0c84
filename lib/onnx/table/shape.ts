/** Operators that move elements, and those that make tensors. */
import { type DType, dtypes } from '../../base/types';
import { tensor } from '../../tensor/creation';
import { _torch } from '../../tensor/namespaces';
import type { Name } from '../builder';
import { type Call, type Facts, Unsupported } from '../call';
import type { Table } from '../table';
import { type Computed, known, type Value } from '../values';

const same = (call: Call): Name => call.name('self');

const identity = (call: Call): Value => {
  const x = call.arg('self');
  return x.kind === 'computed' ? { ...x, ...call.result, dynamic: x.dynamic } : x;
};

/** To the dtype of the result. */
const cast = (call: Call): Name => call.name('self', call.result.dtype);

function reshaped(call: Call, shape: Name, x = call.computed('self').name): Name {
  return call.build.op('Reshape', [x, shape]);
}

/**
 * To a list of sizes. Where one of them changes with the inputs and is written into the program as a number, it is what is
 * left over.
 */
function viewed(call: Call): Name {
  const parameter = call.has('size') ? 'size' : 'shape';
  return reshaped(call, call.sizes(parameter));
}

function flattened(call: Call): Name {
  const { build } = call;
  const x = call.computed('self');
  const rank = x.sizes.length;
  if (rank === 0) return reshaped(call, build.ints([1]));
  const [start, end] = [call.axis('start_dim', rank), call.axis('end_dim', rank)];
  if (start === end) return x.name;
  return reshaped(call, call.joined([...before(start), known(-1), ...after(call, x, end)]));
}

/** The dimensions in front stay as they are, which ONNX writes as 0. */
const before = (dim: number): Value[] => Array.from({ length: dim }, () => known(0));
const after = (call: Call, x: Computed, dim: number): Value[] =>
  x.sizes.slice(dim + 1).map((_, i) => call.size(x, dim + 1 + i));

function unflattened(call: Call): Name {
  const x = call.computed('self');
  const dim = call.axis('dim', x.sizes.length);
  const sizes = call.arg('sizes');
  if (sizes.kind !== 'list') throw new Unsupported("its argument 'sizes' is no list");
  return reshaped(call, call.joined([...before(dim), ...sizes.items, ...after(call, x, dim)]));
}

function transposed(call: Call, first: number, second: number): Name {
  const order = call.computed('self').sizes.map((_, i) => i);
  [order[first], order[second]] = [second, first];
  return call.build.op('Transpose', [call.name('self')], { perm: order });
}

function permuted(call: Call): Name {
  const rank = call.computed('self').sizes.length;
  return call.build.op('Transpose', [call.name('self')], { perm: call.axes('dims', rank) });
}

function reversed(call: Call): Name {
  const rank = call.computed('self').sizes.length;
  return rank < 2 ? same(call) : transposed(call, rank - 2, rank - 1);
}

function squeezed(call: Call): Name {
  const x = call.computed('self');
  const rank = x.sizes.length;
  const asked = call.has('dim') ? call.axes('dim', rank) : x.sizes.map((_, i) => i);
  const dims = asked.filter((dim) => x.sizes[dim] === 1);
  for (const dim of dims) call.fixed(x, dim);
  return dims.length === 0 ? x.name : call.build.op('Squeeze', [x.name, call.build.ints(dims)]);
}

function unsqueezed(call: Call): Name {
  const dim = call.number('dim');
  const rank = call.result.sizes.length;
  return call.build.op('Unsqueeze', [call.name('self'), call.build.ints([dim < 0 ? dim + rank : dim])]);
}

/** ONNX's Expand lets a size of 1 stand for "as it is". */
function expanded(call: Call): Name {
  const size = call.arg('size');
  if (size.kind !== 'list') throw new Unsupported("its argument 'size' is no list");
  const items = size.items.map((item) => (item.kind === 'known' && Number(item.value) === -1 ? known(1) : item));
  return call.build.op('Expand', [call.name('self'), call.joined(items)]);
}

function repeated(call: Call): Name {
  const { build } = call;
  const x = call.computed('self');
  const list = call.arg(call.has('repeats') ? 'repeats' : 'dims');
  const count = list.kind === 'list' ? list.items.length : 1;
  const missing = count - x.sizes.length;
  const axes = Array.from({ length: Math.max(missing, 0) }, (_, i) => i);
  const whole = missing > 0 ? build.op('Unsqueeze', [x.name, build.ints(axes)]) : x.name;
  const ones = Array.from({ length: Math.max(-missing, 0) }, () => known(1));
  return build.op('Tile', [whole, call.joined([...ones, ...(list.kind === 'list' ? list.items : [list])])]);
}

function concatenated(call: Call): Name {
  const { dtype, sizes } = call.result;
  const parts = call.tensors('tensors').filter((x) => x.sizes.length === sizes.length); // an old rule lets [0] join in
  const names = parts.map((x) => call.build.cast(x.name, x.dtype, dtype));
  return call.build.op('Concat', names, { axis: call.axis('dim', sizes.length) });
}

function stacked(call: Call): Name {
  const { build } = call;
  const { dtype, sizes } = call.result;
  const axis = call.axis('dim', sizes.length);
  const axes = build.ints([axis]);
  const names = call.tensors('tensors').map((x) => build.op('Unsqueeze', [build.cast(x.name, x.dtype, dtype), axes]));
  return build.op('Concat', names, { axis });
}

/** Pieces of these lengths. */
function pieces(call: Call, axis: number, lengths: readonly number[]): Value {
  const x = call.computed('self');
  const names = call.build.nodeOf('Split', [x.name, call.build.ints(lengths)], lengths.length, { axis });
  const dynamic = x.dynamic.map((each, dim) => each && dim !== axis);
  return call.madeList(
    names,
    (i): Facts => ({
      dtype: x.dtype,
      sizes: x.sizes.map((size, dim) => (dim === axis ? lengths[i]! : size)),
      dynamic,
    }),
  );
}

function split(call: Call): Value {
  const x = call.computed('self');
  const axis = call.axis('dim', x.sizes.length);
  const whole = call.fixed(x, axis);
  const given = call.has('split_sizes') ? call.known('split_sizes') : call.known('split_size');
  if (Array.isArray(given)) return pieces(call, axis, given.map(Number));
  return pieces(call, axis, equalParts(whole, Number(given)));
}

function equalParts(whole: number, size: number): number[] {
  return Array.from({ length: Math.max(Math.ceil(whole / size), 1) }, (_, i) => Math.min(size, whole - i * size));
}

function chunked(call: Call): Value {
  const x = call.computed('self');
  const axis = call.axis('dim', x.sizes.length);
  const whole = call.fixed(x, axis);
  return pieces(call, axis, equalParts(whole, Math.ceil(whole / call.number('chunks'))));
}

function unbound(call: Call): Value {
  const { build } = call;
  const x = call.computed('self');
  const axis = call.axis('dim', x.sizes.length);
  const left = <Item>(items: readonly Item[]) => items.filter((_, dim) => dim !== axis);
  const names = Array.from({ length: call.fixed(x, axis) }, (_, i) =>
    build.op('Gather', [x.name, build.scalar(i, dtypes.int64)], { axis }),
  );
  return call.madeList(names, () => ({ dtype: x.dtype, sizes: left(x.sizes), dynamic: left(x.dynamic) }));
}

function selected(call: Call): Name {
  const axis = call.axis('dim', call.computed('self').sizes.length);
  return call.build.op('Gather', [call.name('self'), call.name('index', dtypes.int64)], { axis });
}

const END = Number.MAX_SAFE_INTEGER;

function sliced(call: Call): Name {
  const { build } = call;
  const axis = call.axis('dim', call.computed('self').sizes.length);
  const start = call.joined([call.has('start') ? call.arg('start') : known(0)]);
  const end = call.joined([call.has('end') ? call.arg('end') : known(END)]);
  const step = call.has('step') ? call.sizes('step') : build.ints([1]);
  return build.op('Slice', [call.name('self'), start, end, build.ints([axis]), step]);
}

function narrowed(call: Call): Name {
  const { build } = call;
  const axis = call.axis('dim', call.computed('self').sizes.length);
  const start = call.sizes('start');
  const end = build.op('Add', [start, call.sizes('length')]);
  return build.op('Slice', [call.name('self'), start, end, build.ints([axis])]);
}

function padded(call: Call): Name {
  const { build } = call;
  const x = call.computed('self');
  const pads = call.numbers('pad');
  const rank = x.sizes.length;
  const [front, back] = [Array<number>(rank).fill(0), Array<number>(rank).fill(0)];
  for (let i = 0; 2 * i < pads.length; i++) {
    front[rank - 1 - i] = pads[2 * i]!;
    back[rank - 1 - i] = pads[2 * i + 1]!;
  }
  const mode = String(call.known('mode') ?? 'constant');
  const kind = { constant: 'constant', reflect: 'reflect', replicate: 'edge', circular: 'wrap' }[mode];
  if (kind === undefined || (kind === 'wrap' && build.opset < 19))
    throw new Unsupported(`it is not exported with mode '${mode}'`);
  const inputs = [x.name, build.ints([...front, ...back])];
  if (kind === 'constant') inputs.push(call.has('value') ? call.name('value', x.dtype) : build.scalar(0, x.dtype));
  return build.op('Pad', inputs, { mode: kind });
}

function triangle(upper: number) {
  return (call: Call): Name => {
    const { build } = call;
    const { dtype } = call.result;
    const isFlags = dtype === dtypes.bool; // which runtimes do not take
    const x = call.name('self', isFlags ? dtypes.int64 : undefined);
    const part = build.op('Trilu', [x, call.name('diagonal', dtypes.int64)], { upper });
    return isFlags ? build.cast(part, dtypes.int64, dtype) : part;
  };
}

/** A tensor of one value, of sizes that may be known only when the model runs. */
function filled(call: Call, sizes: Name, value: number | boolean, dtype: DType): Name {
  const one = _torch.full([1], value, { dtype });
  return call.build.op('ConstantOfShape', [sizes], { value: call.build.data(one) });
}

const filledWith = (value: number) => (call: Call) => filled(call, call.sizes('size'), value, call.result.dtype);

const likeWith = (value: number) => (call: Call) =>
  filled(call, call.build.op('Shape', [call.name('self')]), value, call.result.dtype);

function range(call: Call): Name {
  const { build } = call;
  const { dtype } = call.result;
  const start = call.has('start') ? call.name('start', dtype) : build.scalar(0, dtype);
  const step = call.has('step') ? call.name('step', dtype) : build.scalar(1, dtype);
  return build.op('Range', [start, call.name('end', dtype), step]);
}

function repeatedEach(call: Call): Name {
  const { build } = call;
  const x = call.computed('self');
  const count = call.number('repeats');
  const axis = call.axis('dim', x.sizes.length);
  const wide = build.op('Unsqueeze', [x.name, build.ints([axis + 1])]);
  const sizes = Array.from({ length: x.sizes.length + 1 }, (_, i) => (i === axis + 1 ? count : 1));
  const all = build.op('Expand', [wide, build.ints(sizes)]);
  const merged = [...before(axis), known(-1), ...after(call, x, axis)];
  return build.op('Reshape', [all, call.joined(merged)]);
}

export const shape: Table = {
  view: viewed,
  reshape: viewed,
  view_as: (call) => reshaped(call, call.build.op('Shape', [call.name('other')])),
  reshape_as: (call) => reshaped(call, call.build.op('Shape', [call.name('other')])),
  flatten: flattened,
  unflatten: unflattened,
  transpose: (call) => {
    const rank = call.computed('self').sizes.length;
    return rank === 0 ? same(call) : transposed(call, call.axis('dim0', rank), call.axis('dim1', rank));
  },
  t: reversed,
  numpy_T: (call) => call.build.op('Transpose', [call.name('self')]),
  mT: reversed,
  adjoint: reversed,
  permute: permuted,
  squeeze: squeezed,
  unsqueeze: unsqueezed,
  expand: expanded,
  expand_as: (call) => call.build.op('Expand', [call.name('self'), call.build.op('Shape', [call.name('other')])]),
  repeat: repeated,
  tile: repeated,
  repeat_interleave: repeatedEach,
  cat: concatenated,
  concat: concatenated,
  stack: stacked,
  split: split,
  split_with_sizes: split,
  chunk: chunked,
  unbind: unbound,
  select: selected,
  slice: sliced,
  narrow: narrowed,
  index_select: (call) => {
    const axis = call.axis('dim', call.computed('self').sizes.length);
    return call.build.op('Gather', [call.name('self'), call.name('index', dtypes.int64)], { axis });
  },
  gather: (call) => {
    const axis = call.axis('dim', call.computed('self').sizes.length);
    return call.build.op('GatherElements', [call.name('self'), call.name('index', dtypes.int64)], { axis });
  },
  pad: padded,
  constant_pad_nd: padded,
  tril: triangle(0),
  triu: triangle(1),
  pixel_shuffle: (call) =>
    call.build.op('DepthToSpace', [call.name('self')], { blocksize: call.number('upscale_factor'), mode: 'CRD' }),

  contiguous: identity,
  clone: identity,
  detach: identity,
  alias: identity,
  lift_fresh: identity,
  lift_fresh_copy: identity,
  to: cast,
  _to_copy: cast,
  type_as: cast,

  zeros: filledWith(0),
  ones: filledWith(1),
  new_zeros: filledWith(0),
  new_ones: filledWith(1),
  zeros_like: likeWith(0),
  ones_like: likeWith(1),
  full: (call) => filled(call, call.sizes('size'), call.number('fill_value'), call.result.dtype),
  new_full: (call) => filled(call, call.sizes('size'), call.number('fill_value'), call.result.dtype),
  full_like: (call) =>
    filled(call, call.build.op('Shape', [call.name('self')]), call.number('fill_value'), call.result.dtype),
  arange: range,
  scalar_tensor: (call) => call.build.constant(tensor(call.number('s'), { dtype: call.result.dtype })),

  // Numbers that come from sizes.
  size: (call) => {
    const x = call.computed('self');
    if (call.has('dim')) return call.size(x, call.axis('dim', x.sizes.length));
    return { kind: 'list', items: x.sizes.map((_, dim) => call.size(x, dim)) };
  },
  Int: (call) => call.args[0]!,
  Float: (call) => call.args[0]!,
  ScalarImplicit: (call) => call.args[0]!,
  IntImplicit: (call) => call.args[0]!,
  FloatImplicit: (call) => call.args[0]!,
};
