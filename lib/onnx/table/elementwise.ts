/** Operators that go element by element. */
import { dtypes } from '../../base/types';
import type { Name } from '../builder';
import { type Call, Unsupported } from '../call';
import type { Table } from '../table';

/** ONNX has an operator of the same meaning. */
const unary =
  (type: string) =>
  (call: Call): Name =>
    call.build.op(type, [call.name('self', call.result.dtype)]);

/** Both sides in the dtype of the result; `alpha` times the second. */
const binary =
  (type: string) =>
  (call: Call): Name => {
    const { dtype } = call.result;
    const { build } = call;
    const alpha = call.has('alpha') ? call.number('alpha') : 1;
    const other = call.name('other', dtype);
    const scaled = alpha === 1 ? other : build.op('Mul', [other, build.scalar(alpha, dtype)]);
    return build.op(type, [call.name('self', dtype), scaled]);
  };

/** Both sides in the dtype that PyTorch would compare them in. */
const compared =
  (type: string) =>
  (call: Call): Name => {
    const self = call.computed('self');
    const other = call.arg('other');
    const isScalar = other.kind === 'known' || (other.kind === 'computed' && other.sizes.length === 0);
    const fraction = other.kind === 'known' && typeof other.value === 'number' && !Number.isInteger(other.value);
    const wide = fraction || (other.kind === 'computed' && other.dtype.is_floating_point);
    const keeps = isScalar && (self.dtype.is_floating_point || !wide);
    const dtype = keeps && self.dtype !== dtypes.bool ? self.dtype : wide ? dtypes.float32 : promoted(call);
    const name = call.build.op(type === 'NotEqual' ? 'Equal' : type, [
      call.name('self', dtype),
      call.name('other', dtype),
    ]);
    return type === 'NotEqual' ? call.build.op('Not', [name]) : name;
  };

function promoted(call: Call) {
  const [self, other] = [call.computed('self').dtype, call.computed('other').dtype];
  const found = [self, other].find((dtype) => dtype.is_floating_point);
  if (found !== undefined) return found;
  return self === other && self !== dtypes.bool ? self : dtypes.int64;
}

const logical =
  (type: string) =>
  (call: Call): Name =>
    call.build.op(type, [call.name('self', dtypes.bool), call.name('other', dtypes.bool)]);

/** The number of a parameter, in the dtype of the result. */
const constant = (call: Call, value: number) => call.build.scalar(value, call.result.dtype);

const times = (call: Call, a: Name, b: Name) => call.build.op('Mul', [a, b]);
const plus = (call: Call, a: Name, b: Name) => call.build.op('Add', [a, b]);

function gelu(call: Call): Name {
  const { build } = call;
  const x = call.name('self');
  const half = times(call, constant(call, 0.5), x);
  if (call.known('approximate') === 'tanh') {
    const cube = times(call, times(call, x, times(call, x, x)), constant(call, 0.044715));
    const inner = times(call, plus(call, x, cube), constant(call, Math.sqrt(2 / Math.PI)));
    return times(call, half, plus(call, build.op('Tanh', [inner]), constant(call, 1)));
  }
  const erf = build.op('Erf', [times(call, x, constant(call, Math.SQRT1_2))]);
  return times(call, half, plus(call, erf, constant(call, 1)));
}

function divided(call: Call): Name {
  const { build } = call;
  const mode = call.known('rounding_mode');
  if (mode === null) return binary('Div')(call);
  if (mode === 'floor') return floorDivided(call);
  const { dtype } = call.result;
  const quotient = binary('Div')(call);
  if (!dtype.is_floating_point) return quotient;
  const size = build.op('Floor', [build.op('Abs', [quotient])]);
  return build.op('Mul', [build.op('Sign', [quotient]), size]);
}

function floorDivided(call: Call): Name {
  const { build } = call;
  const { dtype } = call.result;
  const [self, other] = [call.name('self', dtype), call.name('other', dtype)];
  if (dtype.is_floating_point) return build.op('Floor', [build.op('Div', [self, other])]);
  const rest = build.op('Mod', [self, other]); // with the sign of the divisor, as Python's
  return build.op('Div', [build.op('Sub', [self, rest]), other]);
}

function remainder(call: Call): Name {
  const { build } = call;
  const { dtype } = call.result;
  const [self, other] = [call.name('self', dtype), call.name('other', dtype)];
  if (!dtype.is_floating_point) return build.op('Mod', [self, other]);
  const whole = build.op('Floor', [build.op('Div', [self, other])]);
  return build.op('Sub', [self, build.op('Mul', [whole, other])]);
}

/** Between bounds, each of which may be left out. */
function clamped(call: Call): Name {
  const { dtype } = call.result;
  const lower = call.has('min_val') ? 'min_val' : 'min';
  const upper = call.has('max_val') ? 'max_val' : 'max';
  let name = call.name('self', dtype);
  if (call.has(lower)) name = call.build.op('Max', [name, call.name(lower, dtype)]);
  if (call.has(upper)) name = call.build.op('Min', [name, call.name(upper, dtype)]);
  return name;
}

function masked(call: Call): Name {
  const { dtype } = call.result;
  return call.build.op('Where', [call.name('mask', dtypes.bool), call.name('value', dtype), call.name('self', dtype)]);
}

function sigmoidOf(call: Call): Name {
  return call.build.op('Sigmoid', [call.name('self')]);
}

/** x² and the like: ONNX's Pow takes exponents of any type, and runtimes are slow at it. */
function power(call: Call): Name {
  const { dtype } = call.result;
  const exponent = call.arg('exponent');
  const x = call.name('self', dtype);
  if (exponent.kind === 'known') {
    if (exponent.value === 2) return times(call, x, x);
    if (exponent.value === 0.5 && dtype.is_floating_point) return call.build.op('Sqrt', [x]);
  }
  return call.build.op('Pow', [x, call.name('exponent', dtype)]);
}

export const elementwise: Table = {
  abs: unary('Abs'),
  acos: unary('Acos'),
  acosh: unary('Acosh'),
  asin: unary('Asin'),
  asinh: unary('Asinh'),
  atan: unary('Atan'),
  atanh: unary('Atanh'),
  ceil: unary('Ceil'),
  cos: unary('Cos'),
  cosh: unary('Cosh'),
  erf: unary('Erf'),
  exp: unary('Exp'),
  floor: unary('Floor'),
  hardswish: unary('HardSwish'),
  log: unary('Log'),
  mish: unary('Mish'),
  neg: unary('Neg'),
  reciprocal: unary('Reciprocal'),
  relu: unary('Relu'),
  round: (call) => {
    if (call.has('decimals') && call.number('decimals') !== 0)
      throw new Unsupported('it is exported to whole numbers only');
    return unary('Round')(call);
  },
  sigmoid: unary('Sigmoid'),
  sign: unary('Sign'),
  sin: unary('Sin'),
  sinh: unary('Sinh'),
  softsign: unary('Softsign'),
  sqrt: unary('Sqrt'),
  tan: unary('Tan'),
  tanh: unary('Tanh'),
  rsqrt: (call) => call.build.op('Reciprocal', [unary('Sqrt')(call)]),
  square: (call) => times(call, call.name('self'), call.name('self')),
  log1p: (call) => call.build.op('Log', [plus(call, call.name('self', call.result.dtype), constant(call, 1))]),
  expm1: (call) => call.build.op('Sub', [unary('Exp')(call), constant(call, 1)]),
  log_sigmoid: (call) => call.build.op('Log', [sigmoidOf(call)]),
  silu: (call) => times(call, call.name('self'), sigmoidOf(call)),
  gelu,
  relu6: (call) => call.build.op('Clip', [call.name('self'), constant(call, 0), constant(call, 6)]),
  hardtanh: clamped,
  hardsigmoid: (call) =>
    call.build.op('HardSigmoid', [call.name('self')], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }),
  leaky_relu: (call) =>
    call.build.op('LeakyRelu', [call.name('self')], { alpha: { float: call.number('negative_slope') } }),
  selu: (call) => call.build.op('Selu', [call.name('self')]),
  celu: (call) => call.build.op('Celu', [call.name('self')], { alpha: { float: call.number('alpha') } }),

  add: binary('Add'),
  sub: binary('Sub'),
  mul: binary('Mul'),
  div: divided,
  floor_divide: floorDivided,
  remainder,
  rsub: (call) => call.build.op('Sub', [call.name('other', call.result.dtype), call.name('self', call.result.dtype)]),
  maximum: binary('Max'),
  minimum: binary('Min'),
  pow: power,
  clamp: clamped,
  clamp_min: clamped,
  clamp_max: clamped,

  eq: compared('Equal'),
  ne: compared('NotEqual'),
  gt: compared('Greater'),
  ge: compared('GreaterOrEqual'),
  lt: compared('Less'),
  le: compared('LessOrEqual'),
  logical_and: logical('And'),
  logical_or: logical('Or'),
  logical_xor: logical('Xor'),
  logical_not: (call) => call.build.op('Not', [call.name('self', dtypes.bool)]),
  isnan: (call) => call.build.op('IsNaN', [call.name('self')]),
  isinf: (call) => call.build.op('IsInf', [call.name('self')]),
  where: (call) => {
    const { dtype } = call.result;
    return call.build.op('Where', [
      call.name('condition', dtypes.bool),
      call.name('self', dtype),
      call.name('other', dtype),
    ]);
  },
  masked_fill: masked,
};
