/** Quantized layers: a quantized tensor is a float one that went through QuantizeLinear and DequantizeLinear. */
import { isTensor } from '../../arguments/checks';
import { type DType, dtypes } from '../../base/types';
import type { Tensor } from '../../tensor/tensor';
import { ABSENT, type Name } from '../builder';
import { type Call, Unsupported } from '../call';
import type { Table } from '../table';
import type { Computed, Value } from '../values';

/** The integers that a quantized dtype has. */
const integers = new Map<DType, DType>([
  [dtypes.quint8, dtypes.uint8],
  [dtypes.qint8, dtypes.int8],
]);

const asFloat = (call: Call, name: Name): Value => ({ ...call.made(name), dtype: dtypes.float32 });

/** On the grid of a scale and a zero point, which are tensors of no dimension. */
function gridded(call: Call, x: Name, scale: Name, zero: Name): Name {
  const { build } = call;
  return build.op('DequantizeLinear', [build.op('QuantizeLinear', [x, scale, zero]), scale, zero]);
}

/** The grid that the arguments say. */
function requantized(call: Call, x: Name, zeroPoint: string, dtype: DType): Name {
  const whole = integers.get(dtype);
  if (whole === undefined) throw new Unsupported(`it is exported with quint8 and qint8 only, not with ${dtype}`);
  const scale = call.name(['output_scale', 'Y_scale_i', 'scale'].find((name) => call.has(name))!, dtypes.float32);
  return gridded(call, x, scale, call.name(zeroPoint, whole));
}

function quantized(call: Call): Value {
  const dtype = call.dtype('dtype')!;
  return asFloat(call, requantized(call, call.name('self', dtypes.float32), 'zero_point', dtype));
}

/** The parts of packed weights. */
function packedOf(call: Call, parameter: string): readonly unknown[] {
  const value = call.arg(parameter);
  if (value.kind === 'known' && Array.isArray(value.value)) return value.value as readonly unknown[];
  throw new Unsupported('its weights are not those of the model');
}

/** libtorch's number of the scheme with a scale for each row. */
const PER_CHANNEL = 1;

/** A quantized weight with its grid; a scale for each row where it has them. Unquantized ones are as they are. */
function weightOf(call: Call, weight: unknown): Name {
  if (!isTensor(weight)) throw new Unsupported('its weights are no tensor');
  const { build } = call;
  if (!weight.is_quantized) return build.constant(weight.to(dtypes.float32));
  const whole = build.constant(weight.int_repr());
  const perRow = Number(weight.qscheme()) === PER_CHANNEL;
  if (!perRow) {
    const zero = build.scalar(weight.q_zero_point(), integers.get(weight.dtype)!);
    return build.op('DequantizeLinear', [whole, build.scalar(weight.q_scale(), dtypes.float32), zero]);
  }
  const scales = build.constant(weight.q_per_channel_scales().to(dtypes.float32));
  const zeros = build.constant(weight.q_per_channel_zero_points().to(integers.get(weight.dtype)!));
  return build.op('DequantizeLinear', [whole, scales, zeros], { axis: Number(weight.q_per_channel_axis()) });
}

function affine(call: Call, x: Computed, packed: readonly unknown[], input = x.name): Name {
  const { build } = call;
  const [weight, bias] = packed;
  const turned = build.op('Transpose', [weightOf(call, weight)], { perm: [1, 0] });
  const y = build.op('MatMul', [input, turned]);
  return isTensor(bias) ? build.op('Add', [y, build.constant((bias as Tensor).detach().to(dtypes.float32))]) : y;
}

const linear =
  (after: (call: Call, y: Name) => Name) =>
  (call: Call): Value => {
    const y = after(call, affine(call, call.computed('X'), packedOf(call, 'W_prepack')));
    return asFloat(call, requantized(call, y, 'Y_zero_point_i', dtypes.quint8));
  };

const plain = (_call: Call, y: Name): Name => y;
const relu = (call: Call, y: Name): Name => call.build.op('Relu', [y]);

/** The grid that a tensor itself asks for, over its least and greatest element and zero. */
function selfGridded(call: Call, x: Computed, levels: number): Name {
  const { build } = call;
  const float = (value: number) => build.scalar(value, dtypes.float32);
  const reduce = (type: string) => build.op(type, [x.name], { keepdims: 0 });
  const least = build.op('Min', [reduce('ReduceMin'), float(0)]);
  const most = build.op('Max', [reduce('ReduceMax'), float(0)]);
  const width = build.op('Div', [build.op('Sub', [most, least]), float(levels)]);
  const isFlat = build.op('Equal', [width, float(0)]);
  const scale = build.op('Where', [isFlat, float(0.1), width]);
  const place = build.op('Round', [build.op('Neg', [build.op('Div', [least, scale])])]);
  return gridded(call, x.name, scale, build.cast(place, dtypes.float32, dtypes.uint8));
}

const dynamicLinear =
  (after: (call: Call, y: Name) => Name) =>
  (call: Call): Value => {
    const x = call.computed('X');
    const packed = packedOf(call, 'W_prepack');
    const isHalf = isTensor(packed[0]) && !packed[0].is_quantized;
    const levels = call.has('reduce_range') && call.flag('reduce_range') ? 127 : 255;
    return asFloat(call, after(call, affine(call, x, packed, isHalf ? x.name : selfGridded(call, x, levels))));
  };

const convolution =
  (after: (call: Call, y: Name) => Name) =>
  (call: Call): Value => {
    const [weight, bias, stride, padding, dilation, group, transpose] = packedOf(call, 'packed_weight');
    if (transpose === 1 || transpose === true) throw new Unsupported('it is not exported transposed');
    const numbers = (list: unknown) => (list as readonly number[]).map(Number);
    const pads = [...numbers(padding), ...numbers(padding)];
    const attributes = { strides: numbers(stride), pads, dilations: numbers(dilation), group: Number(group) };
    const x = call.computed(call.has('qx') ? 'qx' : 'X');
    const b = isTensor(bias) ? call.build.constant(bias.detach().to(dtypes.float32)) : ABSENT;
    const y = call.build.op('Conv', [x.name, weightOf(call, weight), b], attributes);
    return asFloat(call, requantized(call, after(call, y), 'output_zero_point', dtypes.quint8));
  };

const arithmetic =
  (type: string, after: (call: Call, y: Name) => Name) =>
  (call: Call): Value => {
    const y = call.build.op(type, [call.name('qa'), call.name('qb')]);
    return asFloat(call, requantized(call, after(call, y), 'zero_point', dtypes.quint8));
  };

/** Rules for quantized operators, by name and namespace. */
export const quantizedOperators: Table = {
  'aten::quantize_per_tensor': quantized,
  'aten::dequantize': (call) => call.arg(call.has('self') ? 'self' : 'tensor'),
  'quantized::linear': linear(plain),
  'quantized::linear_relu': linear(relu),
  'quantized::linear_dynamic': dynamicLinear(plain),
  'quantized::linear_relu_dynamic': dynamicLinear(relu),
  'quantized::linear_dynamic_fp16': dynamicLinear(plain),
  'quantized::conv2d': convolution(plain),
  'quantized::conv2d_relu': convolution(relu),
  'quantized::add': arithmetic('Add', plain),
  'quantized::add_relu': arithmetic('Add', relu),
  'quantized::mul': arithmetic('Mul', plain),
};
