/**
 * A recurrent network turns a sine into a cosine, from ten values at a time: the value alone does not tell whether the
 * curve rises or falls, but the hidden state does.
 *
 * Expect a loss of 1e-3 to 6e-3 after 300 steps (a few seconds).
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import torch, { nn, optim, type Tensor } from 'tsorch';
import * as plt from 'tsorch/pyplot';
import { tqdm } from 'tsorch/tqdm';
import { positive, whole } from './support/options';

export const description = 'a recurrent network turns a sine into a cosine';

export const options = {
  steps: { type: 'string', default: '300', description: 'of the optimizer, each with one piece of the curve' },
  lr: { type: 'string', default: '0.02', description: 'learning rate' },
  seed: { type: 'string', default: '1', description: 'of the weights' },
  out: { type: 'string', default: 'out/rnn', description: 'folder for the picture' },
} as const;

type Values = { [Name in keyof typeof options]: string };

const TIME_STEP = 10;

class RNN extends nn.Module {
  rnn = new nn.RNN({ input_size: 1, hidden_size: 64, num_layers: 1, batch_first: true });
  out = new nn.Linear(64, 1);

  /** [batch, time, 1] and the state before; the same size, and the state after. */
  override forward(x: Tensor, h_state: Tensor | null): [Tensor, Tensor] {
    const [r_out, h] = this.rnn(x, h_state);
    const outs: Tensor[] = [];
    for (let step = 0; step < r_out.size(1); step++) outs.push(this.out(r_out.index(':', step, ':')));
    return [torch.stack(outs, { dim: 1 }), h];
  }
}

interface Piece {
  at: Tensor;
  target: Tensor;
  prediction: Tensor;
}

function draw(losses: number[], pieces: Piece[]): plt.Figure {
  const [figure, [left, right]] = plt.subplots(1, 2, { figsize: [11, 4] });
  left.plot(losses);
  left.set_yscale('log');
  left.set_title('Loss of each step');
  const joined = (name: keyof Piece) => torch.cat(pieces.map((piece) => piece[name].flatten()));
  right.plot(joined('at'), joined('target'), { color: 'k', label: 'cos' });
  right.plot(joined('at'), joined('prediction'), { color: 'r', ls: '--', label: 'network' });
  right.set_title(`The last ${pieces.length} pieces`);
  right.legend();
  return figure;
}

export function main(values: Values): void {
  torch.manual_seed(whole('seed', values.seed, 0));
  const rnn = new RNN();
  console.log(String(rnn));
  const optimizer = new optim.Adam(rnn.parameters(), { lr: positive('lr', values.lr) });
  const loss_func = new nn.MSELoss();

  const steps = whole('steps', values.steps);
  const losses: number[] = [];
  const pieces: Piece[] = [];
  let h_state: Tensor | null = null;
  const bar = tqdm({ total: steps, desc: 'steps' });
  for (let step = 0; step < steps; step++) {
    const at = torch.linspace(step * Math.PI, (step + 1) * Math.PI, TIME_STEP);
    const x = torch.sin(at).view(1, TIME_STEP, 1);
    const y = torch.cos(at).view(1, TIME_STEP, 1);
    const [prediction, state]: [Tensor, Tensor] = rnn(x, h_state);
    h_state = state.data; // the next piece goes on from here, its gradient does not
    const loss = loss_func(prediction, y);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();

    losses.push(loss.item());
    if (step >= steps - 6) pieces.push({ at, target: y, prediction: prediction.detach() });
    bar.set_postfix({ loss: loss.item() });
    bar.update();
  }
  bar.close();
  const last = losses.slice(-20);
  const mean = last.reduce((sum, value) => sum + value, 0) / last.length;
  console.log(`after ${steps} steps: loss ${losses.at(-1)!.toFixed(4)}, mean of the last 20 ${mean.toFixed(4)}`);

  mkdirSync(values.out, { recursive: true });
  const file = join(values.out, 'rnn.svg');
  draw(losses, pieces).savefig(file);
  console.log(`wrote ${file}`);
}
