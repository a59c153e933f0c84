/**
 * Softmax classification of clothes (Fashion-MNIST): one linear layer from the pixels to ten scores.
 *
 * Without further data it learns from 600 images that lie beside it, and names about 75% of 300 test images rightly, in
 * a second. With all 60,000 (Debian's package dataset-fashion-mnist, `--data /usr/share/datasets/fashion-mnist`, or
 * `--download`) expect 83% of 10,000, after five seconds.
 */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import torch, { nn, optim, type Tensor } from 'tsorch';
import * as plt from 'tsorch/pyplot';
import { tqdm } from 'tsorch/tqdm';
import { DataLoader, TensorDataset } from 'tsorch/utils/data';
import { datasets } from 'tsorch/vision';
import { make_grid, save_image } from 'tsorch/vision/utils';
import { accuracy, drawGuesses, percent } from './support/classification';
import { positive, whole } from './support/options';

export const description = 'softmax classification of clothes (Fashion-MNIST)';

export const options = {
  data: {
    type: 'string',
    default: 'examples/data/fashion-mnist',
    description: 'folder with the four files, as .gz',
  },
  download: { type: 'boolean', default: false, description: 'fetch the public files (30 MB) instead' },
  epochs: { type: 'string', default: '10', description: 'how often to go through the training images' },
  'batch-size': { type: 'string', default: '32', description: 'images a step' },
  lr: { type: 'string', default: '0.1', description: 'learning rate' },
  seed: { type: 'string', default: '1', description: 'of the weights and of the order of the images' },
  out: { type: 'string', default: 'out/fashion', description: 'folder for the data and the pictures' },
} as const;

type Values = { [Name in Exclude<keyof typeof options, 'download'>]: string } & { download: boolean };

/** The archives of `folder` unpacked to where FashionMNIST looks for its files. */
function unpack(folder: string, root: string): void {
  const archives = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('-ubyte.gz')) : [];
  if (archives.length < 4) throw new Error(`--data ${folder} has no four files *-ubyte.gz`);
  for (const name of archives) datasets.utils.extract_archive(join(folder, name), join(root, 'FashionMNIST', 'raw'));
}

/** Pixels [n, 1, 28, 28] from 0 to 1, and classes. */
function tensors({ data, targets }: datasets.FashionMNIST): TensorDataset<[Tensor, Tensor]> {
  return new TensorDataset(data.unsqueeze(1).to(torch.float32).div(255), targets);
}

interface Epoch {
  loss: number;
  train: number;
  test: number;
}

function drawCurves(epochs: Epoch[]): plt.Figure {
  const [figure, axes] = plt.subplots();
  const x = epochs.map((_, i) => i + 1);
  for (const name of ['loss', 'train', 'test'] as const) {
    const label = { loss: 'training loss', train: 'training accuracy', test: 'test accuracy' }[name];
    axes.plot(
      x,
      epochs.map((epoch) => epoch[name]),
      { label, marker: 'o', markersize: 3 },
    );
  }
  axes.set_xlabel('epoch');
  axes.set_title('Softmax classification of Fashion-MNIST');
  axes.grid();
  axes.legend();
  return figure;
}

export function main(values: Values): void {
  torch.set_num_threads(1); // the network is too small for more
  torch.manual_seed(whole('seed', values.seed, 0));
  const root = join(values.out, values.download ? 'public' : 'data');
  if (!values.download) unpack(values.data, root);
  const trainSet = new datasets.FashionMNIST(root, { train: true, download: values.download });
  const testSet = new datasets.FashionMNIST(root, { train: false, download: values.download });
  console.log(`${trainSet.length} images to learn from, ${testSet.length} to test with`);

  const batch_size = whole('batch-size', values['batch-size']);
  const train_iter = new DataLoader(tensors(trainSet), { batch_size, shuffle: true });
  const test_iter = new DataLoader(tensors(testSet), { batch_size: 256 });
  const net = new nn.Sequential(new nn.Flatten(), new nn.Linear(784, 10));
  net.apply((m) => {
    if (m instanceof nn.Linear) nn.init.normal_(m.weight, { std: 0.01 });
  });
  const loss = new nn.CrossEntropyLoss({ reduction: 'none' });
  const trainer = new optim.SGD(net.parameters(), { lr: positive('lr', values.lr) });

  const epochs: Epoch[] = [];
  const num_epochs = whole('epochs', values.epochs);
  for (let epoch = 1; epoch <= num_epochs; epoch++) {
    let [total, right] = [0, 0];
    for (const [X, y] of tqdm(train_iter, { desc: `epoch ${epoch}/${num_epochs}`, leave: false })) {
      const y_hat = net(X);
      const l = loss(y_hat, y);
      trainer.zero_grad();
      l.mean().backward();
      trainer.step();
      total += l.sum().item();
      right += y_hat.argmax(1).eq(y).sum().item();
    }
    const test = accuracy(net, test_iter, 10).total;
    const now: Epoch = { loss: total / trainSet.length, train: right / trainSet.length, test };
    epochs.push(now);
    console.log(
      `epoch ${epoch}: loss ${now.loss.toFixed(4)}, train ${percent(now.train, 1)}, test ${percent(test, 1)}`,
    );
  }
  accuracy(net, test_iter, 10).classes.forEach((share, i) => {
    console.log(`accuracy of ${testSet.classes[i]!}: ${percent(share, 1)}`);
  });

  const file = (name: string) => join(values.out, name);
  mkdirSync(values.out, { recursive: true });
  drawCurves(epochs).savefig(file('curves.svg'));
  const [X, y] = tensors(testSet).index(':30');
  drawGuesses(net, X, y, testSet.classes, 'Test images and what the network sees').savefig(file('samples.svg'));
  // What each class looks like to the network: bright where a pixel speaks for it.
  const templates = (net.index(1) as nn.Linear).weight.detach().view(10, 1, 28, 28);
  const large = templates.repeat_interleave(3, 2).repeat_interleave(3, 3);
  save_image(make_grid(large, { nrow: 5, normalize: true, scale_each: true }), file('weights.png'));
  console.log(`wrote ${['curves.svg', 'samples.svg', 'weights.png'].map(file).join(', ')}`);
}
