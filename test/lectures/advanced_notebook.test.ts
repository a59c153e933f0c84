/** The advanced notebook beside the RLChina lecture, on small made data. */
import torch, { nn, optim, type Tensor } from 'tsorch';
import { DataLoader, TensorDataset } from 'tsorch/utils/data';
import golden from './golden/advanced.json';
import { expectSection, type Recorder } from './record';

/** Hundreds of steps of float32. */
const TRAINED = 1e-3;

const section = (name: keyof typeof golden, run: (recorder: Recorder) => void, relative = TRAINED) =>
  expectSection(golden as never, name, run, relative);

test('(a) linear regression: two weights and a bias found again', () => {
  section('linear_regression', ({ show, value }) => {
    torch.manual_seed(0);
    const features = torch.randn(1000, 2);
    const labels = features
      .matmul(torch.tensor([2, -3.4]))
      .add(4.2)
      .add(torch.randn(1000).mul(0.01));
    const data_iter = new DataLoader(new TensorDataset(features, labels), { batch_size: 10, shuffle: true });
    const net = new nn.Sequential(new nn.Linear(2, 1));
    show(net);
    const linear = net.index(0) as nn.Linear;
    nn.init.normal_(linear.weight, { mean: 0, std: 0.01 });
    nn.init.constant_(linear.bias!, { val: 0 });
    const loss = new nn.MSELoss();
    const optimizer = new optim.SGD(net.parameters(), { lr: 0.03 });
    show(optimizer);
    for (let epoch = 1; epoch <= 3; epoch++) {
      let l!: Tensor;
      for (const [X, y] of data_iter) {
        l = loss(net(X), y.view(-1, 1));
        optimizer.zero_grad();
        l.backward();
        optimizer.step();
      }
      value(l);
    }
    value(linear.weight);
    value(linear.bias!);
    expect(loss(net(features), labels.view(-1, 1)).item()).toBeLessThan(1.5e-4);
  });
});

test('(b) softmax classification', () => {
  section('softmax_classification', ({ show, value }) => {
    torch.manual_seed(0);
    const images = torch.rand(512, 1, 8, 8);
    const labels = torch.randint(10, [512]);
    (labels.tolist() as number[]).forEach((label, i) => {
      images.index(i, 0, Math.floor(label / 2), ':').add_(1 + (label % 2));
    });
    const train_iter = new DataLoader(new TensorDataset(images.index(':384'), labels.index(':384')), {
      batch_size: 64,
      shuffle: true,
    });
    const net = new nn.Sequential(new nn.Flatten(), new nn.Linear(64, 10));
    net.apply((m) => {
      if (m instanceof nn.Linear) nn.init.normal_(m.weight, { std: 0.01 });
    });
    show(net);
    const loss = new nn.CrossEntropyLoss({ reduction: 'none' });
    const trainer = new optim.SGD(net.parameters(), { lr: 0.1 });
    const accuracy = (X: Tensor, y: Tensor) => {
      const cmp = torch.no_grad(() => net(X).argmax({ axis: 1 }).type(y.dtype).eq(y));
      return cmp.type(y.dtype).sum().item() / y.numel();
    };
    for (let epoch = 0; epoch < 10; epoch++) {
      let l!: Tensor;
      for (const [X, y] of train_iter) {
        l = loss(net(X), y);
        trainer.zero_grad();
        l.mean().backward();
        trainer.step();
      }
      value(l.sum());
    }
    value(accuracy(images.index('384:'), labels.index('384:')));
  });
});

class RNN extends nn.Module {
  rnn = new nn.RNN({ input_size: 1, hidden_size: 32, num_layers: 1, batch_first: true });
  out = new nn.Linear(32, 1);

  override forward(x: Tensor, h_state: Tensor | null): [Tensor, Tensor] {
    const [r_out, h] = this.rnn(x, h_state);
    const outs: Tensor[] = [];
    for (let time_step = 0; time_step < r_out.size(1); time_step++) {
      outs.push(this.out(r_out.index(':', time_step, ':')));
    }
    return [torch.stack(outs, { dim: 1 }), h];
  }
}

test('(c) a recurrent network: sin to cos', () => {
  section(
    'recurrent',
    ({ show, value }) => {
      torch.manual_seed(0);
      const rnn = new RNN();
      show(rnn);
      const optimizer = new optim.Adam(rnn.parameters(), { lr: 0.02 });
      const loss_func = new nn.MSELoss();
      let h_state: Tensor | null = null;
      const history: number[] = [];
      for (let step = 0; step < 60; step++) {
        const steps = torch.tensor(Array.from({ length: 10 }, (_, i) => (step + i / 9) * Math.PI));
        const x = torch.sin(steps).view(1, 10, 1);
        const y = torch.cos(steps).view(1, 10, 1);
        const [prediction, state]: [Tensor, Tensor] = rnn(x, h_state);
        h_state = state.data;
        const loss = loss_func(prediction, y);
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        if (step % 10 === 0 || step === 59) history.push(loss.item());
      }
      value(history);
      expect(history.at(-1)! < history[0]! / 4).toBe(true);
    },
    1e-2,
  );
});

class CNN extends nn.Module {
  conv1 = new nn.Conv2d(1, 8, 3, { padding: 1 });
  conv2 = new nn.Conv2d(8, 16, 3, { padding: 1 });
  pool = new nn.MaxPool2d(2, 2);
  fc1 = new nn.Linear(16 * 3 * 3, 64);
  fc2 = new nn.Linear(64, 32);
  fc3 = new nn.Linear(32, 4);

  override forward(x: Tensor): Tensor {
    x = this.pool(torch.relu(this.conv1(x)));
    x = this.pool(torch.relu(this.conv2(x)));
    x = x.view(-1, 16 * 3 * 3);
    x = torch.relu(this.fc1(x));
    x = torch.relu(this.fc2(x));
    return this.fc3(x);
  }
}

test('(d) a convolutional network, with the accuracy of each class', () => {
  section(
    'convolutional',
    ({ show, value }) => {
      torch.manual_seed(0);
      const labels = torch.arange(128).remainder(4);
      const images = torch.rand(128, 1, 12, 12).sub(0.5).div(0.5);
      (labels.tolist() as number[]).forEach((label, i) => {
        const [row, column] = [6 * Math.floor(label / 2), 6 * (label % 2)];
        images.index(i, 0, `${row}:${row + 6}`, `${column}:${column + 6}`).add_(2);
      });
      const net = new CNN();
      show(net);
      value(net.parameters().reduce((sum, p) => sum + p.numel(), 0));
      const criterion = new nn.CrossEntropyLoss();
      const optimizer = new optim.SGD(net.parameters(), { lr: 0.05, momentum: 0.9 });
      const loader = new DataLoader(new TensorDataset(images, labels), { batch_size: 32, shuffle: true });
      for (let epoch = 0; epoch < 6; epoch++) {
        let running_loss = 0.0;
        for (const [inputs, targets] of loader) {
          optimizer.zero_grad();
          const loss = criterion(net(inputs), targets);
          loss.backward();
          optimizer.step();
          running_loss += loss.item();
        }
        value(running_loss / loader.length);
      }
      const [, predicted] = torch.no_grad(() => torch.max(net(images), 1));
      const correct = predicted.eq(labels).float();
      value([0, 1, 2, 3].map((c) => correct.index(labels.eq(c)).mean().item()));
    },
    1e-2,
  );
});
