/** Steps over a hundred small parameters, and clipping their gradients. */
import torch, { nn, optim, type Tensor } from 'tsorch';
import type { Workload, Workloads } from './workload';

function parameters(): Tensor[] {
  return Array.from({ length: 100 }, () => {
    const parameter = torch.randn(16, 16).requires_grad_();
    parameter.grad = torch.randn(16, 16);
    return parameter;
  });
}

function step(make: (parameters: Tensor[]) => Pick<optim.SGD, 'step'>): Workload {
  return () => {
    const optimizer = make(parameters());
    return () => optimizer.step();
  };
}

export const optimizers: Workloads = {
  sgd_100: step((p) => new optim.SGD(p, { lr: 1e-3 })),
  momentum_100: step((p) => new optim.SGD(p, { lr: 1e-3, momentum: 0.9 })),
  adam_100: step((p) => new optim.Adam(p, { lr: 1e-3 })),
  adamw_100: step((p) => new optim.AdamW(p, { lr: 1e-3 })),
  rmsprop_100: step((p) => new optim.RMSprop(p, { lr: 1e-3 })),
  clip_100: () => {
    const clipped = parameters();
    return () => nn.utils.clip_grad_norm_(clipped, 0.5);
  },
};
