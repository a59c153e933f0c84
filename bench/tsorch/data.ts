/** Arrays in and out, and loading. */
import torch from 'tsorch';
import type { Workloads } from './workload';

const { DataLoader, TensorDataset } = torch.utils.data;

export const data: Workloads = {
  tensor_nested: () => {
    const rows = Array.from({ length: 1000 }, (_, i) => Array.from({ length: 100 }, (_, j) => i + j / 100));
    return () => torch.tensor(rows);
  },
  tensor_typed: () => {
    const array = Float32Array.from({ length: 100_000 }, (_, i) => i);
    return () => torch.tensor(array).view(1000, 100);
  },
  tolist: () => {
    const x = torch.randn(1000, 100);
    return () => x.tolist();
  },
  typed_array: () => {
    const x = torch.randn(1000, 100);
    return () => x.typed_array();
  },
  dataloader: () => {
    const dataset = new TensorDataset(torch.randn(10_000, 10), torch.randn(10_000, 1));
    const loader = new DataLoader(dataset, { batch_size: 10, shuffle: true });
    return () => {
      let last: unknown;
      for (const batch of loader) last = batch;
      return last;
    };
  },
};
