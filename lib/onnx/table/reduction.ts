/** Operators that make fewer elements of many. */
import { dtypes } from '../../base/types';
import { _torch } from '../../tensor/namespaces';
import type { Name } from '../builder';
import { type Call, Unsupported } from '../call';
import type { Table } from '../table';
import { type Computed, known } from '../values';

const keeps = (call: Call) => (call.has('keepdim') && call.flag('keepdim') ? 1 : 0);

/** Over the dimensions that are given, or all. */
function reduced(call: Call, type: string, x: Name, keepdims = keeps(call)): Name {
  const { build } = call;
  const rank = call.computed('self').sizes.length;
  if (rank === 0) return x;
  const axes = call.has('dim') ? call.axes('dim', rank) : call.axes('', rank);
  return build.op(type, [x, build.ints(axes)], { keepdims });
}

const reduction =
  (type: string) =>
  (call: Call): Name =>
    reduced(call, type, call.name('self', call.result.dtype));

/** The number of elements that go into one, less `correction`. */
function count(call: Call, x: Computed, correction: number): Name {
  const { build } = call;
  const rank = x.sizes.length;
  const dims = call.has('dim') ? call.axes('dim', rank) : call.axes('', rank);
  const { dtype } = call.result;
  if (dims.every((dim) => !x.dynamic[dim])) {
    return build.scalar(dims.reduce((product, dim) => product * x.sizes[dim]!, 1) - correction, dtype);
  }
  const sizes = call.joined(dims.map((dim) => call.size(x, dim)));
  const product = build.cast(build.op('ReduceProd', [sizes], { keepdims: 0 }), dtypes.int64, dtype);
  return build.op('Sub', [product, build.scalar(correction, dtype)]);
}

function variance(call: Call): Name {
  const { build } = call;
  const x = call.computed('self');
  const correction = call.has('unbiased')
    ? Number(call.flag('unbiased'))
    : call.has('correction')
      ? call.number('correction')
      : 1;
  const mean = reduced(call, 'ReduceMean', x.name, 1);
  const away = build.op('Sub', [x.name, mean]);
  const sum = reduced(call, 'ReduceSum', build.op('Mul', [away, away]));
  return build.op('Div', [sum, count(call, x, correction)]);
}

/** The greatest or least, and where it is. */
function extreme(reduce: string, arg: string) {
  return (call: Call): Name | Name[] => {
    const { build } = call;
    if (call.has('other'))
      return build.op(reduce.slice('Reduce'.length), [
        call.name('self', call.result.dtype),
        call.name('other', call.result.dtype),
      ]);
    if (!call.has('dim')) return reduced(call, reduce, call.name('self'), 0);
    const x = call.computed('self');
    const axis = call.axis('dim', x.sizes.length);
    const values = build.op(reduce, [x.name, build.ints([axis])], { keepdims: keeps(call) });
    return [values, build.op(arg, [x.name], { axis, keepdims: keeps(call) })];
  };
}

function position(type: string) {
  return (call: Call): Name => {
    const { build } = call;
    const x = call.computed('self');
    if (call.has('dim'))
      return build.op(type, [x.name], { axis: call.axis('dim', x.sizes.length), keepdims: keeps(call) });
    const flat = build.op('Reshape', [x.name, build.ints([-1])]);
    return build.op(type, [flat], { axis: 0, keepdims: 0 });
  };
}

/** Whether any, or all, are true. */
function quantified(type: string) {
  return (call: Call): Name => {
    const flags = call.build.cast(call.name('self', dtypes.bool), dtypes.bool, dtypes.int64);
    return call.build.cast(reduced(call, type, flags), dtypes.int64, dtypes.bool);
  };
}

function norm(call: Call): Name {
  const parameter = call.has('ord') ? 'ord' : 'p';
  const order = call.number(parameter, 2);
  const x = call.name('self', call.result.dtype);
  if (order === 2) return reduced(call, 'ReduceL2', x);
  if (order === 1) return reduced(call, 'ReduceL1', x);
  const { build } = call;
  const size = build.op('Abs', [x]);
  if (Math.abs(order) === Infinity) return reduced(call, order > 0 ? 'ReduceMax' : 'ReduceMin', size);
  if (order === 0) throw new Unsupported('it is exported for no norm of order 0');
  const power = (name: Name, exponent: number) => build.op('Pow', [name, build.scalar(exponent, call.result.dtype)]);
  return power(reduced(call, 'ReduceSum', power(size, order)), 1 / order);
}

/** The square root of the sum of squares, over two dimensions. */
function frobenius(call: Call): Name {
  const { build } = call;
  const rank = call.computed('self').sizes.length;
  if (call.has('ord') && String(call.known('ord')) !== 'fro') throw new Unsupported('it is exported as "fro" only');
  return build.op('ReduceL2', [call.name('self'), build.ints(call.axes('dim', rank))], { keepdims: keeps(call) });
}

/** Both the variance and the mean. */
function moments(root: boolean) {
  return (call: Call): Name[] => {
    const spread = variance(call);
    return [root ? call.build.op('Sqrt', [spread]) : spread, reduced(call, 'ReduceMean', call.name('self'))];
  };
}

function minAndMax(call: Call): Name[] {
  const { build } = call;
  const x = call.computed('self');
  const axes = call.has('dim') ? [build.ints([call.axis('dim', x.sizes.length)])] : [];
  const keepdims = keeps(call);
  return [
    build.op('ReduceMin', [x.name, ...axes], { keepdims }),
    build.op('ReduceMax', [x.name, ...axes], { keepdims }),
  ];
}

/** One of the sorted elements of a dimension, and where it is. */
function ranked(call: Call, place: (size: number) => number): Name[] {
  const { build } = call;
  const x = call.computed('self');
  if (!call.has('dim')) throw new Unsupported('it is exported with a dimension only');
  const axis = call.axis('dim', x.sizes.length);
  const at = place(call.fixed(x, axis));
  const attributes = { axis, largest: 0, sorted: 1 };
  const found = build.nodeOf('TopK', [x.name, build.ints([at + 1])], 2, attributes);
  const [start, end, axes] = [build.ints([at]), build.ints([at + 1]), build.ints([axis])];
  return found.map((name) => {
    const one = build.op('Slice', [name, start, end, axes]);
    return keeps(call) === 1 ? one : build.op('Squeeze', [one, axes]);
  });
}

/** Where the elements of a sorted dimension come from. */
function order(call: Call): Name {
  return sorted(call)[1]!;
}

/** Without what is no number: the sum, or the mean of the others. */
function skippingNan(mean: boolean) {
  return (call: Call): Name => {
    const { build } = call;
    const { dtype } = call.result;
    const x = call.name('self', dtype);
    const isNan = build.op('IsNaN', [x]);
    const sum = reduced(call, 'ReduceSum', build.op('Where', [isNan, build.scalar(0, dtype), x]));
    if (!mean) return sum;
    const count = reduced(call, 'ReduceSum', build.cast(build.op('Not', [isNan]), dtypes.bool, dtype));
    return build.op('Div', [sum, count]);
  };
}

/** The product of all elements up to each, by a loop over the dimension would be slow: a triangle of all of them. */
function cumulatedProduct(call: Call): Name {
  const { build } = call;
  const { dtype, sizes } = call.result;
  const axis = call.axis('dim', sizes.length);
  const x = call.computed('self');
  const size = call.fixed(x, axis);
  const rank = sizes.length;
  const shape = Array.from({ length: rank + 1 }, (_, dim) => (dim === axis || dim === axis + 1 ? size : 1));
  const seen = build.constant(_torch.ones(size, size, { dtype: dtypes.float32 }).tril().to(dtypes.bool).view(shape));
  const wide = build.op('Unsqueeze', [call.name('self', dtype), build.ints([axis])]);
  const kept = build.op('Where', [seen, wide, build.scalar(1, dtype)]);
  return build.op('ReduceProd', [kept, build.ints([axis + 1])], { keepdims: 0 });
}

function softmax(type: string) {
  return (call: Call): Name =>
    call.build.op(type, [call.name('self', call.result.dtype)], { axis: call.axis('dim', call.result.sizes.length) });
}

function top(call: Call): Name[] {
  const x = call.computed('self');
  const attributes = {
    axis: call.axis('dim', x.sizes.length),
    largest: Number(call.flag('largest')),
    sorted: Number(call.flag('sorted')),
  };
  return call.build.nodeOf('TopK', [x.name, call.sizes('k')], 2, attributes);
}

function sorted(call: Call): Name[] {
  const x = call.computed('self');
  const axis = call.axis('dim', x.sizes.length);
  const length = call.joined([call.size(x, axis)]);
  const attributes = { axis, largest: Number(call.flag('descending')), sorted: 1 };
  return call.build.nodeOf('TopK', [x.name, length], 2, attributes);
}

function cumulated(call: Call): Name {
  const axis = call.axis('dim', call.result.sizes.length);
  return call.build.op('CumSum', [call.name('self', call.result.dtype), call.build.scalar(axis, dtypes.int64)]);
}

export const reductions: Table = {
  sum: reduction('ReduceSum'),
  mean: reduction('ReduceMean'),
  prod: reduction('ReduceProd'),
  amax: reduction('ReduceMax'),
  amin: reduction('ReduceMin'),
  logsumexp: reduction('ReduceLogSumExp'),
  var: variance,
  std: (call) => call.build.op('Sqrt', [variance(call)]),
  max: extreme('ReduceMax', 'ArgMax'),
  min: extreme('ReduceMin', 'ArgMin'),
  argmax: position('ArgMax'),
  argmin: position('ArgMin'),
  any: quantified('ReduceMax'),
  all: quantified('ReduceMin'),
  norm,
  linalg_vector_norm: norm,
  softmax: softmax('Softmax'),
  _softmax: softmax('Softmax'),
  log_softmax: softmax('LogSoftmax'),
  _log_softmax: softmax('LogSoftmax'),
  topk: top,
  sort: sorted,
  cumsum: cumulated,
  cumprod: cumulatedProduct,
  var_mean: moments(false),
  std_mean: moments(true),
  aminmax: minAndMax,
  median: (call) => ranked(call, (size) => Math.floor((size - 1) / 2)),
  kthvalue: (call) => ranked(call, () => call.number('k') - 1),
  argsort: order,
  nansum: skippingNan(false),
  nanmean: skippingNan(true),
  linalg_matrix_norm: frobenius,
  count_nonzero: (call) =>
    reduced(call, 'ReduceSum', call.build.cast(call.name('self', dtypes.bool), dtypes.bool, dtypes.int64)),
  numel: (call) => {
    const x = call.computed('self');
    if (!x.dynamic.includes(true)) return known(x.sizes.reduce((product, size) => product * size, 1));
    return { kind: 'computed', name: call.build.op('Size', [x.name]), dtype: dtypes.int64, sizes: [], dynamic: [] };
  },
};
