/** Operators beyond the common ones as ONNX: each is run by onnxruntime, and compared; of some the first size may change. */
import torch, { type Tensor } from 'tsorch';
import * as F from 'tsorch/nn/functional';
import { type ExportOptions, export as exportOnnx } from 'tsorch/onnx';
import { type Answer, runOnnx } from './runtime';

beforeAll(() => void jest.spyOn(process, 'emitWarning').mockImplementation(() => {}));
torch.manual_seed(0);

type Function = (x: Tensor) => unknown;

const int64 = { dtype: torch.int64 };
const ints = (...values: number[]) => torch.tensor(values.map(BigInt));
const image = (x: Tensor) => x.view(-1, 1, 4, 6);
const rows = { dynamic_shapes: [{ 0: 'rows' }] };

/** Of a matrix of 4 rows and 6 columns. */
const fixed: Readonly<Record<string, Function>> = {
  resized: (x) => [
    F.interpolate(image(x), { size: [7, 9], mode: 'bilinear' }),
    F.interpolate(image(x), { scale_factor: 2, mode: 'bicubic' }),
    F.interpolate(image(x), { scale_factor: 2, mode: 'bicubic', align_corners: true }),
    F.interpolate(image(x), { size: [7, 9], mode: 'nearest-exact' }),
    F.interpolate(x.view(1, 1, 2, 3, 4), { scale_factor: 2, mode: 'trilinear' }),
    F.grid_sample(image(x), torch.linspace(-1, 1, 12).view(1, 2, 3, 2), { align_corners: false }),
  ],
  pooled: (x) => [
    F.local_response_norm(x.abs().view(1, 4, 6), 2),
    F.adaptive_avg_pool2d(image(x), [3, 4]),
    F.adaptive_avg_pool2d(image(x), [null, 2]),
    F.adaptive_max_pool2d(image(x), [3, 4]),
    F.lp_pool2d(image(x.abs()), 2, 2),
    ...(F.max_pool2d(image(x).expand(2, 3, 4, 6), 2, { return_indices: true }) as unknown as Tensor[]),
  ],
  'indices of several dimensions': (x) => [
    x.index(ints(0, 1), ints(2, -3)),
    x.index(ints(0, 1).unsqueeze(1), ints(2, 3, 5)),
    x.view(2, 2, 6).index(':', ints(0, 1), ints(2, 3)),
    x.view(2, 2, 6).index(':', ints(0, 1).unsqueeze(1), ints(2, 3)),
    x.take(ints(0, 5)),
  ],
  'written at indices': (x) => [
    x.index_put([ints(0, -1)], torch.ones(6)),
    x.index_put([ints(0, 0)], torch.ones(2, 6), { accumulate: true }),
    x.index_put([ints(0, 1), ints(2, 3)], torch.ones(2)),
    x.index_put([x.gt(0)], torch.tensor(7)),
    x.index_add(0, ints(0, 0), torch.ones(2, 6), { alpha: 2 }),
    x.index_copy(0, ints(0, 1), torch.ones(2, 6)),
    x.index_fill(1, ints(0, -1), 2),
    x.scatter(1, torch.zeros([4, 1], int64), torch.ones(4, 1)),
    x.scatter(1, torch.zeros([4, 1], int64), 3),
    x.scatter_add(1, torch.zeros([4, 2], int64), torch.ones(4, 3)),
    x.scatter_reduce(1, torch.zeros([4, 2], int64), torch.ones(4, 2), 'amax'),
    x.select_scatter(torch.ones(6), 0, -1),
    x.slice_scatter(torch.ones(2, 6), 0, 1, 3),
    x.slice_scatter(torch.ones(4, 3), { dim: 1, step: 2 }),
  ],
  arranged: (x) => [
    ...[x.roll(1, 0), x.roll([1, -2], [0, 1]), x.roll(3), x.flip(0, 1), x.fliplr(), x.unfold(1, 3, 2), x.movedim(0, 1)],
    ...[
      F.unfold(image(x), 2, { padding: 1, stride: 2 }),
      x.swapaxes(0, 1),
      x.diagonal(),
      x.diagonal(1),
      x.diagonal(-2),
    ],
    ...[x.index(':', ':4').diag(), x.index(':', ':4').trace(), F.pixel_unshuffle(image(x), 2)],
    ...[F.channel_shuffle(x.view(1, 4, 6, 1), 2), F.one_hot(x.abs().to(torch.int64), 7), torch.atleast_3d(x)],
    ...[torch.vstack([x, x]), torch.hstack([x, x]), torch.column_stack([x, x]), torch.outer(x.index(0), x.index(1))],
    ...torch.meshgrid([x.index(0), x.index(1).narrow(0, 0, 3)], { indexing: 'ij' }),
    ...torch.meshgrid([x.index(0), x.index(1).narrow(0, 0, 3)], { indexing: 'xy' }),
    ...torch.broadcast_tensors(x, x.index(0)),
  ],
  'made of numbers': (x) => [
    ...[torch.linspace(0, 1, 6).add(x), torch.eye(6).add(x.index(0)), torch.eye(4, 6).add(x)],
    ...[torch.tril_indices(4, 6).add(x.numel()), torch.hann_window(6).mul(x)],
  ],
  losses: (x) => [
    ...[
      F.mse_loss(x, x.neg()),
      F.l1_loss(x, x.neg(), { reduction: 'sum' }),
      F.smooth_l1_loss(x, x.neg(), { beta: 0.5 }),
    ],
    ...[F.huber_loss(x, x.neg(), { delta: 0.5 }), F.binary_cross_entropy_with_logits(x, x.sigmoid())],
    ...[
      F.binary_cross_entropy(x.sigmoid(), x.sigmoid()),
      F.kl_div(x.log_softmax(1), x.softmax(1), { reduction: 'sum' }),
    ],
    ...[F.cross_entropy(x, ints(0, 1, 2, 3)), F.nll_loss(x.log_softmax(1), ints(0, 1, -100, 3), { reduction: 'none' })],
    ...[F.cosine_similarity(x, x.add(1)), F.pairwise_distance(x, x.neg()), torch.cdist(x, x.add(1)), x.dist(x.neg())],
    torch.linalg.cross(x.index(':', ':3'), x.index(':', '3:')),
  ],
};

/** Of any number of rows. */
const dynamic: Readonly<Record<string, Function>> = {
  functions: (x) => [
    ...[x.trunc(), x.frac(), x.fmod(2), torch.atan2(x, x.add(2)), torch.hypot(x, x), x.erfc(), x.exp2(), x.sgn()],
    ...[
      x.abs().log2(),
      x.abs().log10(),
      x.sigmoid().logit(),
      x.sigmoid().logit({ eps: 0.3 }),
      x.deg2rad(),
      x.rad2deg(),
    ],
    ...[x.heaviside(torch.tensor([1])), x.log().nan_to_num(), x.log().isfinite(), torch.xlogy(x.abs(), x.abs())],
    ...[torch.fmax(x.log(), x), torch.fmin(x, x.log()), torch.logaddexp(x, x.neg()), torch.isclose(x, x.abs())],
    ...[x.abs().float_power(2), x.lerp(x.neg(), 0.3), x.lerp(x.neg(), x), x.addcmul(x, x, { value: 2 })],
    ...[x.addcdiv(x, x.abs().add(1), { value: 2 }), x.clamp(torch.zeros(6), torch.ones(6))],
  ],
  'of bits': (x) => {
    const whole = x.mul(9).to(torch.int64);
    return [
      ...[whole.bitwise_and(3), whole.bitwise_or(3), whole.bitwise_xor(5), whole.bitwise_not(), x.gt(0).bitwise_not()],
      ...[whole.bitwise_left_shift(2), whole.bitwise_right_shift(1)],
    ];
  },
  activations: (x) => [
    ...[F.glu(x, 1), F.rrelu(x), F.threshold(x, 0.1, 5), F.hardshrink(x), F.softshrink(x), F.softplus(x, 2, 3)],
    ...[F.elu(x, 0.5), F.softmin(x, 1)],
  ],
  reductions: (x) => [
    ...[...x.median(1), ...x.kthvalue(2, 1), ...torch.var_mean(x, 1), ...torch.std_mean(x, 1), ...torch.aminmax(x)],
    ...[x.log().nansum(1), x.log().nanmean(), x.gt(0).count_nonzero(), x.argsort(1, true), x.cumprod(1)],
    ...[torch.linalg.vector_norm(x, Infinity), x.norm(3, 1), torch.linalg.matrix_norm(x)],
    torch.bucketize(x, torch.tensor([-1, 0, 1])),
  ],
  'chosen by what is in it': (x) => [
    x.gt(0).nonzero(),
    x.masked_select(x.gt(0)),
    x.index(x.gt(0)),
    x.index(x.sum(1).gt(0)),
  ],
  'in place': (x) => {
    const [copied, emptied] = [x.clone(), x.clone()];
    copied.copy_(x.neg());
    emptied.zero_();
    return [copied, emptied.add(x), x.clone().fill_(3)];
  },
  'indices and rows': (x) => [
    ...[x.index_put([ints(-1)], torch.zeros(6)), x.take_along_dim(x.argsort(1), 1), x.index_fill(0, ints(-1), 2)],
    ...[x.scatter_add(1, x.argsort(1), x), x.slice_scatter(torch.ones(1, 6), 0, 1, 2), x.flip(0)],
  ],
};

const cases = [
  ...Object.entries(fixed).map(([name, run]) => ({ name, run, options: {}, sizes: [4] })),
  ...Object.entries(dynamic).map(([name, run]) => ({ name, run, options: rows as ExportOptions, sizes: [4, 8] })),
].map((each) => ({ ...each, inputs: each.sizes.map((size) => torch.randn(size, 6)) }));

const flat = (value: unknown): Tensor[] => {
  if (torch.is_tensor(value)) return [(value as Tensor).detach()];
  return Object.values(value as object).flatMap(flat);
};

let answers: (Answer | { error: string })[];
beforeAll(() => {
  answers = runOnnx(
    cases.map(({ run, inputs, options }) => ({
      bytes: exportOnnx(run, [inputs[0]!], options).model_proto.SerializeToString(),
      runs: inputs.map((x) => [x]),
    })),
  );
}, 300_000);

test.each(cases.map((each, i) => [each.name, each, i] as const))('%s', (_, { run, inputs }, i) => {
  const answer = answers[i]!;
  if ('error' in answer) throw new Error(answer.error);
  inputs.forEach((x, k) => {
    torch.testing.assert_close(answer.runs[k], flat(run(x)), { rtol: 1e-4, atol: 1e-5, equal_nan: true });
  });
});

test.each<[string, Function, string]>([
  ['rounding behind the point', (x) => x.round({ decimals: 1 }), 'aten::round'],
  ['indices that are apart', (x) => x.view(2, 2, 6).index(ints(0), ':', ints(1)), 'in neighbouring dimensions only'],
  [
    'a part that is written to',
    (x) => {
      const y = x.clone();
      y.narrow(0, 0, 1).fill_(1);
      return y;
    },
    'aten::fill_',
  ],
  ['a number of elements that the data decide', (x) => x.masked_select(x.gt(0)).chunk(2), 'which is dynamic'],
  ['smoothed labels', (x) => F.cross_entropy(x, ints(0, 1, 2, 3), { label_smoothing: 0.1 }), 'label_smoothing'],
])('refused: %s', (_, run, message) => {
  expect(() => exportOnnx(run, [torch.randn(4, 6)])).toThrow(message);
});
