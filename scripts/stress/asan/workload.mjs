// A bit of everything, again and again, for the leak checker.
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

const require = createRequire(import.meta.url);
const entry = require.resolve('../../..');
const torch = require(entry);
const { nn } = torch;

class Double extends torch.autograd.Function {
  /** @param {any} ctx @param {any} x */
  static forward(ctx, x) {
    ctx.save_for_backward(x);
    return x.mul(2);
  }

  /** @param {any} _ctx @param {any} gradient */
  static backward(_ctx, gradient) {
    return gradient.mul(2);
  }
}

function train() {
  const model = new nn.Sequential(new nn.Linear(10, 32), new nn.ReLU(), new nn.Linear(32, 1));
  const optimizer = new torch.optim.Adam(model.parameters());
  for (let i = 0; i < 5; i++) {
    optimizer.zero_grad();
    model(torch.randn(16, 10)).pow(2).mean().backward();
    optimizer.step();
  }
}

function hooks() {
  const x = torch.ones(3, { requires_grad: true });
  const y = /** @type {any} */ (Double.apply(x));
  y.register_hook((/** @type {any} */ gradient) => gradient.mul(y.shape.length));
  y.grad_fn.metadata.y = y;
  torch.autograd.graph.saved_tensors_hooks(
    (/** @type {any} */ saved) => saved.detach(),
    (/** @type {any} */ saved) => saved,
    () => y.pow(2).sum().backward(),
  );
}

function errors() {
  for (const wrong of [() => torch.ones(2).add(torch.ones(3)), () => torch.ones(2, 3).mm(torch.ones(2, 3))]) {
    try {
      wrong();
      throw new Error('there was no error');
    } catch (error) {
      if (!(error instanceof torch.TorchError)) throw error;
    }
  }
}

function transforms() {
  torch.func.vmap(torch.func.grad((/** @type {any} */ x) => x.sin().sum()))(torch.randn(4, 3));
  torch.tidy(() => torch.linalg.svd(torch.randn(8, 8)));
  torch.tensor([[1, 2], [3, 4]]).index([0, 1], '1:').tolist(); // biome-ignore format: one line
}

for (let round = 0; round < 3; round++) {
  train();
  hooks();
  errors();
  transforms();
  torch.gc();
}
const worker = new Worker(`require(${JSON.stringify(entry)}).ones(100).sum().item()`, { eval: true });
await new Promise((resolve) => worker.once('exit', resolve));
torch.gc();
