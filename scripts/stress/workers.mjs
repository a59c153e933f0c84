// Starts worker threads and ends them in the middle of what they do: node scripts/stress/workers.mjs [COUNT] [AT ONCE]
// The process must live, and the memory of tensors come back to what it was.
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

const require = createRequire(import.meta.url);
const entry = require.resolve('../..');
const torch = require(entry);
const { in_transit } = torch.multiprocessing;

const prelude = `
  const { parentPort } = require('node:worker_threads');
  const torch = require(${JSON.stringify(entry)});
  const { nn } = torch;
  parentPort.postMessage('ready');
`;

/** What a worker does until it is ended. */
const works = {
  allocate: 'const kept = []; for (;;) { kept.push(torch.ones(1000)); if (kept.length > 5000) kept.length = 0; }',
  train: `
    const model = new nn.Sequential(new nn.Linear(10, 32), new nn.ReLU(), new nn.Linear(32, 1));
    const optimizer = new torch.optim.Adam(model.parameters());
    for (;;) {
      optimizer.zero_grad();
      model(torch.randn(64, 10)).pow(2).mean().backward();
      optimizer.step();
    }`,
  multiply: 'const x = torch.randn(400, 400); for (;;) x.matmul(x);',
  hooks: `
    class Double extends torch.autograd.Function {
      static forward(ctx, x) { ctx.save_for_backward(x); return x.mul(2); }
      static backward(ctx, g) { for (let i = 0; i < 20; i++) g.clone(); return g.mul(2); }
    }
    const x = torch.ones(3, { requires_grad: true });
    for (;;) {
      const y = Double.apply(x);
      y.register_hook((g) => g.mul(1));
      y.sum().backward();
    }`,
  mode: `
    globalThis.mode = torch.autograd.graph.saved_tensors_hooks((x) => x, (x) => x);
    for (const x = torch.ones(3, { requires_grad: true }); ; ) x.exp().sum().backward();`,
  tidy: 'for (;;) torch.tidy(() => torch.linalg.svd(torch.randn(20, 20)));',
  share: 'for (;;) parentPort.postMessage(torch.multiprocessing.share([torch.ones(100)]));',
  collect: 'for (;;) { torch.randn(2000); torch.gc(); }',
  wait: 'globalThis.kept = torch.ones(100000); setInterval(() => torch.ones(10), 1);',
  error: 'globalThis.kept = torch.ones(1000); torch.ones(2).add(torch.ones(3));',
  leave: 'globalThis.kept = torch.ones(1000); process.exit(0);',
};
const names = Object.keys(works);

/** @param {number} number */
async function run(number) {
  const name = names[number % names.length];
  const worker = new Worker(prelude + works[/** @type {keyof typeof works} */ (name)], { eval: true });
  const ready = new Promise((resolve) => worker.once('message', resolve));
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  worker.on('error', (error) => {
    if (name !== 'error') throw error;
  });
  // Every eighth is ended while it still loads.
  if (number % 8 !== 0) await Promise.race([ready, ended]);
  await new Promise((resolve) => setTimeout(resolve, (37 * number) % 50));
  await worker.terminate();
  await ended;
}

const count = Number(process.argv[2] ?? 500);
const atOnce = Number(process.argv[3] ?? 4);
torch.gc();
const before = torch.memory_stats().bytes;
let next = 0;
let warm = 0;
async function lane() {
  while (next < count) {
    await run(next++);
    if (next >= count / 2) warm ||= process.memoryUsage.rss();
  }
}
await Promise.all(Array.from({ length: atOnce }, lane));
torch.gc();
const left = torch.memory_stats().bytes - before;
const mebibytes = (/** @type {number} */ bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
console.log(`${count} workers ended; ${left} bytes of tensors and ${in_transit()} shared tensors left`);
console.log(`resident after half of them: ${mebibytes(warm)}, after all: ${mebibytes(process.memoryUsage.rss())}`);
process.exitCode = left === 0 && in_transit() === 0 ? 0 : 1;
