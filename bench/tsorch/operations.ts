/** Single operations on small tensors. */
import torch, { type Tensor } from 'tsorch';
import type { Workload, Workloads } from './workload';

/** Tensors are made when a workload is prepared: the default device is known then. */
const pair =
  (make: (x: Tensor, y: Tensor) => () => unknown): Workload =>
  () =>
    make(torch.randn(2, 2), torch.randn(2, 2));
const rows =
  (make: (rows: Tensor) => () => unknown): Workload =>
  () =>
    make(torch.randn(4, 4));

export const operations: Workloads = {
  add: pair((x, y) => () => x.add(y)),
  mul: pair((x, y) => () => x.mul(y)),
  matmul: pair((x, y) => () => x.matmul(y)),
  add_: pair((x, y) => () => x.add_(y)),
  view: pair((x) => () => x.view(4)),
  transpose: pair((x) => () => x.transpose(0, 1)),
  detach: pair((x) => () => x.detach()),
  data: pair((x) => () => x.data),
  sum: pair((x) => () => x.sum()),
  sum_dim: pair((x) => () => x.sum(1)),
  cat: pair((x, y) => () => torch.cat([x, y, x])),
  gather: rows((x) => {
    const places = torch.tensor([[0n], [1n], [2n], [3n]]);
    return () => x.gather(1, places);
  }),
  index_integer: rows((x) => () => x.index(1)),
  index_slice: rows((x) => () => x.index('1:3')),
  index_mask: rows((x) => {
    const mask = x.gt(0);
    return () => x.index(mask);
  }),
  relu_grad: pair((x) => {
    const weights = x.requires_grad_();
    return () => torch.relu(weights);
  }),
  item: () => {
    const one = torch.tensor(1.5);
    return () => one.item();
  },
  tensor_number: () => () => torch.tensor(1.5),
  tolist_4: pair((x) => () => x.tolist()),
  zeros: () => () => torch.zeros(2, 2),
};
