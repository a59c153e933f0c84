/** Python has one kind of integers: bigints stand for ints, and what no int64 holds is refused where it stands. */
import torch, { nn } from 'tsorch';

const F = nn.functional;
/** As a program in JavaScript gives it, where no compiler asks for a number. */
const int = (value: bigint) => value as unknown as number;
const x = torch.arange(4, { dtype: torch.float32 });

const same: [string, unknown, unknown][] = [
  ['split', () => x.split(int(3n)), () => x.split(3)],
  ['split by sections', () => torch.split(x, [int(1n), int(3n)]), () => x.split([1, 3])],
  ['norm', () => x.norm(int(2n)), () => x.norm(2)],
  ['norm along', () => x.norm(int(1n), { dim: int(0n), keepdim: true }), () => x.norm(1, 0, true)],
  ['device', () => torch.device('cuda', int(1n)), () => torch.device('cuda', 1)],
  ['device by index', () => torch.device(int(1n)), () => torch.device(1)],
  ['LongTensor', () => torch.LongTensor(int(2n), int(3n)).shape, () => [2, 3]],
  ['Tensor', () => new torch.Tensor(int(2n)).shape, () => [2]],
  ['x.new', () => (x as unknown as { new: (size: number) => torch.Tensor }).new(int(2n)).shape, () => [2]],
  ['Size', () => torch.Size([int(2n), 3]), () => [2, 3]],
  ['tensordot', () => torch.tensordot(x, x, int(1n)), () => torch.tensordot(x, x, 1)],
  [
    'unravel_index',
    () => torch.unravel_index(torch.tensor([3n]), int(2n) as never),
    () => torch.unravel_index(torch.tensor([3n]), 2),
  ],
  ['unflatten', () => x.unflatten(int(0n), [int(2n), int(2n)]), () => x.unflatten(0, [2, 2])],
  ['pad', () => F.pad(x, [int(1n), int(2n)]), () => F.pad(x, [1, 2])],
  ['glu', () => F.glu(x, int(0n)), () => F.glu(x, 0)],
  ['fold', () => F.unfold(x.reshape(1, 1, 2, 2), int(2n)), () => F.unfold(x.reshape(1, 1, 2, 2), 2)],
  ['interpolate', () => F.interpolate(x.reshape(1, 1, 4), int(8n)), () => F.interpolate(x.reshape(1, 1, 4), 8)],
  ['one of a Sequential', () => new nn.Sequential(new nn.ReLU()).index(int(-1n)), () => new nn.ReLU()],
  [
    'a layer',
    () => new nn.Conv2d(int(1n), int(2n), int(3n), { padding: [int(1n), int(2n)] }),
    () => new nn.Conv2d(1, 2, 3, { padding: [1, 2] }),
  ],
  ['a rate', () => new torch.optim.SGD([x], { lr: int(1n) }).defaults.lr, () => 1],
  ['vmap', () => torch.vmap((v: torch.Tensor) => v, int(-1n))(x.reshape(2, 2)), () => x.reshape(2, 2).t()],
  ['grad', () => torch.func.grad((v: torch.Tensor) => v.sum(), int(0n))(x), () => torch.ones(4)],
];

test.each(same as [string, () => unknown, () => unknown][])('%s takes bigints', (_, of, expected) => {
  expect(String(of())).toBe(String(expected()));
});

test('set_num_threads takes a bigint', () => {
  const before = torch.get_num_threads();
  torch.set_num_threads(int(2n));
  expect(torch.get_num_threads()).toBe(2);
  torch.set_num_threads(before);
});

test('data tells bigints from numbers', () => {
  expect(torch.asarray([1n, 2n]).dtype).toBe(torch.int64);
  expect(torch.full([2], 3n).dtype).toBe(torch.int64);
  const [batch] = new torch.utils.data.DataLoader([1n, 2n], { batch_size: 2 });
  expect((batch as unknown as torch.Tensor).dtype).toBe(torch.int64);
});

/** In Python 2.13 `x.view(2, 2**64)` and so on: "view(): argument 'size' failed to unpack the object at pos 2 with error …". */
const big = int(2n ** 64n);
test.each<[string, string, number, () => unknown]>([
  ['view', 'size', 2, () => x.view(2, big)],
  ['view', 'size', 1, () => x.view([big])],
  ['reshape', 'shape', 1, () => x.reshape([int(2n ** 70n), 1])],
  ['permute', 'dims', 2, () => x.permute(0, big)],
  ['expand', 'size', 2, () => x.expand(1, int(-(2n ** 64n)))],
  ['sum', 'dim', 1, () => x.sum([big])],
  ['mean', 'dim', 1, () => x.mean([big])],
  ['zeros', 'size', 2, () => torch.zeros([2, big])],
  ['ones', 'size', 1, () => torch.ones(big)],
  ['roll', 'shifts', 1, () => x.roll([big])],
  ['full', 'size', 1, () => torch.full([big], 1)],
  ['repeat', 'repeats', 1, () => x.repeat(big)],
  ['split_with_sizes', 'split_sizes', 1, () => x.split([big])],
])('%s refuses a wide integer of %s at %d', (name, argument, place, call) => {
  const text = `${name}(): argument '${argument}' failed to unpack the object at pos ${place} with error "Overflow when unpacking long long"`;
  expect(call).toThrow(new TypeError(text));
});

test.each<() => unknown>([
  () => x.sum(big),
  () => x.squeeze(big),
  () => x.softmax(big),
  () => x.select(0, big),
  () => x.split(big),
  () => torch.cat([x], big),
])('%s is a bad value alone', (call) => {
  expect(call).toThrow(new RangeError('Overflow when unpacking long long'));
});
