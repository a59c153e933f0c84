/**
 * A DCGAN (Radford, Metz and Chintala, 2015) learns to write digits: a generator makes images of noise, a discriminator
 * learns to tell them from real ones, and the generator to deceive it.
 *
 * Expect digits among the samples after one epoch and mostly digits after three (about two minutes). The losses say
 * little: neither side wins.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import torch, { nn, optim, type Tensor } from 'tsorch';
import * as plt from 'tsorch/pyplot';
import { tqdm } from 'tsorch/tqdm';
import { DataLoader, Subset } from 'tsorch/utils/data';
import { save_image } from 'tsorch/vision/utils';
import { interrupted, untilInterrupted } from './support/interrupt';
import { mnist } from './support/mnist_data';
import { positive, whole } from './support/options';

export const description = 'a generative adversarial network learns to write digits (DCGAN on MNIST)';

export const options = {
  epochs: { type: 'string', default: '3', description: 'how often to go through the training images' },
  'batch-size': { type: 'string', default: '64', description: 'images a step' },
  images: { type: 'string', default: '60000', description: 'how many training images to use' },
  lr: { type: 'string', default: '0.0002', description: 'learning rate' },
  seed: { type: 'string', default: '1', description: 'of the weights, the order of the images and the noise' },
  out: { type: 'string', default: 'out/dcgan', description: 'folder for the pictures and the weights' },
} as const;

type Values = { [Name in keyof typeof options]: string };

/** Sizes of the noise, and of the feature maps beside the images. */
const nz = 64;
const ngf = 32;
const ndf = 32;

/** Noise [n, nz, 1, 1] to images [n, 1, 28, 28] from -1 to 1. */
class Generator extends nn.Module {
  main = new nn.Sequential(
    new nn.ConvTranspose2d(nz, ngf * 4, 4, 1, 0, { bias: false }), // 4 × 4
    new nn.BatchNorm2d(ngf * 4),
    new nn.ReLU(true),
    new nn.ConvTranspose2d(ngf * 4, ngf * 2, 3, 2, 1, { bias: false }), // 7 × 7
    new nn.BatchNorm2d(ngf * 2),
    new nn.ReLU(true),
    new nn.ConvTranspose2d(ngf * 2, ngf, 4, 2, 1, { bias: false }), // 14 × 14
    new nn.BatchNorm2d(ngf),
    new nn.ReLU(true),
    new nn.ConvTranspose2d(ngf, 1, 4, 2, 1, { bias: false }), // 28 × 28
    new nn.Tanh(),
  );

  override forward(input: Tensor): Tensor {
    return this.main(input);
  }
}

/** Images to the logit of their being real: [n]. */
class Discriminator extends nn.Module {
  main = new nn.Sequential(
    new nn.Conv2d(1, ndf, 4, 2, 1, { bias: false }), // 14 × 14
    new nn.LeakyReLU(0.2, true),
    new nn.Conv2d(ndf, ndf * 2, 4, 2, 1, { bias: false }), // 7 × 7
    new nn.BatchNorm2d(ndf * 2),
    new nn.LeakyReLU(0.2, true),
    new nn.Conv2d(ndf * 2, ndf * 4, 3, 2, 1, { bias: false }), // 4 × 4
    new nn.BatchNorm2d(ndf * 4),
    new nn.LeakyReLU(0.2, true),
    new nn.Conv2d(ndf * 4, 1, 4, 1, 0, { bias: false }),
  );

  override forward(input: Tensor): Tensor {
    return this.main(input).view(-1);
  }
}

function weights_init(m: nn.Module): void {
  if (m instanceof nn.Conv2d || m instanceof nn.ConvTranspose2d) nn.init.normal_(m.weight, 0, 0.02);
  else if (m instanceof nn.BatchNorm2d) {
    nn.init.normal_(m.weight!, 1, 0.02);
    nn.init.zeros_(m.bias!);
  }
}

function drawLosses(G_losses: number[], D_losses: number[]): plt.Figure {
  const [figure, axes] = plt.subplots();
  axes.plot(G_losses, { label: 'generator', lw: 1 });
  axes.plot(D_losses, { label: 'discriminator', lw: 1 });
  axes.set_title('DCGAN on MNIST');
  axes.set_xlabel('step');
  axes.set_ylabel('loss');
  axes.legend();
  return figure;
}

export async function main(values: Values): Promise<void> {
  torch.manual_seed(whole('seed', values.seed, 0));
  const lr = positive('lr', values.lr);
  const trainSet = new Subset(mnist('train'), torch.arange(whole('images', values.images)));
  const batch_size = whole('batch-size', values['batch-size']);
  const dataloader = new DataLoader(trainSet, { batch_size, shuffle: true, drop_last: true });
  mkdirSync(values.out, { recursive: true });
  const file = (name: string) => join(values.out, name);

  const [netG, netD] = [new Generator(), new Discriminator()];
  netG.apply(weights_init);
  netD.apply(weights_init);
  const criterion = new nn.BCEWithLogitsLoss();
  const optimizerD = new optim.Adam(netD.parameters(), { lr, betas: [0.5, 0.999] });
  const optimizerG = new optim.Adam(netG.parameters(), { lr, betas: [0.5, 0.999] });
  const fixed_noise = torch.randn(64, nz, 1, 1);
  const real = torch.ones(batch_size);
  const fake = torch.zeros(batch_size);

  const [G_losses, D_losses]: [number[], number[]] = [[], []];
  const epochs = whole('epochs', values.epochs);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const bar = tqdm(dataloader, { desc: `epoch ${epoch}/${epochs}` });
    for await (const [images] of untilInterrupted(bar)) {
      // The discriminator: maximize log D(x) + log(1 − D(G(z))).
      const generated = netG(torch.randn(batch_size, nz, 1, 1));
      netD.zero_grad();
      const errD = criterion(netD(images), real).add(criterion(netD(generated.detach()), fake));
      errD.backward();
      optimizerD.step();

      // The generator: maximize log D(G(z)).
      netG.zero_grad();
      const errG = criterion(netD(generated), real);
      errG.backward();
      optimizerG.step();

      G_losses.push(errG.item());
      D_losses.push(errD.item());
      bar.set_postfix({ Loss_D: D_losses.at(-1), Loss_G: G_losses.at(-1) });
    }
    if (interrupted()) break;
    const sample = torch.no_grad(() => netG(fixed_noise));
    const options = { normalize: true, value_range: [-1, 1] } as const;
    save_image(sample, file(`epoch_${epoch}.png`), options);
    if (epoch === epochs) save_image(sample, file('sample.png'), options);
    console.log(`epoch ${epoch}: Loss_D ${D_losses.at(-1)!.toFixed(3)}, Loss_G ${G_losses.at(-1)!.toFixed(3)}`);
  }

  torch.save(netG.state_dict(), file('generator.pt'));
  if (interrupted()) {
    console.log(`stopped: wrote ${file('generator.pt')}`);
    return;
  }
  drawLosses(G_losses, D_losses).savefig(file('loss.svg'));
  console.log(`wrote ${['sample.png', 'loss.svg', 'generator.pt'].map(file).join(', ')}, and a picture of each epoch`);
}
