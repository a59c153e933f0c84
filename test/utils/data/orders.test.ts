import torch, { Tensor } from 'tsorch';
import {
  BatchSampler,
  DataLoader,
  type DataLoaderOptions,
  distributed,
  RandomSampler,
  random_split,
  SubsetRandomSampler,
  TensorDataset,
  WeightedRandomSampler,
} from 'tsorch/utils/data';
import golden from './golden/orders.json';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const seeded = (seed: number) => new torch.Generator().manual_seed(seed);
const twice = (values: Iterable<unknown>) => [[...values], [...values]];
const integers = (n: number) => torch.arange(n);
const loader = (n: number, options: DataLoaderOptions<[Tensor], number | null>) =>
  new DataLoader(new TensorDataset(integers(n)), options as object);
const weights = [0.1, 0.9, 0.4, 0.7, 3.0, 0.6];

function ranks(options: object) {
  return range(3).map((rank) => {
    const sampler = new distributed.DistributedSampler(range(11), { num_replicas: 3, rank, ...options });
    const first = [...sampler];
    sampler.set_epoch(2);
    return [first, [...sampler]];
  });
}

const cases: Record<string, () => unknown> = {
  random: () => twice(new RandomSampler(range(10))),
  'random, few': () => [...new RandomSampler(range(10), { num_samples: 4 })],
  'random, more than there are': () => [...new RandomSampler(range(10), { num_samples: 25 })],
  'random, replacement': () => twice(new RandomSampler(range(100), { replacement: true, num_samples: 70 })),
  'random, replacement, whole blocks': () => [...new RandomSampler(range(100), true, 64)],
  'random, generator': () => twice(new RandomSampler(range(10), { generator: seeded(3) })),
  subset: () => twice(new SubsetRandomSampler([5, 6, 7, 8, 9])),
  'subset, generator': () => twice(new SubsetRandomSampler([5, 6, 7, 8, 9], { generator: seeded(1) })),
  weighted: () => twice(new WeightedRandomSampler(weights, 12, { replacement: true })),
  'weighted, no replacement': () => [...new WeightedRandomSampler(weights, 5, { replacement: false })],
  'weighted, generator': () => [...new WeightedRandomSampler(weights, 5, true, seeded(5))],
  batch: () => [...new BatchSampler(new RandomSampler(range(10)), 4, false)],
  'batch, drop_last': () => [...new BatchSampler(new RandomSampler(range(10)), { batch_size: 4, drop_last: true })],
  loader: () => twice(loader(10, { batch_size: 4 })),
  'loader, shuffle': () => twice(loader(10, { batch_size: 4, shuffle: true })),
  'loader, shuffle, drop_last': () => twice(loader(10, { batch_size: 4, shuffle: true, drop_last: true })),
  'loader, shuffle, even': () => twice(loader(12, { batch_size: 4, shuffle: true })),
  'loader, generator': () => twice(loader(10, { batch_size: 4, shuffle: true, generator: seeded(9) })),
  'loader, even, generator': () => twice(loader(8, { batch_size: 4, shuffle: true, generator: seeded(9) })),
  'loader, one by one': () => twice(loader(6, { batch_size: null, shuffle: true })),
  'loader, sampler': () => [...loader(6, { batch_size: 2, sampler: new WeightedRandomSampler(weights, 6) })],
  'loader, batch_sampler': () =>
    twice(loader(9, { batch_sampler: new BatchSampler(new RandomSampler(range(9)), 2, true) })),
  'loader, large': () => [...loader(1000, { batch_size: 100, shuffle: true })],
  split: () => random_split(range(10), [3, 7]).map((part) => part.indices),
  'split, fractions': () => random_split(range(31), [0.3, 0.3, 0.4]).map((part) => part.indices),
  'split, generator': () => random_split(range(10), [5, 5], seeded(42)).map((part) => part.indices),
  'split, loader': () => twice(new DataLoader(random_split(integers(20).mul(10), [0.5, 0.5])[0]!, 4, true)),
  distributed: () => ranks({}),
  'distributed, drop_last': () => ranks({ drop_last: true, seed: 4 }),
  'distributed, in order': () => ranks({ shuffle: false }),
};

function plain(value: unknown): unknown {
  if (value instanceof Tensor) return value.tolist();
  return Array.isArray(value) ? value.map(plain) : value;
}

type Order = { order: unknown; next: number };

test.each(Object.entries(golden.orders as Record<string, Order>))('%s', (name, { order, next }) => {
  torch.manual_seed(name === 'loader, large' ? 12345678901 : 7);
  expect(plain(cases[name]!())).toEqual(order);
  expect(torch.rand(1).item()).toBe(next);
});

test('loading beside the fast path draws the same', () => {
  class Rows extends TensorDataset<[Tensor]> {
    override __getitem__(index: number): [Tensor] {
      return super.__getitem__(index);
    }
  }
  torch.manual_seed(1);
  const fast = [...new DataLoader(new TensorDataset(integers(50)), { batch_size: 8, shuffle: true })];
  torch.manual_seed(1);
  const slow = [...new DataLoader(new Rows(integers(50)), { batch_size: 8, shuffle: true })];
  expect(plain(fast)).toEqual(plain(slow));
});
