/** What torch.nn's layers call. */
import { dtypes } from '../../base/types';
import { tensor } from '../../tensor/creation';
import { _torch } from '../../tensor/namespaces';
import { ABSENT, type Name } from '../builder';
import { type Call, Unsupported } from '../call';
import type { Attributes } from '../proto';
import type { Table } from '../table';
import { type Computed, known } from '../values';

const rankOf = (x: Computed) => x.sizes.length;

function product(call: Call, a: Name, b: Name): Name {
  return call.build.op('MatMul', [a, b]);
}

function linear(call: Call): Name {
  const { build } = call;
  const x = call.computed('input');
  const bias = call.optional('bias');
  if (rankOf(x) === 2) return build.op('Gemm', [x.name, call.name('weight'), bias], { transB: 1 });
  const y = product(call, x.name, build.op('Transpose', [call.name('weight')], { perm: [1, 0] }));
  return bias === ABSENT ? y : build.op('Add', [y, bias]);
}

/** beta * self + alpha * (a @ b) */
function added(first: string, second: string) {
  return (call: Call): Name => {
    const { build } = call;
    const { dtype } = call.result;
    const times = (name: Name, parameter: string) => {
      const factor = call.number(parameter, 1);
      return factor === 1 ? name : build.op('Mul', [name, build.scalar(factor, dtype)]);
    };
    return build.op('Add', [
      times(call.name('self'), 'beta'),
      times(product(call, call.name(first), call.name(second)), 'alpha'),
    ]);
  };
}

/** The same padding on both sides, as ONNX lists it. */
const bothSides = (padding: readonly number[]) => [...padding, ...padding];

/** As much padding as keeps the size. */
function samePadding(kernel: readonly number[], dilation: readonly number[]): number[] {
  const all = kernel.map((size, i) => dilation[i]! * (size - 1));
  const left = all.map((each) => Math.floor(each / 2));
  return [...left, ...all.map((each, i) => each - left[i]!)];
}

function convolved(call: Call): Name {
  const { build } = call;
  const weight = call.computed('weight');
  const dims = rankOf(weight) - 2;
  const kernel = weight.sizes.slice(2);
  const numbers = (name: string) => {
    const given = call.numbers(name, dims);
    return given.length === 1 ? Array<number>(dims).fill(given[0]!) : given;
  };
  const dilations = numbers('dilation');
  const padding = call.known('padding');
  const pads =
    padding === 'same'
      ? samePadding(kernel, dilations)
      : bothSides(padding === 'valid' ? Array(dims).fill(0) : numbers('padding'));
  const attributes = {
    kernel_shape: kernel,
    strides: numbers('stride'),
    pads,
    dilations,
    group: call.number('groups'),
  };
  const x = call.computed('input');
  const single = rankOf(x) === dims + 1; // one image, without a batch
  const zero = build.ints([0]);
  const inputs = [single ? build.op('Unsqueeze', [x.name, zero]) : x.name, weight.name, call.optional('bias')];
  const y =
    call.has('transposed') && call.flag('transposed')
      ? build.op('ConvTranspose', inputs, { ...attributes, output_padding: numbers('output_padding') })
      : build.op('Conv', inputs, attributes);
  return single ? build.op('Squeeze', [y, zero]) : y;
}

/** A parameter of one number a channel, or one that changes nothing. */
function perChannel(call: Call, name: string, channels: number, neutral: number): Name {
  return call.has(name)
    ? call.name(name)
    : call.build.constant(_torch.full([channels], neutral, { dtype: call.result.dtype }));
}

function batchNorm(call: Call): Name {
  const x = call.computed('input');
  if (call.flag('training')) throw new Unsupported('it is exported in eval mode only: call model.eval() first');
  const channels = call.fixed(x, 1);
  const inputs = [
    x.name,
    perChannel(call, 'weight', channels, 1),
    perChannel(call, 'bias', channels, 0),
    call.name('running_mean'),
    call.name('running_var'),
  ];
  return call.build.op('BatchNormalization', inputs, { epsilon: { float: call.number('eps') } });
}

function layerNorm(call: Call): Name {
  const { build } = call;
  const shape = call.numbers('normalized_shape');
  const weight = call.has('weight')
    ? call.name('weight')
    : build.constant(_torch.full(shape, 1, { dtype: call.result.dtype }));
  const attributes = { axis: -shape.length, epsilon: { float: call.number('eps') } };
  return build.op('LayerNormalization', [call.name('input'), weight, call.optional('bias')], attributes);
}

/** Groups are instances of one channel each; ONNX's own GroupNormalization has other parameters before opset 21. */
function groupNorm(call: Call): Name {
  const { build } = call;
  const x = call.computed('input');
  const groups = call.number('num_groups');
  const { dtype } = call.result;
  const flat = build.op('Reshape', [x.name, build.ints([0, groups, -1])]);
  const [one, zero] = [_torch.full([groups], 1, { dtype }), _torch.full([groups], 0, { dtype })].map((each) =>
    build.constant(each),
  ) as [Name, Name];
  const normal = build.op('InstanceNormalization', [flat, one, zero], { epsilon: { float: call.number('eps') } });
  const back = build.op('Reshape', [normal, build.op('Shape', [x.name])]);
  const shape = build.ints([-1, ...Array<number>(rankOf(x) - 2).fill(1)]);
  const wide = (name: string) => build.op('Reshape', [call.name(name), shape]);
  const scaled = call.has('weight') ? build.op('Mul', [back, wide('weight')]) : back;
  return call.has('bias') ? build.op('Add', [scaled, wide('bias')]) : scaled;
}

function instanceNorm(call: Call): Name {
  const x = call.computed('input');
  if (!call.flag('use_input_stats')) throw new Unsupported('it is exported without running statistics only');
  const channels = call.fixed(x, 1);
  const inputs = [x.name, perChannel(call, 'weight', channels, 1), perChannel(call, 'bias', channels, 0)];
  return call.build.op('InstanceNormalization', inputs, { epsilon: { float: call.number('eps') } });
}

function rmsNorm(call: Call): Name {
  const { build } = call;
  const { dtype } = call.result;
  const x = call.name('input');
  const axes = call.numbers('normalized_shape').map((_, i) => -1 - i);
  const mean = build.op('ReduceMean', [build.op('Mul', [x, x]), build.ints(axes)], { keepdims: 1 });
  const eps = call.number('eps', dtype === dtypes.float64 ? 2 ** -52 : 2 ** -23);
  const scale = build.op('Sqrt', [build.op('Add', [mean, build.scalar(eps, dtype)])]);
  const y = build.op('Div', [x, scale]);
  return call.has('weight') ? build.op('Mul', [y, call.name('weight')]) : y;
}

function dropout(call: Call): Name {
  if (call.flag('train') && call.number('p') > 0) {
    throw new Unsupported('it is exported in eval mode only: call model.eval() first');
  }
  return call.name('input');
}

/** Attributes that all kinds of pooling have. */
function window(call: Call, dims: number) {
  const spread = (name: string) => {
    const given = call.numbers(name, dims);
    return given.length === 1 ? Array<number>(dims).fill(given[0]!) : given;
  };
  const kernel = spread('kernel_size');
  const strides = call.has('stride') ? spread('stride') : [];
  return {
    kernel_shape: kernel,
    strides: strides.length === 0 ? kernel : strides,
    pads: bothSides(spread('padding')),
    ceil_mode: Number(call.flag('ceil_mode')),
  };
}

/** Pools over so many dimensions; one image without a batch gets one. */
function pooling(dims: number, pool: (call: Call, x: Name) => Name) {
  return (call: Call): Name => {
    const x = call.computed('self');
    if (rankOf(x) === dims + 2) return pool(call, x.name);
    const zero = call.build.ints([0]);
    return call.build.op('Squeeze', [pool(call, call.build.op('Unsqueeze', [x.name, zero])), zero]);
  };
}

const maxPool = (dims: number) =>
  pooling(dims, (call, x) => {
    const given = call.numbers('dilation', dims);
    const dilations = given.length === 1 ? Array<number>(dims).fill(given[0]!) : given;
    return call.build.op('MaxPool', [x], { ...window(call, dims), dilations });
  });

const averagePool = (dims: number) =>
  pooling(dims, (call, x) => {
    if (call.has('divisor_override')) throw new Unsupported('it is exported without divisor_override only');
    const count_include_pad = Number(call.flag('count_include_pad'));
    return call.build.op('AveragePool', [x], { ...window(call, dims), count_include_pad });
  });

/** To a size that divides the input's, or to one. */
const adaptivePool = (dims: number, type: 'Average' | 'Max') =>
  pooling(dims, (call, name) => {
    const x = call.computed('self');
    const asked = call.numbers('output_size', dims);
    const given = asked.length === 1 ? Array<number>(dims).fill(asked[0]!) : asked;
    const wanted = given.map((size, i) => (size === 0 ? call.fixed(x, rankOf(x) - dims + i) : size)); // null stays
    if (wanted.every((size) => size === 1)) return call.build.op(`Global${type}Pool`, [name]);
    const first = rankOf(x) - dims;
    const kernel = wanted.map((size, i) => call.fixed(x, first + i) / size);
    if (!kernel.every(Number.isInteger)) return unevenPool(call, name, type, wanted);
    return call.build.op(`${type}Pool`, [name], { kernel_shape: kernel, strides: kernel });
  });

/** Windows of several sizes, dimension by dimension. */
function unevenPool(call: Call, name: Name, type: 'Average' | 'Max', wanted: readonly number[]): Name {
  const { build } = call;
  const x = call.computed('self');
  const first = rankOf(x) - wanted.length; // of the images
  const offset = 2; // where they are in a batch of channels
  return wanted.reduce((pooled, count, i) => {
    const size = call.fixed(x, first + i);
    const axis = offset + i;
    const axes = build.ints([axis]);
    const parts = Array.from({ length: count }, (_, at) => {
      const [start, end] = [Math.floor((at * size) / count), Math.ceil(((at + 1) * size) / count)];
      const window = build.op('Slice', [pooled, build.ints([start]), build.ints([end]), axes]);
      return build.op(type === 'Max' ? 'ReduceMax' : 'ReduceMean', [window, axes], { keepdims: 1 });
    });
    return parts.length === 1 ? parts[0]! : build.op('Concat', parts, { axis });
  }, name);
}

/** The greatest elements of windows, and where they are in each image. */
const maxPoolPlaces =
  (dims: number) =>
  (call: Call): Name[] => {
    const { build } = call;
    const x = call.computed('self');
    if (rankOf(x) !== dims + 2) throw new Unsupported('it is exported with a batch only');
    const given = call.numbers('dilation', dims);
    const dilations = given.length === 1 ? Array<number>(dims).fill(given[0]!) : given;
    const attributes = { ...window(call, dims), dilations };
    const [values, places] = build.nodeOf('MaxPool', [x.name], 2, attributes) as [Name, Name];
    // ONNX counts on from image to image.
    const size = x.sizes.slice(2).reduce((product, _, i) => product * call.fixed(x, 2 + i), 1);
    return [values, build.op('Mod', [places, build.scalar(size, dtypes.int64)])];
  };

function gridSampled(call: Call): Name {
  const mode = ['linear', 'nearest', 'cubic'][call.number('interpolation_mode')]!;
  const names: Readonly<Record<string, string>> =
    call.build.opset < 20 ? { linear: 'bilinear', nearest: 'nearest', cubic: 'bicubic' } : {};
  return call.build.op('GridSample', [call.name('input'), call.name('grid')], {
    mode: names[mode] ?? mode,
    padding_mode: ['zeros', 'border', 'reflection'][call.number('padding_mode')]!,
    align_corners: Number(call.flag('align_corners')),
  });
}

function attention(call: Call): Name {
  const { build } = call;
  const { dtype } = call.result;
  const [q, k, v] = [call.computed('query'), call.computed('key'), call.computed('value')];
  if (call.number('dropout_p') !== 0)
    throw new Unsupported('it is exported without dropout only: call model.eval() first');
  const rank = rankOf(q);
  const width = call.fixed(q, rank - 1);
  const scale = call.number('scale', 1 / Math.sqrt(width));
  const shared = call.has('enable_gqa') && call.flag('enable_gqa');
  const heads = (x: Computed) => (shared ? repeatedHeads(call, x, call.fixed(q, rank - 3)) : x.name);
  const order = q.sizes.map((_, i) => i);
  [order[rank - 2], order[rank - 1]] = [rank - 1, rank - 2];
  const turned = build.op('Transpose', [heads(k)], { perm: order });
  const scaled = build.op('Mul', [q.name, build.scalar(scale, dtype)]);
  const scores = masked(call, product(call, scaled, turned), q, k);
  return product(call, build.op('Softmax', [scores], { axis: -1 }), heads(v));
}

/** Several heads of the query share one of keys and values. */
function repeatedHeads(call: Call, x: Computed, heads: number): Name {
  const { build } = call;
  const at = rankOf(x) - 3;
  const own = call.fixed(x, at);
  if (own === heads) return x.name;
  const wide = build.op('Unsqueeze', [x.name, build.ints([at + 1])]);
  const sizes = Array.from({ length: rankOf(x) + 1 }, (_, i) => (i === at + 1 ? heads / own : 1));
  const all = build.op('Expand', [wide, build.ints(sizes)]);
  const shape = x.sizes.map((_, i) => (i === at ? known(heads) : call.size(x, i)));
  return build.op('Reshape', [all, call.joined(shape)]);
}

function masked(call: Call, scores: Name, q: Computed, k: Computed): Name {
  const { build } = call;
  const { dtype } = call.result;
  const never = build.scalar(-Infinity, dtype);
  if (call.flag('is_causal')) {
    const sizes = call.joined([call.size(q, rankOf(q) - 2), call.size(k, rankOf(k) - 2)]);
    const ones = build.op('ConstantOfShape', [sizes], { value: build.data(tensor([1], { dtype: dtypes.float32 })) });
    const seen = build.cast(build.op('Trilu', [ones], { upper: 0 }), dtypes.float32, dtypes.bool);
    return build.op('Where', [seen, scores, never]);
  }
  if (!call.has('attn_mask')) return scores;
  const mask = call.computed('attn_mask');
  if (mask.dtype === dtypes.bool) return build.op('Where', [mask.name, scores, never]);
  return build.op('Add', [scores, build.cast(mask.name, mask.dtype, dtype)]);
}

function embedded(call: Call): Name {
  return call.build.op('Gather', [call.name('weight'), call.name('indices')], { axis: 0 });
}

type Resizing = 'nearest' | 'nearest-exact' | 'linear' | 'cubic';

function attributesOf(call: Call, mode: Resizing): Attributes {
  if (mode === 'nearest') return { mode, coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
  if (mode === 'nearest-exact') {
    // In the middle between two the one behind is the nearest.
    return { mode: 'nearest', coordinate_transformation_mode: 'half_pixel', nearest_mode: 'round_prefer_ceil' };
  }
  const place = call.flag('align_corners') ? 'align_corners' : mode === 'cubic' ? 'half_pixel' : 'pytorch_half_pixel';
  const cubic: Attributes = mode === 'cubic' ? { cubic_coeff_a: { float: -0.75 } } : {};
  return { mode, coordinate_transformation_mode: place, ...cubic };
}

function resized(mode: Resizing, dims: number) {
  return (call: Call): Name => {
    const { build } = call;
    const x = call.computed(call.has('self') ? 'self' : 'input');
    const { sizes } = call.result;
    const attributes = attributesOf(call, mode);
    const front = [call.size(x, 0), call.size(x, 1)];
    const wanted = sizes.slice(2).map((size, i) => {
      if (x.dynamic[2 + i]) throw new Unsupported('it needs the size of an image, which is dynamic');
      return known(size);
    });
    if (wanted.length !== dims) throw new Unsupported('its input has another number of dimensions');
    return build.op('Resize', [x.name, ABSENT, ABSENT, call.joined([...front, ...wanted])], attributes);
  };
}

export const layers: Table = {
  linear,
  matmul: (call) => product(call, call.name('self'), call.name('other')),
  mm: (call) => product(call, call.name('self'), call.name('mat2')),
  bmm: (call) => product(call, call.name('self'), call.name('mat2')),
  mv: (call) => product(call, call.name('self'), call.name('vec')),
  dot: (call) => product(call, call.name('self'), call.name('tensor')),
  addmm: added('mat1', 'mat2'),
  addmv: added('mat', 'vec'),
  baddbmm: added('batch1', 'batch2'),
  einsum: (call) => {
    const names = call.tensors('tensors').map((x) => x.name);
    return call.build.op('Einsum', names, { equation: String(call.known('equation')).replaceAll(' ', '') });
  },
  _convolution: convolved,
  _convolution_mode: convolved,
  convolution: convolved,
  conv1d: convolved,
  conv2d: convolved,
  conv3d: convolved,
  batch_norm: batchNorm,
  layer_norm: layerNorm,
  group_norm: groupNorm,
  instance_norm: instanceNorm,
  rms_norm: rmsNorm,
  dropout,
  feature_dropout: dropout,
  alpha_dropout: dropout,
  max_pool1d: maxPool(1),
  max_pool2d: maxPool(2),
  max_pool3d: maxPool(3),
  avg_pool1d: averagePool(1),
  avg_pool2d: averagePool(2),
  avg_pool3d: averagePool(3),
  adaptive_avg_pool1d: adaptivePool(1, 'Average'),
  adaptive_avg_pool2d: adaptivePool(2, 'Average'),
  adaptive_avg_pool3d: adaptivePool(3, 'Average'),
  adaptive_max_pool1d: adaptivePool(1, 'Max'),
  adaptive_max_pool2d: adaptivePool(2, 'Max'),
  adaptive_max_pool3d: adaptivePool(3, 'Max'),
  scaled_dot_product_attention: attention,
  embedding: embedded,
  prelu: (call) => {
    const { build } = call;
    const x = call.computed('self');
    const weight = call.computed('weight');
    const shape = build.ints([-1, ...Array<number>(Math.max(rankOf(x) - 2, 0)).fill(1)]);
    const slope = weight.sizes[0] === 1 ? weight.name : build.op('Reshape', [weight.name, shape]);
    return build.op('PRelu', [x.name, slope]);
  },
  upsample_nearest1d: resized('nearest', 1),
  upsample_nearest2d: resized('nearest', 2),
  upsample_nearest3d: resized('nearest', 3),
  upsample_linear1d: resized('linear', 1),
  upsample_bilinear2d: resized('linear', 2),
  upsample_trilinear3d: resized('linear', 3),
  upsample_bicubic2d: resized('cubic', 2),
  _upsample_nearest_exact1d: resized('nearest-exact', 1),
  _upsample_nearest_exact2d: resized('nearest-exact', 2),
  _upsample_nearest_exact3d: resized('nearest-exact', 3),
  grid_sampler: gridSampled,
  grid_sampler_2d: gridSampled,
  max_pool1d_with_indices: maxPoolPlaces(1),
  max_pool2d_with_indices: maxPoolPlaces(2),
  max_pool3d_with_indices: maxPoolPlaces(3),
};
