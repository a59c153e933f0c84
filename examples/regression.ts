/** The lecture's linear regression: two weights and a bias found again from 1,000 noisy samples. */
import torch, { nn, optim } from 'tsorch';
import { DataLoader, TensorDataset } from 'tsorch/utils/data';
import { positive, whole } from './support/options';

export const description = 'linear regression on made data';

export const options = {
  epochs: { type: 'string', default: '3', description: 'how often to go through the samples' },
  lr: { type: 'string', default: '0.03', description: 'learning rate' },
  seed: { type: 'string', default: '1', description: 'of the samples and their order' },
} as const;

type Values = { [Name in keyof typeof options]: string };

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
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (const [x, y] of batches) {
      optimizer.zero_grad();
      const loss = loss_fn(model(x), y);
      loss.backward();
      optimizer.step();
    }
    const loss = torch.no_grad(() => loss_fn(model(features), labels));
    console.log(`epoch ${epoch}: loss ${loss.item().toExponential(2)}`);
  }
  console.log(`true  w ${true_w}, b ${true_b}`);
  console.log(`found w ${model.weight.data.squeeze()}, b ${model.bias!.item().toFixed(4)}`);
}
