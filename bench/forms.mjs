#!/usr/bin/env node
// Models in other forms, the same files here and in Python's PyTorch, where one is found: a call of each.
//
//   node bench/forms.mjs [--python PATH] [--only REGEX] [--rounds N] [--compile] [--memory CALLS]
//
// The models are written here, as TorchScript and as programs of torch.export; --compile has Python make packages of
// AOTInductor of the programs, which takes minutes. Both sides run by turns, one thread each; the table shows the best
// round, in microseconds of the process's own time. --memory CALLS shows instead by how much that many calls of
// each form here make the process larger.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: process.env.PYTHON ?? 'python3' },
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '7' },
    compile: { type: 'boolean', default: false },
    memory: { type: 'string' },
  },
});

const require = createRequire(import.meta.url);
const torch = require(fileURLToPath(new URL('..', import.meta.url))).default;
const { nn } = torch;
torch.set_num_threads(1);
torch.manual_seed(0);

const mlp = new nn.Sequential(
  new nn.Linear(10, 32),
  new nn.ReLU(),
  new nn.Linear(32, 32),
  new nn.ReLU(),
  new nn.Linear(32, 1),
);
const layer = new nn.TransformerEncoderLayer(128, 4, { dim_feedforward: 512, batch_first: true });
const convolution = new nn.Sequential(
  ...[new nn.Conv2d(3, 16, 3, { padding: 1 }), new nn.BatchNorm2d(16), new nn.ReLU(), new nn.MaxPool2d(2)],
  ...[new nn.Flatten(), new nn.Linear(16 * 16 * 16, 10)],
);

/** Name, module, sizes of its input, calls a round. */
const models = /** @type {const} */ ([
  ['MLP', mlp, [16, 10], 2000],
  ['Transformer encoder', new nn.TransformerEncoder(layer, 4), [4, 32, 128], 20],
  ['CNN', convolution, [8, 3, 32, 32], 50],
]);

const folder = mkdtempSync(join(tmpdir(), 'tsorch-forms-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const python = `
import json, sys, time, warnings
import torch
warnings.filterwarnings("ignore")
torch.set_num_threads(1)
torch.set_grad_enabled(False)
loaded = {}

def load(kind, path):
    if kind == "TorchScript":
        return torch.jit.load(path)
    if kind == "torch.export":
        return torch.export.load(path).module()
    return torch._inductor.aoti_load_package(path)

for line in sys.stdin:
    request = json.loads(line)
    kind, path = request["kind"], request["path"]
    if request.get("compile"):
        torch._inductor.aoti_compile_and_package(torch.export.load(request["compile"]), package_path=path)
        print("done", flush=True)
        continue
    if path not in loaded:
        loaded[path] = load(kind, path)
        loaded[path](torch.randn(request["sizes"]))
    run, x = loaded[path], torch.randn(request["sizes"])
    start = time.process_time()
    for _ in range(request["calls"]):
        run(x)
    print((time.process_time() - start) / request["calls"] * 1e6, flush=True)
`;

const child = spawn(options.python, ['-c', python], { stdio: ['pipe', 'pipe', 'inherit'] });
let missing = false;
child.on('error', () => (missing = true));
child.stdin.on('error', () => (missing = true));
const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

/** What Python says to a request; undefined where it is absent, or has ended. @param {object} request */
async function ask(request) {
  if (missing) return undefined;
  child.stdin.write(`${JSON.stringify(request)}\n`);
  const { value, done } = await answers.next();
  missing ||= done === true;
  return /** @type {string | undefined} */ (value);
}

/** @param {string} kind @param {string} path */
function load(kind, path) {
  if (kind === 'TorchScript') return torch.jit.load(path);
  return kind === 'torch.export' ? torch.export.load(path).module() : torch._inductor.aoti_load_package(path);
}

/** Microseconds a call here. @param {(x: unknown) => unknown} run @param {readonly number[]} sizes @param {number} calls */
function ours(run, sizes, calls) {
  return torch.no_grad(() => {
    const x = torch.randn(sizes);
    run(x);
    const start = process.cpuUsage();
    for (let i = 0; i < calls; i++) run(x);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / calls;
  });
}

/** MiB by which calls make the process larger. @param {(x: unknown) => unknown} run @param {readonly number[]} sizes */
function growth(run, sizes) {
  const calls = Number(options.memory);
  ours(run, sizes, Math.ceil(calls / 10)); // caches and pools are full then
  torch.gc();
  const before = process.memoryUsage().rss;
  ours(run, sizes, calls);
  torch.gc();
  return (process.memoryUsage().rss - before) / 2 ** 20;
}

const show = (/** @type {number} */ x, digits = 1) => (Number.isFinite(x) ? x.toFixed(digits) : '-').padStart(9);

console.log(
  options.memory === undefined
    ? `${'µs a call'.padEnd(36)} ${'here'.padStart(9)} ${'Python'.padStart(9)} ${'ratio'.padStart(9)}`
    : `${'MiB more'.padEnd(36)}`,
);
for (const [name, module, sizes, calls] of models) {
  const example = torch.randn(sizes);
  const base = join(folder, name.replaceAll(' ', '_'));
  module.eval();
  torch.jit.trace(module, example).save(`${base}.pt`);
  const batch = new torch.export.Dim('batch');
  torch.export.save(torch.export.export(module, [example], { dynamic_shapes: [{ 0: batch }] }), `${base}.pt2`);
  const forms = [
    ['TorchScript', `${base}.pt`],
    ['torch.export', `${base}.pt2`],
  ];
  if (options.compile) {
    const path = `${base}.package.pt2`;
    if ((await ask({ kind: 'AOTInductor', path, compile: `${base}.pt2` })) !== undefined)
      forms.push(['AOTInductor', path]);
  }
  for (const [kind, path] of forms) {
    const title = `${name}, ${kind}`;
    if (!new RegExp(options.only).test(title)) continue;
    const run = load(kind, path);
    if (options.memory !== undefined) {
      console.log(`${title.padEnd(36)} ${show(growth(run, sizes), 2)}`);
      continue;
    }
    let [here, there] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let round = 0; round < Number(options.rounds); round++) {
      here = Math.min(here, ours(run, sizes, calls));
      there = Math.min(there, Number((await ask({ kind, path, sizes, calls })) ?? Number.POSITIVE_INFINITY));
    }
    console.log(`${title.padEnd(36)} ${show(here)} ${show(there)} ${show(here / there, 2)}`);
  }
}
child.stdin.end();
