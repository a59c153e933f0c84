// npm run soak -- [--minutes N]: training, hooks, errors, programs, data, files, asynchronous loops and worker threads, over
// and over. Prints the resident memory and the live tensors every ten seconds, and fails when they grow.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { root, script } from '../tools/run.mjs';

const require = createRequire(import.meta.url);
const entry = require.resolve('../..');
const torch = require(entry);
const { nn } = torch;
const pyplot = require('../../dist/entries/pyplot.js');
const safetensors = require('../../dist/entries/safetensors.js');
const { SummaryWriter } = require('../../dist/entries/utils/tensorboard.js');
const { DataLoader, TensorDataset } = torch.utils.data;
const folder = mkdtempSync(join(tmpdir(), 'tsorch-soak-'));
process.on('exit', () => rmSync(folder, { recursive: true }));

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' } } });
const duration = Number(values.minutes) * 60_000;
const PERIOD_MS = 10_000;
/** Memory that allocators keep varies by this much. */
const ALLOWED_MIB = 64;
const ALLOWED_TENSORS = 16;

const mlp = new nn.Sequential(new nn.Linear(10, 32), new nn.ReLU(), new nn.Linear(32, 1));
const cnn = new nn.Sequential(new nn.Conv2d(1, 8, 3), new nn.ReLU(), new nn.Flatten(), new nn.Linear(8 * 26 * 26, 10));
const optimizer = new torch.optim.Adam([...mlp.parameters(), ...cnn.parameters()]);

/** @param {any} loss */
function step(loss) {
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
}

class Double extends torch.autograd.Function {
  /** @param {any} ctx @param {any} x */
  static forward(ctx, x) {
    ctx.save_for_backward(x);
    return x.mul(2);
  }

  /** @param {any} ctx @param {any} gradient */
  static backward(ctx, gradient) {
    return gradient.mul(ctx.saved_tensors[0]);
  }
}

/** @type {Record<string, () => unknown>} */
const loads = {
  mlp: () => {
    for (let i = 0; i < 100; i++) step(mlp(torch.randn(16, 10)).pow(2).mean());
  },
  cnn: () => step(nn.functional.cross_entropy(cnn(torch.randn(16, 1, 28, 28)), torch.randint(0, 10, [16]))),
  hooks: () => {
    for (let i = 0; i < 20; i++) {
      const x = torch.randn(100, { requires_grad: true });
      const y = /** @type {any} */ (Double.apply(x));
      y.register_hook((/** @type {any} */ gradient) => gradient.mul(y.shape.length));
      if (i % 2 === 0) y.sum().backward();
    }
  },
  errors: () => {
    for (let i = 0; i < 20; i++) {
      try {
        const y = torch.randn(100, { requires_grad: true }).mul(2);
        y.register_hook(() => {
          throw new RangeError('in a hook');
        });
        y.sum().backward();
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
    }
  },
  buffers: () => {
    for (let i = 0; i < 50; i++) {
      const array = new Float32Array(10_000);
      const x = torch.from_numpy(array);
      if (i % 3 === 0) structuredClone(array, { transfer: [array.buffer] });
      torch.tidy(() => x.add(1).typed_array()[0] + x.typed_array()[0]);
    }
  },
  interruptions: () => {
    const part = () => torch.tidy(() => torch.cat([torch.randn(10), torch.zeros(5)]).sort().values);
    const list = new Proxy(Array(4).fill(0), {
      get: (target, key) => (/^\d+$/.test(String(key)) ? part() : Reflect.get(target, key)),
    });
    for (let i = 0; i < 20; i++) if (torch.cat(list).numel() !== 60) throw new Error('a list lost its elements');
  },
  structures: () => {
    const map = new Map(Array.from({ length: 100 }, (_, i) => [i, torch.randn(1000)]));
    return torch.tidy(() => torch.stack([...map.values()]).sum());
  },
  asynchronous: async () => {
    const loop = async () => {
      let x = torch.zeros(1000);
      for (let i = 0; i < 20; i++) {
        x = x.add(1);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await Promise.all([loop(), loop(), loop()]);
  },
  programs: () => {
    const script = torch.jit.load(join(root, 'test', 'jit', 'fixtures', 'mlp.pt'));
    const exported = torch.export.load(join(root, 'test', 'export', 'fixtures', 'mlp.pt2')).module();
    return [script, exported, torch.jit.trace(mlp, torch.randn(4, 10))];
  },
  data: async () => {
    const loader = new DataLoader(new TensorDataset(torch.randn(100, 50), torch.randn(100, 1)), { batch_size: 10 });
    for (const _ of loader) break;
    for await (const _ of loader) break;
    loader[Symbol.iterator]().next();
  },
  files: () => {
    torch.save(mlp.state_dict(), join(folder, 'mlp.pt'));
    torch.load(join(folder, 'mlp.pt'), { mmap: true });
    safetensors.save_file({ x: torch.ones(1000) }, join(folder, 'x.safetensors'));
    safetensors.load_file(join(folder, 'x.safetensors'));
    const writer = new SummaryWriter(join(folder, 'log'));
    writer.add_histogram('x', torch.randn(1000), 1);
    writer.close();
    rmSync(join(folder, 'log'), { recursive: true });
  },
  plots: () => {
    pyplot.plot(torch.randn(100));
    pyplot.imshow(torch.rand(20, 20));
    pyplot.gcf().to_svg();
    pyplot.close();
  },
  sharing: () => {
    torch.multiprocessing.receive(torch.multiprocessing.share(torch.ones(10_000)));
    torch.multiprocessing.withdraw(torch.multiprocessing.share({ x: torch.ones(10_000) }));
  },
  modules: () => {
    const model = torch.copy.deepcopy(mlp);
    const replaced = new torch.optim.AdamW(model.parameters());
    model.register_full_backward_hook(() => void [model, replaced]);
    model(torch.randn(16, 10)).sum().backward();
    replaced.step();
    model.load_state_dict(mlp.state_dict());
  },
  views: () => {
    const x = torch.ones(50, 50, { requires_grad: true }).mul(1);
    x.index(0).mul_(2);
    x.t().index_put_([1], 3);
    x.sum().backward();
  },
  checkpoints: () => {
    const part = (/** @type {any} */ x) => x.exp().sin();
    const x = torch.ones(1000, { requires_grad: true });
    torch.utils.checkpoint.checkpoint(part, x, { use_reentrant: false }).sum().backward();
    torch.utils.checkpoint.checkpoint(part, x, { use_reentrant: false });
  },
  closures: () => {
    const held = torch.ones(10);
    torch.func.vjp((/** @type {any} */ x) => x.mul(held), torch.ones(10));
    torch.func.jvp((/** @type {any} */ x) => x.mul(held), [torch.ones(10)], [torch.ones(10)]);
  },
  scopes: async () => {
    for (let i = 0; i < 10; i++) {
      torch.tidy(() => torch.ones(1000).add(i));
      await null;
    }
  },
  transforms: () => torch.func.vmap(torch.func.grad((/** @type {any} */ x) => x.sin().sum()))(torch.randn(8, 10)),
};

const WORK = `require(${JSON.stringify(entry)}).randn(100, 100).matmul(require(${JSON.stringify(entry)}).ones(100)).sum().item()`;

async function runWorker() {
  const worker = new Worker(WORK, { eval: true });
  await new Promise((resolve) => worker.once('exit', resolve));
}

/** @param {number} rounds */
function sample(rounds) {
  torch.gc();
  torch.gc();
  const { tensors, bytes } = torch.memory_stats();
  const rss = process.memoryUsage.rss() / 2 ** 20;
  const seconds = Math.round(performance.now() / 1000);
  console.log(`${seconds} s  ${rounds} rounds  RSS ${rss.toFixed(0)} MiB  ${tensors} tensors  ${bytes} bytes`);
  return { tensors, rss };
}

/** The median of the numbers of a list's part. @param {number[]} list */
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1] ?? 0;

/** Compares the second quarter, when everything has warmed up, with the last. @param {{ tensors: number, rss: number }[]} samples */
function judge(samples) {
  const quarter = Math.max(1, samples.length >> 2);
  const [early, late] = [samples.slice(quarter, 2 * quarter), samples.slice(-quarter)];
  const grown = (/** @type {'tensors' | 'rss'} */ key) =>
    median(late.map((each) => each[key])) - median(early.map((each) => each[key]));
  console.log(`grown by ${grown('rss').toFixed(1)} MiB and ${grown('tensors')} tensors`);
  if (grown('rss') > ALLOWED_MIB) throw new Error('resident memory grows');
  if (grown('tensors') > ALLOWED_TENSORS) throw new Error('tensors are left over');
}

await script(async () => {
  const samples = [];
  const end = performance.now() + duration;
  let next = performance.now() + PERIOD_MS;
  for (let rounds = 1; performance.now() < end; rounds++) {
    for (const load of Object.values(loads)) await load();
    if (rounds % 10 === 0) await runWorker();
    if (performance.now() < next) continue;
    samples.push(sample(rounds));
    next = performance.now() + PERIOD_MS;
  }
  judge(samples);
});
