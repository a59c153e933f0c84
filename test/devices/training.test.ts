/** Modules, optimizers and training loops on the accelerator, beside the same on the CPU. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch, { nn, optim, type Tensor } from 'tsorch';
import { Function as AutogradFunction, type FunctionCtx } from 'tsorch/autograd';
import { device, expectSame, moved } from './device';

const { functional: F } = nn;

const modules: Readonly<Record<string, readonly [make: () => nn.Module, input: () => Tensor]>> = {
  Linear: [() => new nn.Linear(4, 3), () => torch.randn(2, 4)],
  Conv2d: [() => new nn.Conv2d(3, 4, 3), () => torch.randn(2, 3, 8, 8)],
  BatchNorm2d: [() => new nn.BatchNorm2d(3), () => torch.randn(4, 3, 5, 5)],
  LayerNorm: [() => new nn.LayerNorm(4), () => torch.randn(2, 4)],
  LSTM: [() => new nn.LSTM(4, 5, { num_layers: 2 }), () => torch.randn(6, 2, 4)],
  GRU: [() => new nn.GRU(4, 5), () => torch.randn(6, 2, 4)],
  TransformerEncoderLayer: [
    () => new nn.TransformerEncoderLayer(8, 2, { dropout: 0, batch_first: true }),
    () => torch.randn(2, 5, 8),
  ],
};

type AnyCall = (input: Tensor) => Tensor | [Tensor, unknown];

const firstOf = (result: Tensor | [Tensor, unknown]) => (Array.isArray(result) ? result[0] : result);

test.each(Object.keys(modules))(`%s on ${device}`, (name) => {
  const [make, input] = modules[name]!;
  torch.manual_seed(1);
  const here = make();
  torch.manual_seed(1);
  const there = make().to(device);
  const x = input();
  const expected = firstOf((here as unknown as AnyCall)(x));
  const actual = firstOf((there as unknown as AnyCall)(moved(x)));
  expectSame(actual, expected, 1e-3);
  expected.sum().backward();
  actual.sum().backward();
  const grads = (module: nn.Module) => [...module.parameters()].map((parameter) => parameter.grad!);
  expectSame(grads(there), grads(here), 1e-3);
});

const optimizers: Readonly<Record<string, (parameters: Iterable<Tensor>) => optim.Optimizer>> = {
  SGD: (p) => new optim.SGD(p, { lr: 0.1, momentum: 0.9 }),
  Adam: (p) => new optim.Adam(p, { lr: 0.1 }),
  AdamW: (p) => new optim.AdamW(p, { lr: 0.1, amsgrad: true }),
  RMSprop: (p) => new optim.RMSprop(p, { lr: 0.1 }),
  Adagrad: (p) => new optim.Adagrad(p, { lr: 0.1 }),
  Adadelta: (p) => new optim.Adadelta(p),
  Adamax: (p) => new optim.Adamax(p),
  NAdam: (p) => new optim.NAdam(p),
  RAdam: (p) => new optim.RAdam(p),
  ASGD: (p) => new optim.ASGD(p),
  Rprop: (p) => new optim.Rprop(p),
};

test.each(Object.keys(optimizers))(`%s steps on ${device}`, (name) => {
  const run = (place: string) => {
    torch.manual_seed(2);
    const parameters = [torch.randn(3, 4), torch.randn(4)].map((x) => x.to(place).requires_grad_());
    const optimizer = optimizers[name]!(parameters);
    for (let step = 0; step < 4; step++) {
      optimizer.zero_grad();
      const [w, b] = parameters as [Tensor, Tensor];
      w.add(b).pow(2).sum().backward();
      nn.utils.clip_grad_norm_(parameters, 5);
      optimizer.step();
    }
    return parameters;
  };
  expectSame(run(device), run('cpu'), 1e-3);
});

test(`a network learns on ${device}, and its weights come back`, () => {
  torch.manual_seed(3);
  const model = new nn.Sequential(new nn.Linear(2, 16), new nn.Tanh(), new nn.Linear(16, 1)).to(device);
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
  const x = torch.randn(64, 2, { device });
  const y = x.prod(1, { keepdim: true });
  const losses: number[] = [];
  for (let step = 0; step < 150; step++) {
    optimizer.zero_grad();
    const loss = F.mse_loss(model(x), y);
    loss.backward();
    optimizer.step();
    losses.push(loss.item());
  }
  expect(losses.at(-1)!).toBeLessThan(losses[0]! / 5);
  const folder = mkdtempSync(join(tmpdir(), 'tsorch-'));
  torch.save(model.state_dict(), join(folder, 'weights.pt'));
  const state = torch.load(join(folder, 'weights.pt'), { map_location: 'cpu' }) as Record<string, Tensor>;
  rmSync(folder, { recursive: true });
  expect(Object.values(state).every((each) => each.device.type === 'cpu')).toBe(true);
  const copy = new nn.Sequential(new nn.Linear(2, 16), new nn.Tanh(), new nn.Linear(16, 1));
  copy.load_state_dict(state);
  expect(F.mse_loss(copy(x.cpu()), y.cpu()).item()).toBeCloseTo(F.mse_loss(model(x), y).item(), 4);
});

test(`hooks and custom functions run in a backward pass on ${device}`, () => {
  class Square extends AutogradFunction {
    static override forward(ctx: FunctionCtx, x: Tensor): Tensor {
      ctx.save_for_backward(x);
      return x.mul(x);
    }
    static override backward(ctx: FunctionCtx, grad: Tensor): Tensor {
      return grad.mul(ctx.saved_tensors[0]!).mul(2);
    }
  }
  const x = torch.tensor([1, 2, 3], { device, requires_grad: true });
  const seen: number[][] = [];
  const y = Square.apply(x) as Tensor;
  y.register_hook((grad) => {
    seen.push(grad.tolist() as number[]);
  });
  y.sum().backward();
  expect(seen).toEqual([[1, 1, 1]]);
  expect(x.grad!.tolist()).toEqual([2, 4, 6]);
});

test(`what a training loop makes on ${device} is freed`, () => {
  const model = new nn.Linear(512, 512).to(device);
  const x = torch.randn(256, 512, { device });
  const bytesNow = () => {
    const { bytes, device_bytes } = torch.memory_stats(); // of the whole process: what other suites left counts too
    return bytes + device_bytes;
  };
  torch.gc();
  const before = bytesNow();
  let most = 0;
  for (let step = 0; step < 60; step++) {
    model.zero_grad();
    model(x).tanh().sum().backward();
    most = Math.max(most, bytesNow() - before);
  }
  expect(most).toBeLessThan(64 * 2 ** 20); // without freeing: 180 MiB
});
