/** The lecture's homework: a network learns to wrestle by imitating an expert (behaviour cloning). */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import torch, { nn, optim } from 'tsorch';
import * as plt from 'tsorch/pyplot';
import { DataLoader, Subset, TensorDataset } from 'tsorch/utils/data';
import { interrupted } from './support/interrupt';
import { positive, share, whole } from './support/options';
import { writeAnimation, writeFrames } from './wrestling/animation';
import { Wrestling } from './wrestling/engine';
import { evaluate, play, wilson } from './wrestling/evaluation';
import { expert } from './wrestling/expert';
import { readDemonstrations } from './wrestling/expert_data';
import { cloned, normalized, PolicyNet } from './wrestling/network';
import { type Policy, random } from './wrestling/policies';
import { type Demonstrations, record } from './wrestling/recorder';
import { render } from './wrestling/rendering';
import { writeSubmission } from './wrestling/submission';
import { greatestDifference, pythonWithTorch } from './wrestling/submission_check';
import { type Losses, train, validate } from './wrestling/training';

export const description = 'behaviour cloning on Olympics Wrestling, the homework of the lecture';

export const options = {
  data: {
    type: 'string',
    description: "the course's expert_obs_actions.zip; without it, samples of an expert of our own",
  },
  samples: { type: 'string', default: '10000', description: 'how many samples to record' },
  noise: { type: 'string', default: '0.1', description: 'share of random actions while recording' },
  epochs: { type: 'string', default: '12', description: 'how often to go through the training samples' },
  'batch-size': { type: 'string', default: '64', description: 'samples a step' },
  lr: { type: 'string', default: '0.001', description: 'learning rate' },
  bouts: { type: 'string', default: '200', description: 'against the random policy, to evaluate with' },
  seed: { type: 'string', default: '1', description: 'of the samples, the weights and the opponents' },
  threads: { type: 'string', default: '1', description: 'of libtorch; so small a network gains nothing from more' },
  out: { type: 'string', default: 'out/wrestling', description: 'folder for pictures, weights and the submission' },
} as const;

type Values = { [Name in keyof typeof options]: string } & { data?: string };

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

function report(name: string, policy: Policy, opponent: Policy, bouts: number): void {
  const start = performance.now();
  const { wins, losses, draws, steps } = evaluate(policy, opponent, bouts);
  const [low, high] = wilson(wins, bouts);
  console.log(
    `${name}: ${wins} wins, ${losses} losses, ${draws} draws in ${bouts} bouts: ${percent(wins / bouts)} won ` +
      `(95% interval ${percent(low)} to ${percent(high)}); ${steps} steps in ${seconds(start)}`,
  );
}

/** Trains a network to imitate; the last tenth of the samples is held back to validate with. */
async function imitate(
  { observations, actions }: Demonstrations,
  values: Values,
): Promise<{ model: PolicyNet; history: Losses[] }> {
  const samples = new TensorDataset(observations.float(), normalized(actions));
  const held = Math.ceil(observations.length / 10);
  const kept = observations.length - held;
  const trainSet = new Subset(samples, torch.arange(kept));
  const validationSet = new Subset(samples, torch.arange(kept, observations.length));
  const batch_size = whole('batch-size', values['batch-size']);
  const trainBatches = new DataLoader(trainSet, { batch_size, shuffle: true });
  const validationBatches = new DataLoader(validationSet, { batch_size: 500 });
  const model = new PolicyNet();
  const loss_fn = new nn.MSELoss();
  const optimizer = new optim.Adam(model.parameters(), { lr: positive('lr', values.lr) });

  const epochs = whole('epochs', values.epochs);
  const history: Losses[] = [];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const start = performance.now();
    const losses = {
      train: await train(model, trainBatches, loss_fn, optimizer, `epoch ${epoch}/${epochs}`),
      validation: validate(model, validationBatches, loss_fn),
    };
    if (interrupted()) break;
    history.push(losses);
    const texts = Object.entries(losses).map(([name, loss]) => `${name} ${loss.toFixed(5)}`);
    console.log(`epoch ${epoch}: loss ${texts.join(', ')}, ${seconds(start)}`);
  }
  return { model, history };
}

function drawLosses(history: Losses[]): plt.Figure {
  const [figure, axes] = plt.subplots();
  const epochs = history.map((_, i) => i + 1);
  axes.plot(
    epochs,
    history.map(({ train }) => train),
    { label: 'training' },
  );
  axes.plot(
    epochs,
    history.map(({ validation }) => validation),
    { label: 'validation' },
  );
  axes.set_title('Behaviour cloning');
  axes.set_xlabel('epoch');
  axes.set_ylabel('mean squared error of the actions');
  axes.legend();
  return figure;
}

/** A bout as pictures: frames and an animation. */
async function film(policies: readonly [Policy, Policy], folder: string): Promise<void> {
  const pictures: string[] = [];
  play(new Wrestling(), policies, (bout) => pictures.push(render(bout)));
  await writeFrames(join(folder, 'frames'), pictures);
  await writeAnimation(join(folder, 'bout.gif'), pictures, 80);
}

/** Compares the submission's actions in Python with ours, where Python has PyTorch. */
function check(folder: string, model: PolicyNet, { observations }: Demonstrations): void {
  const python = pythonWithTorch();
  if (python === undefined) {
    console.log('submission not checked: no python3 with PyTorch here (set PYTHON to name one)');
    return;
  }
  const chosen = observations.index(torch.randperm(observations.length).index(':100'));
  const difference = greatestDifference(python, folder, model, chosen);
  if (!(difference < 1e-3)) throw new Error(`the submission acts otherwise in Python: by up to ${difference}`);
  console.log(`submission checked with ${python}: 100 actions, greatest difference ${difference.toExponential(1)}`);
}

export async function main(values: Values): Promise<void> {
  torch.set_num_threads(whole('threads', values.threads));
  torch.manual_seed(whole('seed', values.seed, 0));
  const bouts = whole('bouts', values.bouts);
  mkdirSync(values.out, { recursive: true });
  const file = (name: string) => join(values.out, name);

  report('expert against random', expert, random, bouts);
  const start = performance.now();
  const demonstrations = values.data
    ? await readDemonstrations(values.data)
    : record(expert, whole('samples', values.samples), share('noise', values.noise));
  console.log(
    `${values.data ? 'read' : 'recorded'} ${demonstrations.observations.length} samples in ${seconds(start)}`,
  );

  const { model, history } = await imitate(demonstrations, values);
  writeSubmission(file('submission'), model);
  if (interrupted()) {
    console.log(`stopped: wrote ${file('submission')}`);
    return;
  }
  report('clone against random', cloned(model), random, bouts);

  drawLosses(history).savefig(file('loss.svg'));
  await film([cloned(model), random], values.out);
  check(file('submission'), model, demonstrations);
  console.log(`wrote ${['loss.svg', 'bout.gif', 'frames', 'submission'].map(file).join(', ')}`);
}
