/** torch.utils.data with every argument by position or by name. */
import torch from 'tsorch';
import * as data from 'tsorch/utils/data';

const rows = [10, 11, 12, 13];

it('datasets', () => {
  const dataset = new data.Subset({ dataset: rows, indices: [3, 1] });
  expect([dataset.index(0), dataset.length]).toEqual([13, 2]);
  expect(new data.ConcatDataset({ datasets: [rows, dataset] }).length).toBe(6);
  const parts = data.random_split({ dataset: rows, lengths: [0.5, 0.5], generator: new torch.Generator() });
  expect(parts.map((part) => part.length)).toEqual([2, 2]);
});

it('samplers', () => {
  const sampler = new data.SequentialSampler({ data_source: rows });
  expect([...new data.BatchSampler({ sampler, batch_size: 3, drop_last: false })]).toEqual([[0, 1, 2], [3]]);
  expect([...new data.RandomSampler(rows, { num_samples: 2 })].length).toBe(2);
  expect([...new data.RandomSampler(rows, true, 3)].length).toBe(3);
  expect([...new data.SubsetRandomSampler({ indices: ['a'], generator: null })]).toEqual(['a']);
  expect([...new data.WeightedRandomSampler({ weights: [0, 1], num_samples: 2 })]).toEqual([1, 1]);
  const shared = new data.DistributedSampler(rows, 2, 1, { shuffle: false });
  shared.set_epoch({ epoch: 2 });
  expect([[...shared], shared.epoch]).toEqual([[1, 3], 2]);
});

it('loaders', () => {
  const loader = new data.DataLoader(rows, 2, false, null, null, 0, (batch) => batch.join(), { in_order: true });
  expect([...loader]).toEqual(['10,11', '12,13']);
  expect(data.default_collate({ batch: [1, 2] }).tolist()).toEqual([1, 2]);
});

test.each<[run: () => unknown, message: string]>([
  [() => new data.DataLoader({} as never), "DataLoader.__init__() missing 1 required positional argument: 'dataset'"],
  [() => new data.Subset(rows as never), "Subset.__init__() missing 1 required positional argument: 'indices'"],
  [
    () => data.random_split(rows, [4], { seed: 1 } as never),
    "random_split() got an unexpected keyword argument 'seed'",
  ],
])('%#: %s', (run, message) => expect(run).toThrow(message));
