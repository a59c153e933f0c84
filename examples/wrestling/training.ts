/** The training scaffold: epochs over the training samples, and after each the loss on samples held back. */
import torch, { type nn, type optim, type Tensor } from 'tsorch';
import { tqdm } from 'tsorch/tqdm';
import type { DataLoader } from 'tsorch/utils/data';
import { untilInterrupted } from '../support/interrupt';

export type Batches = DataLoader<[Tensor, Tensor]>;
export type Model = nn.Module & ((inputs: Tensor) => Tensor);
export type Loss = (outputs: Tensor, targets: Tensor) => Tensor;

export interface Losses {
  train: number;
  validation: number;
}

/** One epoch; returns the mean loss of its samples, each before the step that its batch leads to. */
export async function train(
  model: Model,
  batches: Batches,
  loss_fn: Loss,
  optimizer: optim.Optimizer,
  desc = '',
): Promise<number> {
  let [total, samples] = [0, 0];
  model.train();
  const bar = tqdm(batches, { desc, leave: false });
  for await (const [inputs, targets] of untilInterrupted(bar)) {
    const loss = loss_fn(model(inputs), targets);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    total += loss.item() * inputs.length;
    samples += inputs.length;
    bar.set_postfix({ loss: total / samples });
  }
  return total / samples;
}

/** The mean loss of the samples. */
export function validate(model: Model, batches: Batches, loss_fn: Loss): number {
  let [total, samples] = [0, 0];
  model.eval();
  torch.no_grad(() => {
    for (const [inputs, targets] of batches) {
      total += loss_fn(model(inputs), targets).item() * inputs.length;
      samples += inputs.length;
    }
  });
  return total / samples;
}
