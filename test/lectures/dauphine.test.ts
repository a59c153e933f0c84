/** The slides of "PyTorch and Neural Nets Review Session" (IASD, Paris Dauphine), and the course's tutorial behind them. */
import torch, { nn, optim } from 'tsorch';
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
