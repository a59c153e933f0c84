import torch, { nn, optim, type Tensor } from 'tsorch';
import * as F from 'tsorch/nn/functional';
import type { Training } from './training';

class VAE extends nn.Module {
  fc1 = new nn.Linear(64, 24);
  fc21 = new nn.Linear(24, 4);
  fc22 = new nn.Linear(24, 4);
  fc3 = new nn.Linear(4, 24);
  fc4 = new nn.Linear(24, 64);

  encode(x: Tensor): [Tensor, Tensor] {
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

  override forward(x: Tensor): [Tensor, Tensor, Tensor] {
    const [mu, logvar] = this.encode(x.view(-1, 64));
    const z = this.reparameterize(mu, logvar);
    return [this.decode(z), mu, logvar];
  }
}

function loss_function(recon_x: Tensor, x: Tensor, mu: Tensor, logvar: Tensor): Tensor {
  const BCE = F.binary_cross_entropy(recon_x, x.view(-1, 64), { reduction: 'sum' });
  const KLD = torch.sum(logvar.add(1).sub(mu.pow(2)).sub(logvar.exp())).mul(-0.5);
  return BCE.add(KLD);
}

export function vae(): Training {
  const model = new VAE();
  const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
  const data = torch.rand(10, 1, 8, 8);

  const step = () => {
    optimizer.zero_grad();
    const [recon_batch, mu, logvar] = model(data);
    const loss = loss_function(recon_batch, data, mu, logvar);
    loss.backward();
    optimizer.step();
    return [loss];
  };
  return { models: [model], step };
}
