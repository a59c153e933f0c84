/** The slides of "PyTorch Introduction" (RLChina 2022), in their order. */
import torch, { nn, optim, type Tensor } from 'tsorch';
import golden from './golden/decks.json';
import { expectClose, expectSection, type Recorder } from './record';

const section = (name: string, run: (recorder: Recorder) => void, relative?: number) =>
  expectSection(golden as never, name, run, relative);

/** Rounding over hundreds of steps. */
const TRAINED = 1e-4;

describe('Why PyTorch?', () => {
  test('dynamic computation graphs: the graph is what the program did', () => {
    const x = torch.tensor(1.5, { requires_grad: true });
    let y: Tensor = x;
    let doublings = 0;
    while (y.item() < 20) {
      y = y.mul(2);
      doublings++;
    }
    if (doublings % 2 === 0) y = y.pow(2);
    y.backward();
    expect(doublings).toBe(4);
    expect(x.grad!.item()).toBe(2 * (16 * 1.5) * 16); // d/dx (16x)² = 2 · 16x · 16
  });

  test('easy debugging: values are there while the program runs, errors name the operation and the sizes', () => {
    const model = new nn.Sequential(new nn.Linear(3, 2), new nn.ReLU());
    expect(() => model(torch.ones(4, 5))).toThrow('mat1 and mat2 shapes cannot be multiplied (4x5 and 3x2)');
    expect(torch.relu(torch.tensor([-1, 2])).tolist()).toEqual([0, 2]);
  });

  test('data parallelism: gradients of the parts of a batch, averaged, are those of the batch', () => {
    torch.manual_seed(0);
    const model = new nn.Linear(3, 1);
    const replica = new nn.Linear(3, 1);
    replica.load_state_dict(model.state_dict());
    const x = torch.randn(8, 3);
    const y = torch.randn(8, 1);
    const loss_fn = new nn.MSELoss();
    loss_fn(model(x.index('0:4')), y.index('0:4')).backward();
    loss_fn(replica(x.index('4:8')), y.index('4:8')).backward();
    const averaged = model.weight.grad!.add(replica.weight.grad!).div(2);
    model.zero_grad();
    loss_fn(model(x), y).backward();
    expect(averaged.allclose(model.weight.grad!)).toBe(true);
  });
});

describe('Scalars, Vectors, Matrices, Tensors and Basic operations', () => {
  test('each has one dimension more than the one before', () => {
    const scalar = torch.tensor(3);
    const vector = torch.tensor([1, 2, 3]);
    const matrix = torch.tensor([
      [1, 2],
      [3, 4],
    ]);
    const cube = torch.zeros(2, 3, 4);
    expect([scalar, vector, matrix, cube].map((x) => x.dim())).toEqual([0, 1, 2, 3]);
    expect(String(scalar)).toBe('tensor(3.)');
    expect(String(vector)).toBe('tensor([1., 2., 3.])');
    expect(String(matrix)).toBe('tensor([[1., 2.],\n        [3., 4.]])');
    expect(cube.shape).toEqual([2, 3, 4]);
  });

  test('basic operations', () => {
    const x = torch.tensor([1, 2, 3]);
    const y = torch.tensor([4, 5, 6]);
    expect(String(x.add(y))).toBe('tensor([5., 7., 9.])');
    expect(String(x.sub(y))).toBe('tensor([-3., -3., -3.])');
    expect(String(x.mul(y))).toBe('tensor([ 4., 10., 18.])');
    expect(String(y.div(x))).toBe('tensor([4.0000, 2.5000, 2.0000])');
    expect(String(x.pow(2))).toBe('tensor([1., 4., 9.])');
    expect(String(x.matmul(y))).toBe('tensor(32.)');
    expect(String(x.outer(y).matmul(x))).toBe('tensor([32., 64., 96.])');
  });
});

describe('PyTorch Variables', () => {
  test('.data is the value, .grad the gradient with respect to a scalar, and the variable a node of the graph', () => {
    const x = torch.tensor([1, 2], { requires_grad: true });
    expect(String(x.data)).toBe('tensor([1., 2.])');
    expect(x.data.requires_grad).toBe(false);
    expect(x.grad).toBeNull();
    const y = x.mul(3).sum();
    expect(x.grad_fn).toBeNull();
    expect(String(y)).toBe('tensor(9., grad_fn=<SumBackward0>)');
    y.backward();
    expect(String(x.grad)).toBe('tensor([3., 3.])');
    x.data.fill_(7);
    expect(String(x)).toBe('tensor([7., 7.], requires_grad=True)');
  });
});

describe('PyTorch Autograd: Gradient', () => {
  const make = () => ({
    x: torch.tensor([-1.5, 1.2], { requires_grad: true }),
    y: torch.tensor([1.0, -1.3]),
    z: torch.tensor([-2.0, 0.2], { requires_grad: true }),
  });

  test('the gradient of r = x * y @ z', () => {
    const { x, y, z } = make();
    const r = x.mul(y).matmul(z);
    expect(String(r)).toBe('tensor(2.6880, grad_fn=<DotBackward0>)');
    r.backward();
    expect(String(x.grad)).toBe('tensor([-2.0000, -0.2600])');
    expect(y.grad).toBeNull();
  });

  test('the derivation by hand: z * y, and x * y for z', () => {
    const { x, y, z } = make();
    x.mul(y).matmul(z).backward();
    expect(x.grad!.equal(z.mul(y))).toBe(true);
    expect(z.grad!.equal(x.mul(y))).toBe(true);
  });

  test('gradient update: x ← x - α ∂r/∂x goes downhill', () => {
    const { x, y, z } = make();
    const alpha = 0.1;
    const before = x.mul(y).matmul(z);
    before.backward();
    torch.no_grad(() => x.sub_(x.grad!.mul(alpha)));
    expectClose(x.tolist() as number[], [-1.3, 1.226], 1e-6, 'x');
    const after = x.mul(y).matmul(z);
    // r is linear in x: it falls by α |∂r/∂x|².
    expect(before.item() - after.item()).toBeCloseTo(alpha * (4 + 0.26 ** 2), 5);
  });
});

describe('PyTorch Autograd: BackPropagation', () => {
  test('the chain rule: z = f(g(x)) with f = sin, g = x²', () => {
    const x = torch.tensor([0.5, 2], { requires_grad: true });
    const z = x.pow(2).sin();
    z.sum().backward();
    const byHand = x.pow(2).cos().mul(x.mul(2));
    expect(x.grad!.allclose(byHand)).toBe(true);
  });

  test('the code of the slide, from a seed', () => {
    section('backpropagation', ({ show, value }) => {
      torch.manual_seed(1);
      const a = torch.rand(1, { requires_grad: true });
      const b = torch.rand(1, { requires_grad: true });
      const c = torch.rand(1, { requires_grad: true });
      const d = torch.rand(1, { requires_grad: true });
      const e = a.mul(b);
      const f = c.mul(e).add(d.mul(e));
      show(f);
      show(e);
      f.backward();
      for (const each of [a, b, c, d]) value(each.grad!);
    });
  });

  test('the four derivatives by hand, shared subexpression or not', () => {
    const [a, b, c, d] = [2, 3, 5, 7].map((x) => torch.tensor([x], { requires_grad: true })) as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    const e = a.mul(b);
    const f = c.mul(e).add(d.mul(e));
    expect(String(f)).toBe('tensor([72.], grad_fn=<AddBackward0>)');
    f.backward();
    const shared = [a, b, c, d].map((x) => x.grad!.item());
    expect(shared).toEqual([(5 + 7) * 3, (5 + 7) * 2, 2 * 3, 2 * 3]);
    for (const x of [a, b, c, d]) x.grad = null;
    c.mul(a).mul(b).add(d.mul(a).mul(b)).backward();
    expect([a, b, c, d].map((x) => x.grad!.item())).toEqual(shared);
  });

  test('the graph of the picture: an addition of two products that share one', () => {
    const [a, b, c, d] = torch
      .rand(4)
      .unbind()
      .map((x) => x.clone().requires_grad_()) as [Tensor, Tensor, Tensor, Tensor];
    const e = a.mul(b);
    const f = c.mul(e).add(d.mul(e));
    const root = f.grad_fn!;
    expect(root.name()).toBe('AddBackward0');
    const [left, right] = root.next_functions.map(([node]) => node!);
    expect([left!.name(), right!.name()]).toEqual(['MulBackward0', 'MulBackward0']);
    expect(left!.next_functions[1]![0] === e.grad_fn).toBe(true);
    expect(right!.next_functions[1]![0] === e.grad_fn).toBe(true);
    const leaf = left!.next_functions[0]![0]!;
    expect(leaf.name()).toBe('torch::autograd::AccumulateGrad');
    expect((leaf as unknown as { variable: Tensor }).variable).toBe(c);
  });
});

class LinearModule extends nn.Module {
  W: nn.Parameter;
  b: nn.Parameter;

  constructor(x_dim: number, y_dim: number) {
    super();
    this.W = new nn.Parameter(torch.randn(y_dim, x_dim, { requires_grad: true }));
    this.b = new nn.Parameter(torch.randn(y_dim), { requires_grad: true });
  }

  override forward(x: Tensor): Tensor {
    return this.W.matmul(x).add(this.b);
  }
}

describe('PyTorch Modules', () => {
  test('LinearModule: sizes of its parameters, and its prediction', () => {
    section('linear_module', ({ show, value }) => {
      torch.manual_seed(2);
      const x = torch.randn(5);
      const y = torch.randn(2);
      const model = new LinearModule(5, 2);
      show(model);
      for (const param of model.parameters()) show(param.size());
      show(model.W);
      show(model.b);
      const pred = model(x);
      value(pred);
      show(pred);
      value(nn.functional.mse_loss(pred, y));
    });
  });

  test('only what nn.Parameter wraps is a parameter', () => {
    class Mixed extends nn.Module {
      plain = torch.ones(2, { requires_grad: true });
      wrapped = new nn.Parameter(torch.ones(3));
    }
    expect(new Mixed().named_parameters().map(([name]) => name)).toEqual(['wrapped']);
  });

  test('.to(device) moves the parameters, in place', () => {
    const model = new LinearModule(5, 2);
    const { W } = model;
    expect(model.to('cpu')).toBe(model);
    expect(model.W).toBe(W);
    expect(model.to({ device: 'meta' }).W.device.type).toBe('meta');
    const device = torch.device('cpu');
    expect(String(torch.ones(1).to(device).device)).toBe('cpu');
  });
});

describe('Loss Function', () => {
  test('MSE, logistic, both hinges and cross-entropy: printed, values and gradients', () => {
    section('losses', ({ show, value }) => {
      torch.manual_seed(3);
      const scores = torch.randn(4, 3);
      const signs = torch.tensor([
        [1, -1, 1],
        [-1, -1, 1],
        [1, 1, 1],
        [-1, 1, -1],
      ]);
      const classes = torch.tensor([0, 2, 1, 1], { dtype: torch.int64 });
      const labels = torch.tensor(
        [
          [0, 2, -1],
          [1, -1, -1],
          [2, 1, 0],
          [0, -1, 1],
        ],
        { dtype: torch.int64 },
      );
      const losses: [(x: Tensor, y: Tensor) => Tensor, Tensor][] = [
        [new nn.MSELoss(), signs],
        [new nn.SoftMarginLoss(), signs],
        [new nn.MultiMarginLoss(), classes],
        [new nn.MultiLabelMarginLoss(), labels],
        [new nn.CrossEntropyLoss(), classes],
      ];
      for (const [loss_fn, target] of losses) {
        show(loss_fn);
        const x = scores.clone().requires_grad_();
        const loss = loss_fn(x, target);
        loss.backward();
        value(loss);
        value(x.grad!);
      }
    });
  });

  test('their formulas on the slide, computed by hand', () => {
    const f = torch.tensor([0.3, -1.2, 2]);
    const y = torch.tensor([1, 1, -1]);
    const outputs = f.tolist() as number[];
    const targets = y.tolist() as number[];
    const mean = (of: (f: number, y: number) => number) =>
      outputs.reduce((sum, value, i) => sum + of(value, targets[i]!), 0) / outputs.length;
    expect(new nn.MSELoss()(f, y).item()).toBeCloseTo(
      mean((a, b) => (a - b) ** 2),
      5,
    ); // PyTorch leaves out the ½
    expect(new nn.SoftMarginLoss()(f, y).item()).toBeCloseTo(
      mean((a, b) => Math.log(1 + Math.exp(-b * a))),
      5,
    );
    // Two classes with scores (f, 0): the margin of the right one over the other, over both classes.
    const scores = torch.tensor([[0.3, 0]]);
    const first = torch.tensor([0], { dtype: torch.int64 });
    expect(new nn.MultiMarginLoss()(scores, first).item()).toBeCloseTo(Math.max(0, 1 - 0.3) / 2, 6);
    const onlyFirst = torch.tensor([[0, -1]], { dtype: torch.int64 });
    expect(new nn.MultiLabelMarginLoss()(scores, onlyFirst).item()).toBeCloseTo(Math.max(0, 1 - 0.3) / 2, 6);
    const p = Math.exp(0.3) / (Math.exp(0.3) + 1);
    expect(new nn.CrossEntropyLoss()(scores, first).item()).toBeCloseTo(-Math.log(p), 6);
  });

  test('each trained to the known result', () => {
    section(
      'losses_trained',
      ({ value }) => {
        const x = torch.tensor(Array.from({ length: 15 }, (_, i) => [(i % 5) - 2, (i % 3) - 1]));
        const up = x.index(':', 0).add(x.index(':', 1)).gt(0).long();
        const signs = up.mul(2.0).sub(1).unsqueeze(1);
        const sets = torch.stack([up, torch.full_like(up, -1)], 1);
        const line = x.matmul(torch.tensor([[2.0], [-3.4]])).add(4.2);
        const losses: [(x: Tensor, y: Tensor) => Tensor, number, Tensor][] = [
          [new nn.MSELoss(), 1, line],
          [new nn.SoftMarginLoss(), 1, signs],
          [new nn.MultiMarginLoss(), 2, up],
          [new nn.MultiLabelMarginLoss(), 2, sets],
          [new nn.CrossEntropyLoss(), 2, up],
        ];
        for (const [loss_fn, outputs, target] of losses) {
          torch.manual_seed(4);
          const model = new nn.Linear(2, outputs);
          const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
          const history: number[] = [];
          for (let step = 0; step < 200; step++) {
            optimizer.zero_grad();
            const loss = loss_fn(model(x), target);
            loss.backward();
            optimizer.step();
            if (step % 40 === 0 || step === 199) history.push(loss.item());
          }
          value(history);
          value(model.weight);
          value(model.bias!);
          if (loss_fn instanceof nn.MSELoss) {
            expectClose(model.weight.reshape(-1).tolist() as number[], [2, -3.4], 1e-4, 'slope');
          } else {
            const right = outputs === 1 ? model(x).gt(0).squeeze(1).long() : model(x).argmax(1);
            expect(right.equal(up)).toBe(true);
          }
        }
      },
      TRAINED,
    );
  });
});

describe('Stochastic Gradient Descent and Optimiser', () => {
  test('SGD, Adagrad, Adadelta, Adam and RMSprop find the line', () => {
    const makers: ((params: Tensor[]) => optim.Optimizer)[] = [
      (p) => new optim.SGD(p, { lr: 0.1 }),
      (p) => new optim.SGD(p, { lr: 0.05, momentum: 0.9 }),
      (p) => new optim.Adagrad(p, { lr: 0.5 }),
      (p) => new optim.Adadelta(p, { lr: 1, eps: 1e-3 }),
      (p) => new optim.Adam(p, { lr: 0.1 }),
      (p) => new optim.RMSprop(p, { lr: 0.05 }),
    ];
    section(
      'optimizers_trained',
      ({ show, value }) => {
        for (const make of makers) {
          torch.manual_seed(5);
          const x = torch.randn(50, 3);
          const y = x.matmul(torch.tensor([1.0, -2.0, 0.5])).add(0.3);
          const w = torch.zeros(3, { requires_grad: true });
          const b = torch.zeros(1, { requires_grad: true });
          const optimizer = make([w, b]);
          show(optimizer);
          const history: number[] = [];
          for (let step = 0; step < 150; step++) {
            optimizer.zero_grad();
            const loss = x.matmul(w).add(b).sub(y).pow(2).mean();
            loss.backward();
            optimizer.step();
            if (step % 50 === 0) history.push(loss.item());
          }
          value(history);
          value(w);
          value(b);
          expect(
            w
              .sub(torch.tensor([1.0, -2.0, 0.5]))
              .abs()
              .max()
              .item(),
          ).toBeLessThan(0.2);
        }
      },
      TRAINED,
    );
  });

  test('a step of SGD is θ - α ∂L/∂θ', () => {
    const theta = torch.tensor([1, -2], { requires_grad: true });
    const optimizer = new optim.SGD([theta], { lr: 0.25 });
    theta.pow(2).sum().backward();
    optimizer.step();
    expect(theta.tolist()).toEqual([0.5, -1]);
  });
});

describe('PyTorch Training Loop Scaffold', () => {
  test('as on the slide, from seed 1, and better than chance on the test set', () => {
    section(
      'scaffold',
      ({ show, value }) => {
        // Set a seed; your experiments should be reproducible!
        torch.manual_seed(1);
        const inputs = torch.randn(60, 4);
        const targets = inputs.index(':', ':3').add(torch.randn(60, 3).mul(0.1)).argmax(1);
        const part = (from: number, to: number) =>
          [inputs.index(`${from}:${to}`), targets.index(`${from}:${to}`)] as const;
        const train = [0, 10, 20, 30].map((from) => part(from, from + 10));
        const [dev, test] = [part(40, 50), part(50, 60)];
        const model = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Linear(16, 3));
        const loss_fn = new nn.CrossEntropyLoss();
        const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
        show(model);
        show(loss_fn);
        for (let epoch = 0; epoch < 10; epoch++) {
          let loss!: Tensor;
          for (const [batch, y_target] of train) {
            optimizer.zero_grad();
            const y = model(batch);
            loss = loss_fn(y, y_target);
            loss.backward();
            optimizer.step();
          }
          model.eval();
          value([loss.item(), torch.no_grad(() => loss_fn(model(dev[0]), dev[1])).item()]);
          model.train();
        }
        model.eval();
        const accuracy = torch.no_grad(() => model(test[0]).argmax(1).eq(test[1]).float().mean());
        value(accuracy);
        expect(accuracy.item()).toBeGreaterThan(0.5);
      },
      TRAINED,
    );
  });
});

describe('A Decision Making example: Behaviour Cloning', () => {
  test('a policy imitates an expert', () => {
    section(
      'behaviour_cloning',
      ({ show, value }) => {
        torch.manual_seed(6);
        const expert = new nn.Linear(4, 2);
        const observations = torch.randn(200, 4);
        const actions = torch.no_grad(() => torch.tanh(expert(observations)));
        const policy = new nn.Sequential(new nn.Linear(4, 32), new nn.Tanh(), new nn.Linear(32, 2), new nn.Tanh());
        show(policy);
        const optimizer = new optim.Adam(policy.parameters(), { lr: 1e-2 });
        const loss_fn = new nn.MSELoss();
        const history: number[] = [];
        for (let step = 0; step < 100; step++) {
          const rows = torch.randint(200, [32]);
          const loss = loss_fn(policy(observations.index(rows)), actions.index(rows));
          optimizer.zero_grad();
          loss.backward();
          optimizer.step();
          if (step % 20 === 0) history.push(loss.item());
        }
        value(history);
        expect(history.at(-1)! < history[0]! / 10).toBe(true);
      },
      TRAINED,
    );
  });
});
