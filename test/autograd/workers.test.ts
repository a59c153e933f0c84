/** A worker that ends while its graphs hold JavaScript functions. */
import { Worker } from 'node:worker_threads';

const source = (lend: boolean) => `
  const torch = require('tsorch').default;
  torch.autograd._lend_passes(${lend});
  class Double extends torch.autograd.Function {
    static forward(ctx, x) { ctx.save_for_backward(x); return x.mul(2); }
    static backward(ctx, g) { return g.mul(2); }
  }
  const kept = [];
  for (let i = 0; i < 100; i++) {
    const x = torch.ones(3, { requires_grad: true });
    const y = Double.apply(x);
    y.register_hook((g) => { y.shape; return g; });
    y.sum().backward({ retain_graph: true });
    kept.push(x, y, torch.autograd.graph.saved_tensors_hooks((t) => [t.detach()], ([t]) => t, () => y.exp()));
  }
  globalThis.kept = kept;
  require('node:worker_threads').parentPort.postMessage(kept[0].grad.tolist());
`;

it.each([false, true])(
  'leaves nothing that crashes (passes lent: %s)',
  async (lend) => {
    const worker = new Worker(source(lend), { eval: true });
    const message = await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    expect(message).toEqual([2, 2, 2]);
    const code = await new Promise((resolve) => worker.once('exit', resolve));
    expect(code).toBe(0);
  },
  30_000,
); // the first start of CUDA on a machine takes seconds

it('can be terminated inside a callback', async () => {
  const worker = new Worker(
    `
    const torch = require('tsorch').default;
    const y = torch.ones(3, { requires_grad: true }).mul(2);
    y.register_hook(() => {
      require('node:worker_threads').parentPort.postMessage('in');
      for (;;) torch.ones(10);
    });
    y.sum().backward();
    `,
    { eval: true },
  );
  await new Promise((resolve) => worker.once('message', resolve));
  expect(await worker.terminate()).toBe(1);
});
