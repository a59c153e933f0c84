/** Losses, and distances between tensors. */
import { dtypes } from '../../base/types';
import { ABSENT, type Name } from '../builder';
import { type Call, Unsupported } from '../call';
import type { Rule, Table } from '../table';

const op = (call: Call, type: string, ...inputs: Name[]): Name => call.build.op(type, inputs);
const number = (call: Call, value: number): Name => call.build.scalar(value, call.result.dtype);

/** None, the mean or the sum of the elements. */
function reduced(call: Call, name: Name): Name {
  const kind = call.number('reduction');
  return kind === 0 ? name : call.build.op(kind === 1 ? 'ReduceMean' : 'ReduceSum', [name], { keepdims: 0 });
}

const elementwise =
  (loss: (call: Call, x: Name, y: Name) => Name): Rule =>
  (call) => {
    const { dtype } = call.result;
    return reduced(call, loss(call, call.name('self', dtype), call.name('target', dtype)));
  };

const away = (call: Call, x: Name, y: Name) => op(call, 'Sub', x, y);

function squared(call: Call, x: Name, y: Name): Name {
  const difference = away(call, x, y);
  return op(call, 'Mul', difference, difference);
}

/** Squares near zero, lines beyond; `scale` divides (smooth L1) or multiplies (Huber). */
const rounded =
  (parameter: string, smooth: boolean) =>
  (call: Call, x: Name, y: Name): Name => {
    const limit = call.number(parameter, 1);
    const size = op(call, 'Abs', away(call, x, y));
    const half = op(call, 'Mul', op(call, 'Mul', size, size), number(call, smooth ? 0.5 / limit : 0.5));
    const line = op(call, 'Sub', size, number(call, limit / 2));
    const outside = smooth ? line : op(call, 'Mul', line, number(call, limit));
    return op(call, 'Where', op(call, 'Less', size, number(call, limit)), half, outside);
  };

function logitLoss(call: Call): Name {
  const [x, y] = [call.name('self'), call.name('target', call.result.dtype)];
  if (call.has('weight') || call.has('pos_weight')) throw new Unsupported('it is exported without weights only');
  const linear = op(call, 'Sub', op(call, 'Max', x, number(call, 0)), op(call, 'Mul', x, y));
  const small = op(call, 'Exp', op(call, 'Neg', op(call, 'Abs', x)));
  return reduced(call, op(call, 'Add', linear, op(call, 'Log', op(call, 'Add', number(call, 1), small))));
}

function binaryLoss(call: Call): Name {
  const [x, y] = [call.name('self'), call.name('target', call.result.dtype)];
  if (call.has('weight')) throw new Unsupported('it is exported without weights only');
  const log = (name: Name) => op(call, 'Max', op(call, 'Log', name), number(call, -100));
  const one = number(call, 1);
  const yes = op(call, 'Mul', y, log(x));
  const no = op(call, 'Mul', op(call, 'Sub', one, y), log(op(call, 'Sub', one, x)));
  return reduced(call, op(call, 'Neg', op(call, 'Add', yes, no)));
}

const REDUCTIONS = ['none', 'mean', 'sum'];

/** Of classes that are given by their numbers. */
const classLoss =
  (type: string): Rule =>
  (call) => {
    const target = call.computed('target');
    if (target.dtype.is_floating_point) throw new Unsupported('it is exported with the numbers of classes only');
    if (call.has('label_smoothing') && call.number('label_smoothing') !== 0)
      throw new Unsupported('it is exported without label_smoothing only');
    const attributes = {
      reduction: REDUCTIONS[call.number('reduction')]!,
      ignore_index: call.number('ignore_index', -100),
    };
    return call.build.op(type, [call.name('self'), target.name, call.optional('weight')], attributes);
  };

function divergence(call: Call): Name {
  const [x, y] = [call.name('self'), call.name('target', call.result.dtype)];
  if (call.flag('log_target')) return reduced(call, op(call, 'Mul', op(call, 'Exp', y), op(call, 'Sub', y, x)));
  const terms = op(call, 'Mul', y, op(call, 'Sub', op(call, 'Log', y), x));
  return reduced(call, op(call, 'Where', op(call, 'Equal', y, number(call, 0)), number(call, 0), terms));
}

function similarity(call: Call): Name {
  const { build } = call;
  const rank = Math.max(call.computed('x1').sizes.length, call.computed('x2').sizes.length);
  const axes = build.ints([call.axis('dim', rank)]);
  const eps = number(call, call.number('eps'));
  const unit = (name: Name) =>
    op(call, 'Div', name, op(call, 'Max', build.op('ReduceL2', [name, axes], { keepdims: 1 }), eps));
  const products = op(call, 'Mul', unit(call.name('x1')), unit(call.name('x2')));
  return build.op('ReduceSum', [products, axes], { keepdims: 0 });
}

/** The lengths of the differences, eps among them. */
function pairwise(call: Call): Name {
  const { build } = call;
  if (call.number('p') !== 2 && call.number('p') !== 1) throw new Unsupported('it is exported with p of 1 and 2 only');
  const difference = op(call, 'Add', away(call, call.name('x1'), call.name('x2')), number(call, call.number('eps')));
  const type = call.number('p') === 2 ? 'ReduceL2' : 'ReduceL1';
  return build.op(type, [difference, build.ints([-1])], { keepdims: Number(call.flag('keepdim')) });
}

/** Between all rows of two matrices. */
function distances(call: Call): Name {
  const { build } = call;
  const order = call.number('p');
  if (order !== 2 && order !== 1) throw new Unsupported('it is exported with p of 1 and 2 only');
  const x = build.op('Unsqueeze', [call.name('x1'), build.ints([-2])]);
  const y = build.op('Unsqueeze', [call.name('x2'), build.ints([-3])]);
  return build.op(order === 2 ? 'ReduceL2' : 'ReduceL1', [away(call, x, y), build.ints([-1])], { keepdims: 0 });
}

function crossed(call: Call): Name {
  const { build } = call;
  const rank = call.result.sizes.length;
  const axis = call.axis('dim', rank);
  if (call.fixed(call.computed('self'), axis) !== 3) throw new Unsupported('it is exported of three elements only');
  const turned = (name: Name, order: number[]) => build.op('Gather', [name, build.ints(order)], { axis });
  const [a, b] = [call.name('self'), call.name('other')];
  const first = op(call, 'Mul', turned(a, [1, 2, 0]), turned(b, [2, 0, 1]));
  return op(call, 'Sub', first, op(call, 'Mul', turned(a, [2, 0, 1]), turned(b, [1, 2, 0])));
}

export const losses: Table = {
  mse_loss: elementwise(squared),
  l1_loss: elementwise((call, x, y) => op(call, 'Abs', away(call, x, y))),
  smooth_l1_loss: elementwise(rounded('beta', true)),
  huber_loss: elementwise(rounded('delta', false)),
  binary_cross_entropy_with_logits: logitLoss,
  binary_cross_entropy: binaryLoss,
  cross_entropy_loss: classLoss('SoftmaxCrossEntropyLoss'),
  nll_loss: classLoss('NegativeLogLikelihoodLoss'),
  nll_loss_nd: classLoss('NegativeLogLikelihoodLoss'),
  nll_loss2d: classLoss('NegativeLogLikelihoodLoss'),
  kl_div: divergence,
  cosine_similarity: similarity,
  pairwise_distance: pairwise,
  cdist: distances,
  linalg_cross: crossed,
  dist: (call) => {
    if (call.number('p', 2) !== 2) throw new Unsupported('it is exported with p of 2 only');
    return call.build.op('ReduceL2', [away(call, call.name('self'), call.name('other')), ABSENT], { keepdims: 0 });
  },
  det: (call) => call.build.op('Det', [call.name('self')]),
  linalg_det: (call) => call.build.op('Det', [call.name('A')]),
  bucketize: (call) => places(call, call.name('self'), call.name('boundaries')),
};

/** How many boundaries lie below each element. */
function places(call: Call, x: Name, boundaries: Name): Name {
  const { build } = call;
  const wide = build.op('Unsqueeze', [x, build.ints([-1])]);
  const type = call.has('right') && call.flag('right') ? 'LessOrEqual' : 'Less';
  const below = build.cast(build.op(type, [boundaries, wide]), dtypes.bool, dtypes.int64);
  return build.op('ReduceSum', [below, build.ints([-1])], { keepdims: 0 });
}
