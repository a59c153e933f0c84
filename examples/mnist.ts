/** The lecture's convolutional network learns handwritten digits: `npm start`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import torch, { nn, optim, type Tensor } from 'tsorch';
import { DataLoader, Subset } from 'tsorch/utils/data';
import { lineChart } from './support/chart';
import { mnist } from './support/mnist_data';
import { positive, whole } from './support/options';
import { progress } from './support/progress';
import { type Caption, imageSheet } from './support/sheet';

export const description = 'a convolutional network learns handwritten digits (MNIST)';

export const options = {
  epochs: { type: 'string', default: '2', description: 'how often to go through the training images' },
  'batch-size': { type: 'string', default: '64', description: 'images a step' },
  images: { type: 'string', default: '60000', description: 'how many training images to use' },
  lr: { type: 'string', default: '0.02', description: 'learning rate' },
  seed: { type: 'string', default: '1', description: 'of the weights and of the order of the images' },
  threads: { type: 'string', description: 'of libtorch (default: as many as there are cores)' },
  out: { type: 'string', default: 'out/mnist', description: 'folder for the weights and the pictures' },
} as const;

type Values = { [Name in keyof typeof options]: string } & { threads?: string };

class Net extends nn.Module {
  conv1 = new nn.Conv2d(1, 32, 3, { padding: 1 });
  conv2 = new nn.Conv2d(32, 64, 3, { padding: 1 });
  pool = new nn.MaxPool2d(2);
  head = new nn.Sequential(
    new nn.Linear(64 * 7 * 7, 1024),
    new nn.ReLU(),
    new nn.Linear(1024, 512),
    new nn.ReLU(),
    new nn.Linear(512, 10),
  );

  override forward(x: Tensor): Tensor {
    x = this.pool(this.conv1(x).relu());
    x = this.pool(this.conv2(x).relu());
    return this.head(x.flatten(1));
  }
}

type Batches = DataLoader<[Tensor, Tensor]>;

/** One epoch; returns the loss of each step. */
function train(model: Net, batches: Batches, optimizer: optim.SGD, label: string): number[] {
  const loss_fn = new nn.CrossEntropyLoss();
  const losses: number[] = [];
  const bar = progress(`${label} {bar} {percentage}% loss {loss} {rate} images/s`, batches.length, {
    loss: '-',
    rate: '-',
  });
  const start = performance.now();
  let images = 0;
  model.train();
  for (const [x, y] of batches) {
    optimizer.zero_grad();
    const loss = loss_fn(model(x), y);
    loss.backward();
    optimizer.step();
    losses.push(loss.item());
    images += x.length;
    const rate = (1000 * images) / (performance.now() - start);
    bar.add(1, { loss: losses[losses.length - 1]!.toFixed(3), rate: rate.toFixed(0) });
  }
  bar.stop();
  return losses;
}

/** The share of images that the model names rightly. */
function accuracy(model: Net, batches: Batches): number {
  model.eval();
  return torch.no_grad(() => {
    let right = 0;
    let images = 0;
    for (const [x, y] of batches) {
      right += model(x).argmax(1).eq(y).sum().item();
      images += x.length;
    }
    return right / images;
  });
}

/** Means over the last `span` values. */
function smooth(values: number[], span: number): number[] {
  return values.map((_, i) => {
    const last = values.slice(Math.max(0, i + 1 - span), i + 1);
    return last.reduce((total, value) => total + value, 0) / last.length;
  });
}

function lossCurve(losses: number[], title: string): Promise<string> {
  const points = (values: number[]) => values.map((value, i): [number, number] => [i + 1, value]);
  return lineChart({
    title,
    x: 'step',
    y: 'cross-entropy',
    series: [
      { name: 'each step', color: '#b9d3ea', width: 1, points: points(losses) },
      { name: 'mean of 50', color: '#1f5f99', width: 2, points: points(smooth(losses, 50)) },
    ],
  });
}

/** The first test images with what the model takes them for. */
function samples(model: Net, images: Tensor, labels: Tensor): Promise<string> {
  const scores = torch.no_grad(() => model(images).softmax(1));
  const { values, indices } = scores.max(1);
  const captions = Array.from({ length: images.length }, (_, i): Caption => {
    const guess = indices.index(i).item();
    const share = (100 * values.index(i).item()).toFixed(0);
    return { text: `${guess} (${share}%)`, color: guess === labels.index(i).item() ? '#222' : '#c00' };
  });
  return imageSheet('Test images and what the network reads', images.squeeze(1).add(1).div(2), captions);
}

export async function main(values: Values): Promise<void> {
  const epochs = whole('epochs', values.epochs);
  const batch_size = whole('batch-size', values['batch-size']);
  const lr = positive('lr', values.lr);
  if (values.threads !== undefined) torch.set_num_threads(whole('threads', values.threads));
  torch.manual_seed(whole('seed', values.seed, 0));
  mkdirSync(values.out, { recursive: true });

  const trainSet = new Subset(mnist('train'), torch.arange(whole('images', values.images)));
  const testSet = mnist('t10k');
  const trainBatches = new DataLoader(trainSet, { batch_size, shuffle: true });
  const testBatches = new DataLoader(testSet, { batch_size: 250 });
  const model = new Net();
  const optimizer = new optim.SGD(model.parameters(), { lr, momentum: 0.9 });
  console.log(String(model));

  const losses: number[] = [];
  const start = performance.now();
  let share = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const began = performance.now();
    losses.push(...train(model, trainBatches, optimizer, `epoch ${epoch}/${epochs}`));
    share = accuracy(model, testBatches);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const loss = smooth(losses, trainBatches.length).at(-1)!.toFixed(4);
    console.log(`epoch ${epoch}: loss ${loss}, test accuracy ${(100 * share).toFixed(2)}%, ${seconds} s`);
  }
  console.log(`trained in ${((performance.now() - start) / 1000).toFixed(1)} s`);

  const file = (name: string) => join(values.out, name);
  torch.save(model.state_dict(), file('weights.pt'));
  writeFileSync(
    file('loss.svg'),
    await lossCurve(losses, `MNIST: ${(100 * share).toFixed(2)}% of the test images right`),
  );
  const [images, labels] = testSet.index(':50');
  writeFileSync(file('samples.svg'), await samples(model, images, labels));
  console.log(`wrote ${['weights.pt', 'loss.svg', 'samples.svg'].map(file).join(', ')}`);
}
