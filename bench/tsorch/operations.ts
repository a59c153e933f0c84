/** Single operations on small tensors. */
import torch from 'tsorch';
import type { Workloads } from './workload';

const x = torch.randn(2, 2);
const y = torch.randn(2, 2);
const sums = torch.zeros(2, 2);
const rows = torch.randn(4, 4);
const mask = rows.gt(0);
const weights = torch.randn(2, 2, { requires_grad: true });
const one = torch.tensor(1.5);

export const operations: Workloads = {
  add: () => () => x.add(y),
  mul: () => () => x.mul(y),
  matmul: () => () => x.matmul(y),
  add_: () => () => sums.add_(y),
  view: () => () => x.view(4),
  transpose: () => () => x.transpose(0, 1),
  sum_dim: () => () => x.sum(1),
  cat: () => () => torch.cat([x, y, x]),
  index_integer: () => () => rows.index(1),
  index_slice: () => () => rows.index('1:3'),
  index_mask: () => () => rows.index(mask),
  relu_grad: () => () => torch.relu(weights),
  item: () => () => one.item(),
  tensor_number: () => () => torch.tensor(1.5),
  zeros: () => () => torch.zeros(2, 2),
};
