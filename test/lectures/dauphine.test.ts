/** The slides of "PyTorch and Neural Nets Review Session" (IASD, Paris Dauphine), and the course's tutorial behind them. */
import torch, { distributions, nn, optim } from 'tsorch';
import * as F from 'tsorch/nn/functional';
import golden from './golden/decks.json';
import { expectSection, type Recorder } from './record';

const section = (name: string, run: (recorder: Recorder) => void, relative?: number) =>
  expectSection(golden as never, name, run, relative);

test('How do we train a model? argmin over θ of Σ ‖f(x) - y‖², a neural network by gradient descent', () => {
  section(
    'least_squares',
    ({ show, value }) => {
      torch.manual_seed(8);
      const x = torch.linspace(-1, 1, 20).unsqueeze(1);
      const y = torch.sin(x.mul(3));
      const model = new nn.Sequential(new nn.Linear(1, 16), new nn.Tanh(), new nn.Linear(16, 1));
      show(model);
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      const history: number[] = [];
      for (let step = 0; step < 500; step++) {
        const loss = model(x).sub(y).pow(2).sum(1).mean();
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        if (step % 100 === 0) history.push(loss.item());
      }
      value(history);
      expect(history.at(-1)).toBeLessThan(0.03);
    },
    1e-4,
  );
});

describe('forward and backward pass', () => {
  const forward = () => {
    torch.manual_seed(7);
    const x = torch.randn(3);
    const W1 = torch.randn(4, 3, { requires_grad: true });
    const W2 = torch.randn(4, 4, { requires_grad: true });
    const W3 = torch.randn(1, 4, { requires_grad: true });
    const h1 = torch.sigmoid(W1.matmul(x));
    const h2 = torch.sigmoid(W2.matmul(h1));
    const y = torch.sigmoid(W3.matmul(h2));
    return { x, W1, W2, W3, h1, h2, y };
  };

  test('h₁ = σ(W₁x), h₂ = σ(W₂h₁), y = σ(W₃h₂), as PyTorch computes them', () => {
    section('three_layers', ({ show, value }) => {
      const { W1, W2, W3, h1, y } = forward();
      show(h1.detach());
      show(y);
      y.backward();
      for (const each of [W1, W2, W3]) value(each.grad!);
    });
  });

  test('the three derivatives by hand, by the chain rule', () => {
    const { x, W1, W2, W3, h1, h2, y } = forward();
    y.backward();
    torch.no_grad(() => {
      const slope = (h: typeof y) => h.mul(h.neg().add(1)); // σ' = σ (1 - σ)
      const d3 = slope(y);
      const d2 = W3.T.matmul(d3).mul(slope(h2));
      const d1 = W2.T.matmul(d2).mul(slope(h1));
      expect(W3.grad!.allclose(d3.outer(h2))).toBe(true);
      expect(W2.grad!.allclose(d2.outer(h1))).toBe(true);
      expect(W1.grad!.allclose(d1.outer(x))).toBe(true);
    });
  });
});

describe('PyTorch Tutorial (Colab)', () => {
  test('indexing, broadcasting, shapes, devices, gradients', () => {
    section('course_tutorial', ({ show }) => {
      const A = torch.arange(12.0, { dtype: torch.float32 }).reshape(3, 4);
      for (const each of [
        A.index(0, 3),
        A.index(':', 3),
        A.index(0, ':'),
        A.index(0, '2:4'),
        A.index(0, '...'),
        A.index('...', 1),
      ])
        show(each);
      show(A.shape.join() === '3,4');
      show(A.add(torch.tensor([1.0, 2.0, 3.0, 4.0])));
      show(A.mul(torch.tensor([[1.0], [10.0], [100.0]])));
      show(A.view(2, 6));
      show(A.reshape(-1, 2).shape.join() === '6,2');
      show(A.unsqueeze(0).squeeze().T);
      show(A.permute(1, 0));
      show(A.mean({ dim: 0 }));
      show(A.to('cpu').device);
      const w = torch.tensor([1.0, 2.0], { requires_grad: true });
      const loss = w.pow(2).sum();
      show(loss);
      loss.backward();
      show(w.grad);
      show(w.detach());
      show(w.mul(2).detach().requires_grad);
    });
  });

  test('arrays and tensors: from_numpy shares memory, float() copies, detach().cpu() before typed_array()', () => {
    const array = Float64Array.from([1, 2, 3]);
    const x = torch.from_numpy(array);
    expect(String(x)).toBe('tensor([1., 2., 3.], dtype=torch.float64)');
    const single = x.float();
    array[0] = 9;
    expect([x.index(0).item(), single.index(0).item()]).toEqual([9, 1]);
    const w = single.requires_grad_();
    expect(() => w.typed_array()).toThrow('Use tensor.detach().typed_array() instead');
    expect(w.detach().cpu().typed_array()).toEqual(Float32Array.from([1, 2, 3]));
  });
});

describe('what the course’s homework uses', () => {
  test('policies: Categorical, Independent Normal and its tanh', () => {
    section('policies', ({ show, value }) => {
      torch.manual_seed(9);
      const logits = torch.randn(2, 3, { requires_grad: true });
      const discrete = new distributions.Categorical({ logits });
      show(discrete);
      const choice = discrete.sample();
      show(choice);
      value(discrete.log_prob(choice));
      value(discrete.entropy());
      discrete
        .log_prob(choice)
        .neg()
        .mul(torch.tensor([1.0, -0.5]))
        .sum()
        .backward();
      value(logits.grad!);
      const mean = torch.randn(2, 4, { requires_grad: true });
      const std = torch.full([4], 0.5);
      const normal = (loc: typeof mean, scale: typeof mean) =>
        new distributions.Independent(new distributions.Normal(loc, scale), 1);
      const continuous = normal(mean, std);
      show(continuous);
      let action = continuous.rsample();
      value(action);
      value(continuous.log_prob(action.detach()));
      action.sum().backward();
      value(mean.grad!);
      const squashed = new distributions.TransformedDistribution(normal(mean, std), [
        new distributions.TanhTransform({ cache_size: 1 }),
      ]);
      action = squashed.rsample();
      value(action);
      value(squashed.log_prob(action));
      value(distributions.kl_divergence(continuous, normal(torch.zeros(2, 4), torch.ones(1))));
    });
  });

  test('a training loop with a schedule, clipped gradients, train and eval; odds and ends', () => {
    section(
      'course_training',
      ({ show, value }) => {
        torch.manual_seed(10);
        const net = new nn.Sequential(
          new nn.Linear(3, 8),
          new nn.LeakyReLU(),
          new nn.Identity(),
          new nn.Linear(8, 8),
          new nn.SELU(),
          new nn.Linear(8, 1),
        );
        show(net);
        const optimizer = new optim.Adam(net.parameters(), { lr: 5e-3 });
        const scheduler = new optim.lr_scheduler.LambdaLR(optimizer, (t: number) => 1 / (1 + t / 10));
        const x = torch.randn(32, 3);
        const y = F.softplus(x.norm({ dim: 1, keepdim: true })).clamp({ max: 2.5 });
        for (let step = 0; step < 30; step++) {
          net.train();
          optimizer.zero_grad();
          const loss = F.mse_loss(net(x), y);
          loss.backward();
          const norm = nn.utils.clip_grad_norm_(net.parameters(), 1.0);
          optimizer.step();
          scheduler.step();
          if (step % 10 === 9) {
            net.eval();
            value([loss.item(), norm.item(), scheduler.get_last_lr()[0] as number]);
          }
        }
        const [grid_x, grid_y] = torch.meshgrid(torch.arange(2), torch.arange(3), { indexing: 'ij' });
        show(torch.stack([grid_x!, grid_y!]).flatten(1));
        show(torch.nan_to_num(torch.tensor([Number.NaN, 1.0, Infinity]), { posinf: 9.0 }));
        const column = torch.tensor([[2], [0]], { dtype: torch.int64 });
        show(torch.zeros(2, 3).scatter(1, column, 1.0));
        for (const chunk of torch.arange(5).chunk(2)) show(chunk);
      },
      1e-4,
    );
  });
});
