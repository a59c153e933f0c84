/**
 * The lecture's linear regression: two weights and a bias found again from 1,000 noisy samples.
 *
 * Expect a loss of about 1e-4, the variance of the noise, after 3 epochs (a second), with weights and bias right to
 * two digits.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import torch, { nn, optim, type Tensor } from 'tsorch';
import * as plt from 'tsorch/pyplot';
import { tqdm } from 'tsorch/tqdm';
import { DataLoader, TensorDataset } from 'tsorch/utils/data';
import { positive, whole } from './support/options';

export const description = 'linear regression on made data';

export const options = {
  epochs: { type: 'string', default: '3', description: 'how often to go through the samples' },
  lr: { type: 'string', default: '0.03', description: 'learning rate' },
  seed: { type: 'string', default: '1', description: 'of the samples and their order' },
  out: { type: 'string', default: 'out/regression', description: 'folder for the picture' },
} as const;

type Values = { [Name in keyof typeof options]: string };

/** The loss of each step, and the samples over their second feature, with the line found. */
function draw(losses: number[], features: Tensor, labels: Tensor, model: nn.Linear): plt.Figure {
  const [figure, [left, right]] = plt.subplots(1, 2, { figsize: [10, 4] });
  left.plot(losses);
  left.set_yscale('log');
  left.set_title('Loss of each step');
  left.set_xlabel('step');
  left.set_ylabel('mean squared error');
  // Without what the first feature adds, the samples lie on a line.
  const [w1, w2] = model.weight.data.squeeze();
  const x = features.index(':', 1);
  const ends = torch.tensor([-3, 3]);
  right.scatter(x.index(':200'), labels.squeeze(1).sub(features.index(':', 0).mul(w1!)).index(':200'), { s: 6 });
  right.plot(ends, ends.mul(w2!).add(model.bias!.data), { color: 'r', label: 'found' });
  right.set_title('200 of the samples');
  right.set_xlabel('second feature');
  right.set_ylabel('label less the first feature’s part');
  right.legend();
  return figure;
}

export function main(values: Values): void {
  torch.manual_seed(whole('seed', values.seed, 0));
  const true_w = torch.tensor([2, -3.4]);
  const true_b = 4.2;
  const features = torch.randn(1000, 2);
  const labels = features.matmul(true_w).add(true_b).add(torch.randn(1000).mul(0.01)).unsqueeze(1);
  const batches = new DataLoader(new TensorDataset(features, labels), { batch_size: 10, shuffle: true });

  const model = new nn.Linear(2, 1);
  nn.init.normal_(model.weight, 0, 0.01);
  nn.init.zeros_(model.bias!);
  const loss_fn = new nn.MSELoss();
  const optimizer = new optim.SGD(model.parameters(), { lr: positive('lr', values.lr) });

  const epochs = whole('epochs', values.epochs);
  const losses: number[] = [];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (const [x, y] of tqdm(batches, { desc: `epoch ${epoch}/${epochs}` })) {
      optimizer.zero_grad();
      const loss = loss_fn(model(x), y);
      loss.backward();
      optimizer.step();
      losses.push(loss.item());
    }
    const loss = torch.no_grad(() => loss_fn(model(features), labels));
    console.log(`epoch ${epoch}: loss ${loss.item().toExponential(2)}`);
  }
  console.log(`true  w ${true_w}, b ${true_b}`);
  console.log(`found w ${model.weight.data.squeeze()}, b ${model.bias!.item().toFixed(4)}`);

  mkdirSync(values.out, { recursive: true });
  const file = join(values.out, 'regression.svg');
  draw(losses, features, labels, model).savefig(file);
  console.log(`wrote ${file}`);
}
