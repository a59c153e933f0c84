import torch, { nn, type Tensor } from 'tsorch';
import { expectGolden, type GoldenValue } from './golden';
import golden from './golden/init.json';

const { init } = nn;
const want = golden as unknown as Record<string, GoldenValue>;

type Case = [name: string, shape: number[], fill: (w: Tensor) => Tensor, dtype?: Tensor['dtype']];

const cases: Case[] = [
  ['uniform_', [3, 4], (w) => init.uniform_(w, -1, 2)],
  ['normal_', [3, 4], (w) => init.normal_(w, 1, 0.5)],
  ['trunc_normal_', [4, 25], (w) => init.trunc_normal_(w, { std: 1.5, a: -1, b: 1 })],
  ['trunc_normal_ tail', [4, 5], (w) => init.trunc_normal_(w, { mean: 0, std: 1, a: 1.5, b: 2.5 })],
  ['constant_', [2, 2], (w) => init.constant_(w, 0.3)],
  ['ones_', [2, 2], (w) => init.ones_(w)],
  ['zeros_', [2, 2], (w) => init.zeros_(w)],
  ['eye_', [2, 3], (w) => init.eye_(w)],
  ['dirac_', [4, 2, 3], (w) => init.dirac_(w, 2)],
  ['dirac_ 2d', [3, 2, 3, 4], (w) => init.dirac_(w)],
  ['xavier_uniform_', [3, 4, 2], (w) => init.xavier_uniform_(w, { gain: init.calculate_gain('relu') })],
  ['xavier_normal_', [3, 4], (w) => init.xavier_normal_(w)],
  ['kaiming_uniform_', [3, 4], (w) => init.kaiming_uniform_(w, { mode: 'fan_out', nonlinearity: 'relu' })],
  ['kaiming_normal_', [3, 4], (w) => init.kaiming_normal_(w, { a: 0.2 })],
  ['orthogonal_', [3, 5], (w) => init.orthogonal_(w)],
  ['orthogonal_ tall', [5, 2, 2], (w) => init.orthogonal_(w, { gain: 2 }), torch.float64],
  ['sparse_', [6, 3], (w) => init.sparse_(w, { sparsity: 0.4, std: 0.1 })],
];

it.each(cases)('%s draws what PyTorch draws', (name, shape, fill, dtype = torch.float32) => {
  torch.manual_seed(0);
  const w = torch.empty(shape, { dtype });
  expect(fill(w)).toBe(w);
  expectGolden(w, want[name]!);
});

it('draws from a generator', () => {
  const generator = new torch.Generator().manual_seed(7);
  expectGolden(init.normal_(torch.empty(3), { generator }), want.generator!);
});

it('knows the gains', () => {
  for (const [name, gain] of Object.entries(golden.gains)) {
    expect(init.calculate_gain(name as 'relu')).toBeCloseTo(gain, 12);
  }
  expect(init.calculate_gain('leaky_relu', 0.2)).toBeCloseTo(golden['leaky gain'], 12);
  expect(() => init.calculate_gain('softplus' as 'relu')).toThrow('Unsupported nonlinearity softplus');
});

it('fills parameters without recording it', () => {
  const w = new nn.Parameter(torch.empty(2, 2));
  init.kaiming_normal_(w);
  expect(w.grad_fn).toBeNull();
  expect(w.requires_grad).toBe(true);
});

it('refuses in PyTorch’s words', () => {
  expect(() => init.xavier_uniform_(torch.empty(3))).toThrow(
    'Fan in and fan out can not be computed for tensor with fewer than 2 dimensions',
  );
  expect(() => init.eye_(torch.empty(3))).toThrow('Only tensors with 2 dimensions are supported');
  expect(() => init.dirac_(torch.empty(3, 2, 2), 2)).toThrow('dim 0 must be divisible by groups');
  expect(() => init.kaiming_uniform_(torch.empty(2, 2), { mode: 'fan' as 'fan_in' })).toThrow(
    "Mode fan not supported, please use one of ['fan_in', 'fan_out']",
  );
  expect(() => init.orthogonal_(torch.empty(2))).toThrow('Only tensors with 2 or more dimensions are supported');
});
