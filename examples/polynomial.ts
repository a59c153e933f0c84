/**
 * Polynomial regression: the cubic y = a + bx + cx² + dx³ that is nearest to sin x from −π to π.
 *
 * Expect a mean squared error of about 0.0044 after 2,000 steps (a second or two), and the least-squares solution,
 * y = 0.857 x − 0.093 x³, to two digits.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import torch, { nn, optim } from 'tsorch';
import * as plt from 'tsorch/pyplot';
import { tqdm } from 'tsorch/tqdm';
import { positive, whole } from './support/options';

export const description = 'polynomial regression: a cubic near the sine';

export const options = {
  steps: { type: 'string', default: '2000', description: 'of the optimizer, each with all samples' },
  lr: { type: 'string', default: '0.001', description: 'learning rate' },
  seed: { type: 'string', default: '1', description: 'of the first coefficients' },
  out: { type: 'string', default: 'out/polynomial', description: 'folder for the picture' },
} as const;

type Values = { [Name in keyof typeof options]: string };

export function main(values: Values): void {
  torch.manual_seed(whole('seed', values.seed, 0));
  const x = torch.linspace(-Math.PI, Math.PI, 2000);
  const y = torch.sin(x);
  const powers = x.unsqueeze(-1).pow(torch.tensor([1, 2, 3])); // [2000, 3]

  const model = new nn.Sequential(new nn.Linear(3, 1), new nn.Flatten(0, 1));
  const linear = model.index(0) as nn.Linear;
  const loss_fn = new nn.MSELoss();
  const optimizer = new optim.RMSprop(model.parameters(), { lr: positive('lr', values.lr) });
  const first = model(powers).detach();

  const steps = whole('steps', values.steps);
  const bar = tqdm({ total: steps, desc: 'steps' });
  for (let step = 1; step <= steps; step++) {
    const loss = loss_fn(model(powers), y);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    bar.update();
    if (step % 500 === 0 || step === steps) tqdm.write(`step ${step}: loss ${loss.item().toFixed(5)}`);
  }
  bar.close();

  const [b, c, d] = linear.weight.data.squeeze().tolist() as [number, number, number];
  const text = [linear.bias!.item(), b, c, d].map((value) => value.toFixed(4));
  console.log(`y = ${text[0]} + ${text[1]} x + ${text[2]} x^2 + ${text[3]} x^3`);

  const [figure, axes] = plt.subplots();
  axes.plot(x, y, { label: 'sin x', color: 'k' });
  axes.plot(x, first, { label: 'the first cubic', ls: '--' });
  axes.plot(x, model(powers).detach(), { label: `after ${steps} steps`, color: 'r' });
  axes.set_title('A cubic learns to be a sine');
  axes.legend();
  mkdirSync(values.out, { recursive: true });
  const file = join(values.out, 'polynomial.svg');
  figure.savefig(file);
  console.log(`wrote ${file}`);
}
