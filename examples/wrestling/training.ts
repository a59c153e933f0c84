/** The training scaffold: epochs over the training samples, and after each the loss on samples held back. */
import torch, { type nn, type optim, type Tensor } from 'tsorch';
import type { DataLoader } from 'tsorch/utils/data';

export type Batches = DataLoader<[Tensor, Tensor]>;

export interface Losses {
  train: number;
  validation: number;
}

/** Mean over the samples of what `loss` gives for each batch. */
function mean(batches: Batches, loss: (inputs: Tensor, targets: Tensor) => Tensor): number {
  let total = 0;
  let samples = 0;
  for (const [inputs, targets] of batches) {
    total += loss(inputs, targets).item() * inputs.length;
    samples += inputs.length;
  }
  return total / samples;
}

export function validate(model: nn.Module, batches: Batches, loss_fn: nn.MSELoss): number {
  model.eval();
  return torch.no_grad(() => mean(batches, (inputs, targets) => loss_fn(model(inputs), targets)));
}
