/** Threads and contexts that load the addon, and end in the middle of what they do. */
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const root = dirname(require.resolve('tsorch/package.json'));
const node = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: root });

it('frees what ended threads held, and goes on', async () => {
  const { stdout } = await node(join(root, 'scripts', 'stress', 'workers.mjs'), '20');
  expect(stdout).toMatch(/^20 workers ended; 0 bytes of tensors and 0 shared tensors left$/m);
}, 120_000);

const contexts = `
  const { createRequire } = require('node:module');
  const vm = require('node:vm');
  const { Worker } = require('node:worker_threads');
  const entry = require.resolve('tsorch');

  // Copies in this thread, each in a context of its own, as jest makes them.
  function copyInContext() {
    const context = vm.createContext({ console, process, Buffer, URL, setTimeout, clearTimeout, performance,
      SharedArrayBuffer, Atomics, structuredClone, queueMicrotask, setImmediate });
    const cache = new Map();
    const load = (file) => {
      if (!file.endsWith('.js')) return require(file);
      if (cache.has(file)) return cache.get(file).exports;
      const module = { exports: {} };
      cache.set(file, module);
      const real = createRequire(file);
      const inner = (name) => {
        const path = real.resolve(name);
        return path.startsWith('/') ? load(path) : require(name);
      };
      Object.assign(inner, { resolve: real.resolve, cache: {} });
      const wrapper = '(function (exports, require, module, __filename, __dirname) {' +
        require('node:fs').readFileSync(file, 'utf8') + '\\n})';
      vm.runInContext(wrapper, context, { filename: file })(module.exports, inner, module, file, require('node:path').dirname(file));
      return module.exports;
    };
    return load(entry).default;
  }
  const train = (torch) => {
    torch.manual_seed(0);
    const model = new torch.nn.Linear(3, 1);
    const optimizer = new torch.optim.SGD(model.parameters(), { lr: 0.1 });
    for (let i = 0; i < 200; i++) {
      optimizer.zero_grad();
      model(torch.ones(4, 3)).pow(2).sum().backward();
      optimizer.step();
    }
    return model(torch.ones(1, 3)).item();
  };
  const threads = [1, 2].map(() => new Promise((resolve, reject) => {
    const source = 'require("node:worker_threads").parentPort.postMessage((' + train + ')(require(' + JSON.stringify(entry) + ')))';
    new Worker(source, { eval: true }).on('message', resolve).on('error', reject);
  }));
  const copies = [require('tsorch').default, copyInContext(), copyInContext()];
  const results = copies.map(train);
  const [main, first, second] = copies;
  const x = main.ones(3);
  const there = first.multiprocessing.receive(main.multiprocessing.share(x));
  there.add_(1);
  Promise.all(threads).then((others) => {
    console.log(JSON.stringify({
      same: new Set([...results, ...others]).size === 1,
      shared: x.tolist(),
      apart: (() => { try { second.ones(1).add(there); return false; } catch (error) { return error.message !== ''; } })(),
      alive: copies.map((each) => each.memory_stats().tensors > 0),
    }));
  });
`;

it('serves several contexts and threads at once', async () => {
  const { stdout } = await node('-e', contexts);
  expect(JSON.parse(stdout)).toEqual({ same: true, shared: [2, 2, 2], apart: true, alive: [true, true, true] });
}, 60_000);
