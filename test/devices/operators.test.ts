/** Operators give on the accelerator what they give on the CPU, gradients included. */
import torch, { type Tensor } from 'tsorch';
import { device, expectSame, moved, type Value } from './device';

const { functional: F } = torch.nn;

const x = (...sizes: number[]) => torch.randn(sizes, { requires_grad: true });
const positive = (...sizes: number[]) => torch.rand(sizes).add(0.5).requires_grad_();
const whole = (below: number, ...sizes: number[]) => torch.randint(below, sizes);

type Case = readonly [name: string, inputs: () => Tensor[], run: (...inputs: Tensor[]) => Value];

const cases: readonly Case[] = [
  ['arithmetic', () => [x(3, 4), x(4)], (a, b) => [a.add(b), a.sub(b), a.mul(b), a.div(b), a.neg(), a.pow(2)]],
  ['in place', () => [x(3, 4)], (a) => a.clone().add_(1).mul_(2).clamp_(-1, 1)],
  ['functions', () => [positive(3, 4)], (a) => [a.sqrt(), a.log(), a.exp(), a.sin(), a.tanh(), a.sigmoid(), a.erf()]],
  ['comparisons', () => [x(5), x(5)], (a, b) => [a.gt(b), a.eq(a), torch.where(a.gt(0), a, b), torch.maximum(a, b)]],
  ['reductions', () => [x(3, 4)], (a) => [a.sum(), a.mean(1), a.std(), a.max(), a.argmax(1), a.norm(), a.logsumexp(0)]],
  ['named results', () => [x(3, 4)], (a) => [...a.max(1), ...a.sort(1), ...a.topk(2)]],
  ['products', () => [x(3, 4), x(4, 5)], (a, b) => [a.matmul(b), torch.einsum('ij,jk->ki', a, b)]],
  ['batched products', () => [x(2, 3, 4), x(2, 4, 5)], (a, b) => [a.bmm(b), a.matmul(b)]],
  [
    'views',
    () => [x(3, 4)],
    (a) => [a.t(), a.view(-1), a.index(1), a.index(':', '1:3'), a.unsqueeze(0), a.chunk(2, 1)],
  ],
  ['indices', () => [x(5, 4), whole(5, 3)], (a, i) => [a.index(i), a.gather(0, i.view(3, 1)), a.index_select(0, i)]],
  ['joining', () => [x(2, 3), x(2, 3)], (a, b) => [torch.cat([a, b]), torch.stack([a, b]), a.repeat(2, 2)]],
  ['cumulation', () => [x(3, 4)], (a) => [a.cumsum(1), a.cumprod(1), a.triu(), a.flip(0), a.roll(1, 1)]],
  ['linear algebra', () => [x(4, 4)], (a) => [torch.linalg.inv(a.matmul(a.t()).add(torch.eye(4).to(a.device)))]],
  ['fourier', () => [x(8)], (a) => torch.view_as_real(torch.fft.fft(a))],
  ['activations', () => [x(3, 4)], (a) => [F.relu(a), F.gelu(a), F.silu(a), F.softmax(a, 1), F.log_softmax(a, 1)]],
  ['losses', () => [x(3, 4), whole(4, 3)], (a, t) => [F.cross_entropy(a, t), F.mse_loss(a, a.detach().add(1))]],
  ['convolution', () => [x(2, 3, 8, 8), x(4, 3, 3, 3)], (a, w) => F.conv2d(a, w, null, 2, 1)],
  ['pooling', () => [x(2, 3, 8, 8)], (a) => [F.max_pool2d(a, 2), F.avg_pool2d(a, 2), F.adaptive_avg_pool2d(a, 1)]],
  ['resizing', () => [x(1, 2, 4, 4)], (a) => F.interpolate(a, { scale_factor: 2, mode: 'bilinear' })],
  ['embedding', () => [whole(10, 3), x(10, 4)], (i, w) => F.embedding(i, w)],
  ['attention', () => [x(2, 5, 8), x(2, 5, 8)], (q, k) => F.scaled_dot_product_attention(q, k, k)],
  ['normalisation', () => [x(4, 6)], (a) => [F.layer_norm(a, [6]), F.normalize(a, { dim: 1 })]],
  ['dtypes', () => [x(3)], (a) => [a.to(torch.float64), a.half().float(), a.to(torch.int64), a.bool()]],
];

beforeEach(() => {
  torch.manual_seed(0);
});

/** The sum of all differentiable results, to start a backward pass from. */
function total(value: Value): Tensor | undefined {
  if (value instanceof torch.Tensor) return value.requires_grad ? value.sum() : undefined;
  if (!Array.isArray(value)) return undefined;
  const parts = (value as readonly Value[]).map(total).filter((part) => part !== undefined);
  return parts.reduce<Tensor | undefined>((sum, part) => (sum === undefined ? part : sum.add(part)), undefined);
}

test.each(cases)(`%s on ${device}`, (_, inputs, run) => {
  const here = inputs();
  const there = moved(here);
  const [expected, actual] = [run(...here), run(...there)];
  expectSame(actual, expected);
  total(expected)?.backward();
  total(actual)?.backward();
  here.forEach((input, i) => {
    if (input.grad !== null) expectSame(there[i]!.grad, input.grad, 1e-3);
  });
});

test('a tensor of another device is an error in words', () => {
  expect(() => torch.ones(2).add(torch.ones(2, { device: 'meta' }))).toThrow(/device/i);
});

test('creation and copies', () => {
  const made = torch.device(device, () => torch.ones(2));
  expect(torch.zeros(2, 3, { device }).device.type).toBe(device);
  expect(made.device.type).toBe(device);
  expect(torch.ones_like(made).device.type).toBe(device);
  expect(made.cpu().tolist()).toEqual([1, 1]);
});

test('the default device counts for calls that were made before it changed', () => {
  const make = () => [torch.ones(2), torch.zeros([2]), torch.rand(2, { dtype: torch.float64 }), torch.arange(3)];
  const places = () => new Set(make().map((x) => x.device.type));
  make();
  expect(places()).toEqual(new Set(['cpu']));
  expect(torch.device('meta', places)).toEqual(new Set(['meta']));
  expect(places()).toEqual(new Set(['cpu']));
});
