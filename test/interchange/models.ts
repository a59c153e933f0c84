/** The models of fixtures/python.py. */
import torch, { nn, optim, type Tensor } from 'tsorch';
import * as F from 'tsorch/nn/functional';

export class CNN extends nn.Module {
  conv = new nn.Conv2d(1, 4, 3, { padding: 1 });
  norm = new nn.BatchNorm2d(4);
  pool = new nn.MaxPool2d(2);
  drop = new nn.Dropout(0.25);
  fc = new nn.Linear(4 * 4 * 4, 3);

  override forward(x: Tensor): Tensor {
    x = this.pool(F.relu(this.norm(this.conv(x))));
    return this.fc(this.drop(x.flatten(1)));
  }
}

export class Tagger extends nn.Module {
  embedding = new nn.Embedding(11, 6);
  lstm = new nn.LSTM(6, 5, { num_layers: 2, batch_first: true, dropout: 0.2, bidirectional: true });
  out = new nn.Linear(10, 4);

  override forward(words: Tensor): Tensor {
    const [output] = this.lstm(this.embedding(words));
    return this.out(output);
  }
}

export class Encoder extends nn.Module {
  encoder: nn.TransformerEncoder;
  out: nn.Linear;

  constructor() {
    super();
    const layer = new nn.TransformerEncoderLayer(8, 2, { dim_feedforward: 16, dropout: 0.1, batch_first: true });
    this.encoder = new nn.TransformerEncoder(layer, 2);
    this.out = new nn.Linear(8, 3);
  }

  override forward(x: Tensor): Tensor {
    return this.out(this.encoder(x).mean(1));
  }
}

export type Reconstruction = [recon: Tensor, mu: Tensor, logvar: Tensor];

export class VAE extends nn.Module {
  fc1 = new nn.Linear(20, 12);
  fc21 = new nn.Linear(12, 3);
  fc22 = new nn.Linear(12, 3);
  fc3 = new nn.Linear(3, 12);
  fc4 = new nn.Linear(12, 20);

  override forward(x: Tensor): Reconstruction {
    const h = F.relu(this.fc1(x));
    const [mu, logvar] = [this.fc21(h), this.fc22(h)];
    const std = torch.exp(logvar.mul(0.5));
    const z = mu.add(torch.randn_like(std).mul(std));
    return [torch.sigmoid(this.fc4(F.relu(this.fc3(z)))), mu, logvar];
  }
}

export function vae_loss([recon, mu, logvar]: Reconstruction, x: Tensor): Tensor {
  const divergence = logvar.add(1).sub(mu.pow(2)).sub(logvar.exp()).sum().mul(-0.5);
  return F.binary_cross_entropy(recon, x, { reduction: 'sum' }).add(divergence);
}

/** A step of numbers that every processor computes exactly: what fixtures/written_here.pt holds. */
export function trainedExactly(): { model: CNN; optimizer: optim.SGD } {
  const model = new CNN();
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.5, momentum: 0.5 });
  for (const p of model.parameters()) {
    torch.no_grad(() => p.copy_(torch.arange(p.numel()).div(64).reshape(p.shape)));
    p.grad = torch.full_like(p, 0.25);
  }
  optimizer.step();
  return { model, optimizer };
}
