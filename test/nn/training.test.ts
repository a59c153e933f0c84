import torch, { nn, optim, type Tensor } from 'tsorch';
import { expectGolden, type Golden } from './golden';
import golden from './golden/training.json';

const F = nn.functional;

interface Run {
  repr: string;
  count: number;
  losses: number[];
  state: Record<string, Golden>;
}

const runs = golden as unknown as Record<string, Run>;

class CNN extends nn.Module {
  features = new nn.Sequential(
    new nn.Conv2d(1, 4, 3, { padding: 1 }),
    new nn.BatchNorm2d(4),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(4, 8, 3),
    new nn.ReLU(),
    new nn.AdaptiveAvgPool2d(1),
  );
  classifier = new nn.Sequential(new nn.Flatten(), new nn.Dropout(0.2), new nn.Linear(8, 3));

  override forward(x: Tensor): Tensor {
    return this.classifier(this.features(x));
  }
}

class Tagger extends nn.Module {
  embed = new nn.Embedding(10, 6, { padding_idx: 0 });
  lstm = new nn.LSTM(6, 5, { num_layers: 2, dropout: 0.1, bidirectional: true, batch_first: true });
  out = new nn.Linear(10, 4);

  override forward(x: Tensor): Tensor {
    return this.out(this.lstm(this.embed(x))[0]);
  }
}

class Encoder extends nn.Module {
  embed = new nn.Embedding(10, 8);
  position = new nn.Parameter(torch.zeros(6, 8));
  encoder = new nn.TransformerEncoder(new nn.TransformerEncoderLayer(8, 2, 16, 0.1, { batch_first: true }), 2);
  head = new nn.Linear(8, 10);

  override forward(x: Tensor): Tensor {
    const mask = nn.Transformer.generate_square_subsequent_mask(x.size(1));
    return this.head(this.encoder(this.embed(x).add(this.position), { mask, is_causal: true }));
  }
}

class VAE extends nn.Module {
  fc1 = new nn.Linear(12, 8);
  fc21 = new nn.Linear(8, 2);
  fc22 = new nn.Linear(8, 2);
  fc3 = new nn.Linear(2, 8);
  fc4 = new nn.Linear(8, 12);

  override forward(x: Tensor): [Tensor, Tensor, Tensor] {
    const h = F.relu(this.fc1(x));
    const [mu, logvar] = [this.fc21(h), this.fc22(h)];
    const z = mu.add(torch.randn_like(mu).mul(torch.exp(logvar.mul(0.5))));
    return [torch.sigmoid(this.fc4(F.relu(this.fc3(z)))), mu, logvar];
  }
}

/** Five steps, as golden/training.py does them. */
function expectTraining<M extends nn.Module>(
  name: string,
  make: () => M,
  batch: () => Tensor[],
  lossOf: (model: M, ...inputs: Tensor[]) => Tensor,
  makeOptimizer: (parameters: nn.Parameter[]) => optim.Optimizer,
): void {
  const run = runs[name]!;
  torch.manual_seed(0);
  const model = make();
  const inputs = batch();
  const optimizer = makeOptimizer(model.parameters());
  expect(String(model)).toBe(run.repr);
  expect(model.parameters().reduce((count, p) => count + p.numel(), 0)).toBe(run.count);
  for (const expected of run.losses) {
    optimizer.zero_grad();
    const loss = lossOf(model, ...inputs);
    loss.backward();
    nn.utils.clip_grad_norm_(model.parameters(), 1);
    optimizer.step();
    expect(loss.item() / expected).toBeCloseTo(1, 5);
  }
  const state = model.state_dict();
  expect(Object.keys(state)).toEqual(Object.keys(run.state));
  for (const [key, value] of Object.entries(run.state)) expectGolden(state[key], value, key);
}

const tokenLoss = (m: Tagger | Encoder, x: Tensor, y: Tensor): Tensor =>
  F.cross_entropy(m(x).flatten(0, 1), y.flatten());

describe('training from a seed ends where PyTorch ends', () => {
  it('a convolutional network', () => {
    expectTraining(
      'CNN',
      () => new CNN(),
      () => [torch.randn(6, 1, 8, 8), torch.randint(3, [6])],
      (m, x, y) => F.cross_entropy(m(x!), y!),
      (p) => new optim.SGD(p, { lr: 0.1, momentum: 0.9, weight_decay: 1e-4 }),
    );
  });

  it('a bidirectional LSTM', () => {
    expectTraining(
      'LSTM',
      () => new Tagger(),
      () => [torch.randint(10, [3, 5]), torch.randint(4, [3, 5])],
      tokenLoss as (m: Tagger, ...inputs: Tensor[]) => Tensor,
      (p) => new optim.Adam(p, { lr: 0.01 }),
    );
  });

  it('a transformer encoder', () => {
    expectTraining(
      'Transformer encoder',
      () => new Encoder(),
      () => [torch.randint(10, [3, 6]), torch.randint(10, [3, 6])],
      tokenLoss as (m: Encoder, ...inputs: Tensor[]) => Tensor,
      (p) => new optim.SGD(p, { lr: 0.1 }), // Adam would blow up the rounding in the keys' bias, whose gradient is zero
    );
  });

  it('a variational autoencoder', () => {
    expectTraining(
      'VAE',
      () => new VAE(),
      () => [torch.rand(4, 12)],
      (m, x) => {
        const [out, mu, logvar] = m(x!);
        const divergence = torch.sum(logvar.add(1).sub(mu.pow(2)).sub(logvar.exp())).mul(-0.5);
        return F.binary_cross_entropy(out, x!, { reduction: 'sum' }).add(divergence);
      },
      (p) => new optim.Adam(p, { lr: 0.01 }),
    );
  });
});
