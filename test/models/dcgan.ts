import torch, { nn, optim, type Tensor } from 'tsorch';
import type { Training } from './training';

function weights_init(m: nn.Module): void {
  if (m instanceof nn.Conv2d || m instanceof nn.ConvTranspose2d) {
    nn.init.normal_(m.weight.data, 0.0, 0.02);
  } else if (m instanceof nn.BatchNorm2d) {
    nn.init.normal_(m.weight!.data, 1.0, 0.02);
    nn.init.constant_(m.bias!.data, 0);
  }
}

class Generator extends nn.Module {
  main: nn.Sequential;

  constructor(nz: number, ngf: number, nc: number) {
    super();
    this.main = new nn.Sequential(
      new nn.ConvTranspose2d(nz, ngf * 2, 4, 1, 0, { bias: false }),
      new nn.BatchNorm2d(ngf * 2),
      new nn.ReLU(true),
      new nn.ConvTranspose2d(ngf * 2, ngf, 4, 2, 1, { bias: false }),
      new nn.BatchNorm2d(ngf),
      new nn.ReLU(true),
      new nn.ConvTranspose2d(ngf, nc, 4, 2, 1, { bias: false }),
      new nn.Tanh(),
    );
  }

  override forward(input: Tensor): Tensor {
    return this.main(input);
  }
}

class Discriminator extends nn.Module {
  main: nn.Sequential;

  constructor(nc: number, ndf: number) {
    super();
    this.main = new nn.Sequential(
      new nn.Conv2d(nc, ndf, 4, 2, 1, { bias: false }),
      new nn.LeakyReLU(0.2, { inplace: true }),
      new nn.Conv2d(ndf, ndf * 2, 4, 2, 1, { bias: false }),
      new nn.BatchNorm2d(ndf * 2),
      new nn.LeakyReLU(0.2, { inplace: true }),
      new nn.Conv2d(ndf * 2, 1, 4, 1, 0, { bias: false }),
      new nn.Sigmoid(),
    );
  }

  override forward(input: Tensor): Tensor {
    return this.main(input);
  }
}

export function dcgan(): Training {
  const nz = 8;
  const netG = new Generator(nz, 4, 1);
  netG.apply(weights_init);
  const netD = new Discriminator(1, 4);
  netD.apply(weights_init);
  const criterion = new nn.BCELoss();
  const optimizerD = new optim.Adam(netD.parameters(), { lr: 0.0002, betas: [0.5, 0.999] });
  const optimizerG = new optim.Adam(netG.parameters(), { lr: 0.0002, betas: [0.5, 0.999] });
  const real = torch.rand(6, 1, 16, 16).mul(2).sub(1);

  const step = () => {
    netD.zero_grad();
    const label = torch.full([6], 1.0);
    let output = netD(real).view(-1);
    const errD_real = criterion(output, label);
    errD_real.backward();
    const noise = torch.randn(6, nz, 1, 1);
    const fake = netG(noise);
    label.fill_(0.0);
    output = netD(fake.detach()).view(-1);
    const errD_fake = criterion(output, label);
    errD_fake.backward();
    const errD = errD_real.add(errD_fake);
    optimizerD.step();
    netG.zero_grad();
    label.fill_(1.0);
    output = netD(fake).view(-1);
    const errG = criterion(output, label);
    errG.backward();
    optimizerG.step();
    return [errD, errG];
  };
  return { models: [netG, netD], step };
}
