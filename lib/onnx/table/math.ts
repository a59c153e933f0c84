/** Functions that go element by element and are made of several of ONNX's operators. */
import { dtypes } from '../../base/types';
import type { Name } from '../builder';
import { type Call, Unsupported } from '../call';
import type { Rule, Table } from '../table';

const x = (call: Call): Name => call.name('self', call.result.dtype);
const number = (call: Call, value: number): Name => call.build.scalar(value, call.result.dtype);
const op = (call: Call, type: string, ...inputs: Name[]): Name => call.build.op(type, inputs);
const sum = (call: Call, a: Name, b: Name) => op(call, 'Add', a, b);
const difference = (call: Call, a: Name, b: Name) => op(call, 'Sub', a, b);
const product = (call: Call, a: Name, b: Name) => op(call, 'Mul', a, b);
const quotient = (call: Call, a: Name, b: Name) => op(call, 'Div', a, b);
const scaled =
  (factor: number): Rule =>
  (call) =>
    product(call, x(call), number(call, factor));
const other = (call: Call): Name => call.name('other', call.result.dtype);

/** Without what is behind the point. */
const truncated = (call: Call, a: Name): Name => {
  if (!call.result.dtype.is_floating_point) return a;
  return product(call, op(call, 'Sign', a), op(call, 'Floor', op(call, 'Abs', a)));
};

/** A tensor and a factor times a third one: `name` gives how two are joined. */
const combined =
  (type: string): Rule =>
  (call) => {
    const { dtype } = call.result;
    const joined = op(call, type, call.name('tensor1', dtype), call.name('tensor2', dtype));
    const factor = call.number('value', 1);
    return sum(call, x(call), factor === 1 ? joined : product(call, joined, number(call, factor)));
  };

const isNan = (call: Call, name: Name): Name => op(call, 'IsNaN', name);

/** The other where one is no number. */
const ignoringNan =
  (type: string): Rule =>
  (call) => {
    const [a, b] = [x(call), other(call)];
    const both = op(call, type, a, b);
    return op(call, 'Where', isNan(call, a), b, op(call, 'Where', isNan(call, b), a, both));
  };

function atan2(call: Call): Name {
  const [y, at] = [x(call), other(call)];
  const zero = number(call, 0);
  const angle = op(call, 'Atan', quotient(call, y, at));
  const up = op(call, 'GreaterOrEqual', y, zero);
  const half = op(call, 'Where', up, number(call, Math.PI), number(call, -Math.PI));
  const left = op(call, 'Where', op(call, 'Less', at, zero), sum(call, angle, half), angle);
  const both = op(call, 'And', op(call, 'Equal', at, zero), op(call, 'Equal', y, zero));
  return op(call, 'Where', both, zero, left);
}

function nanToNum(call: Call): Name {
  const largest = call.result.dtype === dtypes.float64 ? Number.MAX_VALUE : 3.4028234663852886e38;
  const [most, least] = [call.number('posinf', largest), call.number('neginf', -largest)];
  const a = x(call);
  const inf = (negative: number) =>
    call.build.op('IsInf', [a], { detect_negative: negative, detect_positive: 1 - negative });
  const numbers = op(call, 'Where', isNan(call, a), number(call, call.number('nan', 0)), a);
  return op(call, 'Where', inf(1), number(call, least), op(call, 'Where', inf(0), number(call, most), numbers));
}

function logit(call: Call): Name {
  let a = x(call);
  if (call.has('eps')) {
    const eps = call.number('eps');
    a = op(call, 'Clip', a, number(call, eps), number(call, 1 - eps));
  }
  return op(call, 'Log', quotient(call, a, difference(call, number(call, 1), a)));
}

/** x and y to `log(eˣ + eʸ)`, without overflow. */
function logAddExp(call: Call): Name {
  const [a, b] = [x(call), other(call)];
  const less = op(call, 'Neg', op(call, 'Abs', difference(call, a, b)));
  return sum(call, op(call, 'Max', a, b), op(call, 'Log', sum(call, number(call, 1), op(call, 'Exp', less))));
}

function fmod(call: Call): Name {
  return call.build.op('Mod', [x(call), other(call)], { fmod: 1 });
}

function lerp(call: Call): Name {
  const { dtype } = call.result;
  const away = difference(call, call.name('end', dtype), x(call));
  return sum(call, x(call), product(call, away, call.name('weight', dtype)));
}

function glu(call: Call): Name {
  const axis = call.axis('dim', call.result.sizes.length);
  const [value, gate] = call.build.nodeOf('Split', [call.name('self')], 2, { axis, num_outputs: 2 }) as [Name, Name];
  return product(call, value, op(call, 'Sigmoid', gate));
}

function shifted(direction: 'LEFT' | 'RIGHT'): Rule {
  return (call) => {
    const { dtype } = call.result;
    const factor = op(call, 'Pow', number(call, 2), other(call));
    if (direction === 'LEFT') return product(call, x(call), factor);
    const rest = call.build.op('Mod', [x(call), factor]); // with the sign of the factor: rounded down
    return op(call, 'Div', op(call, 'Sub', x(call), rest), call.build.cast(factor, dtype, dtype));
  };
}

function softplus(call: Call): Name {
  const beta = call.number('beta');
  const threshold = call.number('threshold', 20);
  const a = x(call);
  const inner = beta === 1 ? a : product(call, a, number(call, beta));
  const soft = op(call, 'Softplus', inner);
  const result = beta === 1 ? soft : quotient(call, soft, number(call, beta));
  return op(call, 'Where', op(call, 'Greater', inner, number(call, threshold)), a, result);
}

function elu(call: Call): Name {
  const [alpha, scale, input] = ['alpha', 'scale', 'input_scale'].map((name) => call.number(name)) as [
    number,
    number,
    number,
  ];
  const a = x(call);
  if (scale === 1 && input === 1) return call.build.op('Elu', [a], { alpha: { float: alpha } });
  const grown = difference(call, op(call, 'Exp', product(call, a, number(call, input))), number(call, 1));
  const negative = product(call, grown, number(call, alpha * scale));
  const positive = product(call, a, number(call, scale));
  return op(call, 'Where', op(call, 'Greater', a, number(call, 0)), positive, negative);
}

function threshold(call: Call): Name {
  const limit = call.name('threshold', call.result.dtype);
  return op(call, 'Where', op(call, 'Greater', x(call), limit), x(call), call.name('value', call.result.dtype));
}

function finite(call: Call): Name {
  const a = call.name('self');
  if (!call.computed('self').dtype.is_floating_point) throw new Unsupported('it is exported for floats only');
  return op(call, 'Not', op(call, 'Or', isNan(call, a), op(call, 'IsInf', a)));
}

function heaviside(call: Call): Name {
  const [a, zero] = [x(call), number(call, 0)];
  const sides = call.build.cast(op(call, 'Greater', a, zero), dtypes.bool, call.result.dtype);
  return op(call, 'Where', op(call, 'Equal', a, zero), call.name('values', call.result.dtype), sides);
}

function xlogy(call: Call): Name {
  const [a, zero] = [x(call), number(call, 0)];
  return op(call, 'Where', op(call, 'Equal', a, zero), zero, product(call, a, op(call, 'Log', other(call))));
}

function close(call: Call): Name {
  const dtype = call.computed('self').dtype;
  const [a, b] = [call.name('self'), call.name('other', dtype)];
  const away = op(call, 'Abs', op(call, 'Sub', a, b));
  const relative = op(call, 'Mul', op(call, 'Abs', b), call.build.scalar(call.number('rtol'), dtype));
  return op(call, 'LessOrEqual', away, op(call, 'Add', relative, call.build.scalar(call.number('atol'), dtype)));
}

const bits =
  (type: string, flag: string): Rule =>
  (call) => {
    const { dtype } = call.result;
    return op(call, dtype === dtypes.bool ? flag : type, x(call), other(call));
  };

export const mathematics: Table = {
  addcmul: combined('Mul'),
  addcdiv: combined('Div'),
  atan2,
  arctan2: atan2,
  bitwise_left_shift: shifted('LEFT'),
  bitwise_right_shift: shifted('RIGHT'),
  bitwise_and: bits('BitwiseAnd', 'And'),
  bitwise_or: bits('BitwiseOr', 'Or'),
  bitwise_xor: bits('BitwiseXor', 'Xor'),
  bitwise_not: (call) => op(call, call.result.dtype === dtypes.bool ? 'Not' : 'BitwiseNot', x(call)),
  deg2rad: scaled(Math.PI / 180),
  rad2deg: scaled(180 / Math.PI),
  elu,
  erfc: (call) => difference(call, number(call, 1), op(call, 'Erf', x(call))),
  exp2: (call) => op(call, 'Exp', product(call, x(call), number(call, Math.LN2))),
  float_power: (call) => op(call, 'Pow', x(call), call.name('exponent', call.result.dtype)),
  fmax: ignoringNan('Max'),
  fmin: ignoringNan('Min'),
  fmod,
  frac: (call) => difference(call, x(call), truncated(call, x(call))),
  glu,
  hardshrink: (call) => {
    const limit = call.name('lambd', call.result.dtype);
    return op(call, 'Where', op(call, 'LessOrEqual', op(call, 'Abs', x(call)), limit), number(call, 0), x(call));
  },
  heaviside,
  hypot: (call) => {
    const [a, b] = [x(call), other(call)];
    return op(call, 'Sqrt', sum(call, product(call, a, a), product(call, b, b)));
  },
  isclose: close,
  isfinite: finite,
  lerp,
  log10: (call) => product(call, op(call, 'Log', x(call)), number(call, 1 / Math.LN10)),
  log2: (call) => product(call, op(call, 'Log', x(call)), number(call, 1 / Math.LN2)),
  logaddexp: logAddExp,
  logit,
  special_logit: logit,
  special_expit: (call) => op(call, 'Sigmoid', x(call)),
  nan_to_num: nanToNum,
  sgn: (call) => op(call, 'Sign', x(call)),
  softplus,
  softshrink: (call) =>
    call.build.op('Shrink', [x(call)], {
      bias: { float: call.number('lambd') },
      lambd: { float: call.number('lambd') },
    }),
  threshold,
  true_divide: (call) => quotient(call, x(call), other(call)),
  trunc: (call) => truncated(call, x(call)),
  fix: (call) => truncated(call, x(call)),
  xlogy,
  special_xlogy: xlogy,
  rrelu: (call) => {
    if (call.flag('training')) throw new Unsupported('it is exported in eval mode only: call model.eval() first');
    const slope = (call.number('lower') + call.number('upper')) / 2;
    return call.build.op('LeakyRelu', [x(call)], { alpha: { float: slope } });
  },
};
