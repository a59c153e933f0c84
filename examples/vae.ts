/**
 * A variational autoencoder (Kingma and Welling, 2013) learns to write digits: an image becomes a point of 20 numbers,
 * and any point near the origin an image.
 *
 * Expect a test loss of about 108 after 5 epochs (20 seconds), reconstructions that are smoother than the images, and
 * samples of which most are digits.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import torch, { nn, optim, type Tensor } from 'tsorch';
import * as F from 'tsorch/nn/functional';
import * as plt from 'tsorch/pyplot';
import { tqdm } from 'tsorch/tqdm';
import { DataLoader, Subset } from 'tsorch/utils/data';
import { save_image } from 'tsorch/vision/utils';
import { interrupted, untilInterrupted } from './support/interrupt';
import { mnist } from './support/mnist_data';
import { positive, whole } from './support/options';

export const description = 'a variational autoencoder learns to write digits (MNIST)';

export const options = {
  epochs: { type: 'string', default: '5', description: 'how often to go through the training images' },
  'batch-size': { type: 'string', default: '128', description: 'images a step' },
  images: { type: 'string', default: '60000', description: 'how many training images to use' },
  lr: { type: 'string', default: '0.001', description: 'learning rate' },
  seed: { type: 'string', default: '1', description: 'of the weights, the order of the images and the samples' },
  out: { type: 'string', default: 'out/vae', description: 'folder for the pictures and the weights' },
} as const;

type Values = { [Name in keyof typeof options]: string };

class VAE extends nn.Module {
  fc1 = new nn.Linear(784, 400);
  fc21 = new nn.Linear(400, 20);
  fc22 = new nn.Linear(400, 20);
  fc3 = new nn.Linear(20, 400);
  fc4 = new nn.Linear(400, 784);

  encode(x: Tensor): [mu: Tensor, logvar: Tensor] {
    const h1 = F.relu(this.fc1(x));
    return [this.fc21(h1), this.fc22(h1)];
  }

  reparameterize(mu: Tensor, logvar: Tensor): Tensor {
    const std = torch.exp(logvar.mul(0.5));
    const eps = torch.randn_like(std);
    return mu.add(eps.mul(std));
  }

  decode(z: Tensor): Tensor {
    const h3 = F.relu(this.fc3(z));
    return torch.sigmoid(this.fc4(h3));
  }

  override forward(x: Tensor): [reconstruction: Tensor, mu: Tensor, logvar: Tensor] {
    const [mu, logvar] = this.encode(x.view(-1, 784));
    const z = this.reparameterize(mu, logvar);
    return [this.decode(z), mu, logvar];
  }
}

/** What the reconstruction misses, and how far the codes are from a normal distribution; both summed over the batch. */
function loss_function(recon_x: Tensor, x: Tensor, mu: Tensor, logvar: Tensor): Tensor {
  const BCE = F.binary_cross_entropy(recon_x, x.view(-1, 784), { reduction: 'sum' });
  const KLD = torch.sum(logvar.add(1).sub(mu.pow(2)).sub(logvar.exp())).mul(-0.5);
  return BCE.add(KLD);
}

type Batches = DataLoader<[Tensor, Tensor]>;

/** Pixels from 0 to 1, not from -1. */
const shares = (images: Tensor) => images.mul(0.5).add(0.5);

/** One epoch; returns the mean loss of an image. */
async function train(model: VAE, batches: Batches, optimizer: optim.Adam, desc: string): Promise<number> {
  let [total, images] = [0, 0];
  model.train();
  const bar = tqdm(batches, { desc, leave: false });
  for await (const [pixels] of untilInterrupted(bar)) {
    const data = shares(pixels);
    optimizer.zero_grad();
    const [recon_batch, mu, logvar] = model(data);
    const loss = loss_function(recon_batch, data, mu, logvar);
    loss.backward();
    optimizer.step();
    total += loss.item();
    images += data.length;
    bar.set_postfix({ loss: total / images });
  }
  return total / images;
}

function test(model: VAE, batches: Batches): number {
  let [total, images] = [0, 0];
  model.eval();
  torch.no_grad(() => {
    for (const [pixels] of batches) {
      const data = shares(pixels);
      const [recon_batch, mu, logvar] = model(data);
      total += loss_function(recon_batch, data, mu, logvar).item();
      images += data.length;
    }
  });
  return total / images;
}

function drawLosses(losses: { train: number; test: number }[]): plt.Figure {
  const [figure, axes] = plt.subplots();
  const x = losses.map((_, i) => i + 1);
  for (const name of ['train', 'test'] as const)
    axes.plot(
      x,
      losses.map((loss) => loss[name]),
      { label: name, marker: 'o' },
    );
  axes.set_title('Variational autoencoder on MNIST');
  axes.set_xlabel('epoch');
  axes.set_ylabel('loss of an image');
  axes.legend();
  return figure;
}

export async function main(values: Values): Promise<void> {
  torch.manual_seed(whole('seed', values.seed, 0));
  const batch_size = whole('batch-size', values['batch-size']);
  const trainSet = new Subset(mnist('train'), torch.arange(whole('images', values.images)));
  const testSet = mnist('t10k');
  const train_loader = new DataLoader(trainSet, { batch_size, shuffle: true });
  const test_loader = new DataLoader(testSet, { batch_size: 1000 });
  const model = new VAE();
  const optimizer = new optim.Adam(model.parameters(), { lr: positive('lr', values.lr) });

  const losses: { train: number; test: number }[] = [];
  const epochs = whole('epochs', values.epochs);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const loss = { train: await train(model, train_loader, optimizer, `epoch ${epoch}/${epochs}`), test: 0 };
    if (interrupted()) break;
    loss.test = test(model, test_loader);
    losses.push(loss);
    console.log(`epoch ${epoch}: loss train ${loss.train.toFixed(2)}, test ${loss.test.toFixed(2)}`);
  }

  mkdirSync(values.out, { recursive: true });
  const file = (name: string) => join(values.out, name);
  torch.save(model.state_dict(), file('weights.pt'));
  if (interrupted()) {
    console.log(`stopped: wrote ${file('weights.pt')}`);
    return;
  }
  torch.no_grad(() => {
    const data = shares(testSet.index(':16')[0]);
    const [reconstruction] = model(data);
    save_image(torch.cat([data, reconstruction.view(-1, 1, 28, 28)]), file('reconstruction.png'), { nrow: 16 });
    const sample = model.decode(torch.randn(64, 20));
    save_image(sample.view(64, 1, 28, 28), file('sample.png'));
  });
  drawLosses(losses).savefig(file('loss.svg'));
  console.log(`wrote ${['reconstruction.png', 'sample.png', 'loss.svg', 'weights.pt'].map(file).join(', ')}`);
}
