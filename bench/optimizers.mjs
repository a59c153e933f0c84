#!/usr/bin/env node
// Steps of each optimizer over 100 small parameters, side by side with Python's PyTorch where one is found.
//
//   node bench/optimizers.mjs [--python PATH] [--only REGEX] [--rounds N]
//
// Both sides run by turns, one thread each; the table shows the best round in microseconds a step.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    only: { type: 'string' },
    rounds: { type: 'string', default: '7' },
  },
});

/** Name, class, options. */
const workloads = [
  ['SGD', 'SGD', { lr: 1e-3 }],
  ['SGD momentum', 'SGD', { lr: 1e-3, momentum: 0.9 }],
  ['Adam', 'Adam', { lr: 1e-3 }],
  ['Adam amsgrad', 'Adam', { lr: 1e-3, amsgrad: true }],
  ['AdamW', 'AdamW', { lr: 1e-3 }],
  ['Adagrad', 'Adagrad', {}],
  ['Adadelta', 'Adadelta', {}],
  ['Adamax', 'Adamax', {}],
  ['ASGD', 'ASGD', {}],
  ['NAdam', 'NAdam', {}],
  ['RAdam', 'RAdam', {}],
  ['RMSprop', 'RMSprop', {}],
  ['Rprop', 'Rprop', {}],
  ['Adafactor', 'Adafactor', {}],
  ['Muon', 'Muon', {}],
  ['zero_grad', 'SGD', {}],
].filter(([name]) => !options.only || new RegExp(options.only).test(/** @type {string} */ (name)));

const PARAMETERS = 100;
const STEPS = 200;

const python = `
import sys, json, time, torch
torch.set_num_threads(1)
for line in sys.stdin:
    name, cls, kw = json.loads(line)
    g = torch.Generator().manual_seed(0)
    params = [torch.randn(16, 16, generator=g).requires_grad_() for _ in range(${PARAMETERS})]
    grads = [torch.randn(16, 16, generator=g) for p in params]
    for p, d in zip(params, grads): p.grad = d
    o = getattr(torch.optim, cls)(params, **kw)
    steps = ${STEPS} if cls not in ('Muon', 'Adafactor') else 20
    def once():
        if name == 'zero_grad':
            o.zero_grad()
            for p, d in zip(params, grads): p.grad = d
        else: o.step()
    once()
    start = time.perf_counter()
    for _ in range(steps): once()
    print((time.perf_counter() - start) / steps * 1e6, flush=True)
`;

const require = createRequire(import.meta.url);
const torch = require(fileURLToPath(new URL('..', import.meta.url))).default;
torch.set_num_threads(1);

/** Microseconds a step here. */
function ours(/** @type {string} */ name, /** @type {string} */ cls, /** @type {object} */ kw) {
  torch.manual_seed(0);
  const params = Array.from({ length: PARAMETERS }, () => torch.randn(16, 16).requires_grad_());
  const grads = params.map(() => torch.randn(16, 16));
  const setGrads = () => {
    for (let i = 0; i < PARAMETERS; i++) params[i].grad = grads[i];
  };
  setGrads();
  const optimizer = new torch.optim[cls](params, kw);
  const steps = cls === 'Muon' || cls === 'Adafactor' ? 20 : STEPS;
  const once = () => {
    if (name !== 'zero_grad') return optimizer.step();
    optimizer.zero_grad();
    setGrads();
  };
  once();
  const start = process.hrtime.bigint();
  for (let i = 0; i < steps; i++) once();
  return Number(process.hrtime.bigint() - start) / steps / 1e3;
}

const child = spawn(options.python, ['-c', python], { stdio: ['pipe', 'pipe', 'inherit'] });
let missing = false;
child.on('error', () => (missing = true));
const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

console.log(`${'µs a step'.padEnd(14)} ${'here'.padStart(9)} ${'Python'.padStart(9)} ${'ratio'.padStart(6)}`);
for (const workload of workloads) {
  const [name, cls, kw] = /** @type {[string, string, object]} */ (workload);
  let here = Number.POSITIVE_INFINITY;
  let there = Number.POSITIVE_INFINITY;
  for (let round = 0; round < Number(options.rounds); round++) {
    if (torch.optim[cls] !== undefined) here = Math.min(here, ours(name, cls, kw));
    if (missing) continue;
    child.stdin.write(`${JSON.stringify(workload)}\n`);
    const { value, done } = await answers.next();
    if (done) missing = true;
    else there = Math.min(there, Number(value));
  }
  const show = (/** @type {number} */ x, digits = 1) => (Number.isFinite(x) ? x.toFixed(digits) : '-');
  console.log(
    `${name.padEnd(14)} ${show(here).padStart(9)} ${show(there).padStart(9)} ${show(here / there, 2).padStart(6)}`,
  );
}
child.stdin.end();
