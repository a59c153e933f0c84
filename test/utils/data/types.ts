/** Compiled, not run: what DataLoaders give, however their arguments are given. */
import type { Tensor } from 'tsorch';
import { DataLoader, type TensorDataset } from 'tsorch/utils/data';
import { same } from '../../same_type';

type Pair = [Tensor, Tensor];

export function loaders(dataset: TensorDataset<Pair>): void {
  same<DataLoader<Pair, number>>()(new DataLoader(dataset), true);
  same<DataLoader<Pair, number>>()(new DataLoader({ dataset }), true);
  same<DataLoader<Pair, number>>()(new DataLoader(dataset, { shuffle: true }), true);
  same<DataLoader<Pair, 4>>()(new DataLoader(dataset, 4, true), true);
  same<DataLoader<Pair, null>>()(new DataLoader(dataset, { batch_size: null }), true);
  same<DataLoader<Pair, number, number>>()(new DataLoader(dataset, { collate_fn: ({ length }) => length }), true);
  same<DataLoader<Pair, null, Tensor>>()(new DataLoader(dataset, { batch_size: null, collate_fn: ([x]) => x }), true);
  same<DataLoader<Pair, number, Tensor>>()(new DataLoader(dataset, { collate_fn: (x: Pair[]) => x[0]![0] }), true);
  // @ts-expect-error no option of this name
  new DataLoader(dataset, { batchsize: 4 });
}
