// Runs the programs [from, to) of a seed, each quietly and then with noise: both must see the same, and leave nothing.
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fault } from './fault.mjs';
import { noises } from './noises.mjs';
import { makeSteps } from './program_steps.mjs';
import { Random } from './random.mjs';

const require = createRequire(import.meta.url);
/** @type {any} */
const torch = require('../../../dist/entries/main.js');
const [seed = 0, from = 0, to = 0] = process.argv.slice(2).map(Number);
const LENGTH = 50;
const POOL = 10;
torch.set_num_threads(1);

/** @param {unknown} value */
const tell = (value) => writeSync(1, `${JSON.stringify(value)}\n`);
const steps = makeSteps(torch);
const names = Object.keys(steps);
const noise = noises(torch);

/** What a program can see of a value. @param {any} value @returns {string} */
function shown(value) {
  if (Array.isArray(value)) return `[${value.map(shown)}]`;
  if (!(value instanceof torch.Tensor)) return String(value);
  return `${value.dtype} ${value.shape} ${value.requires_grad} ${value.detach().to_dense().tolist()}`;
}

/** @param {any} error */
function shownError(error) {
  const wrong = fault(error);
  if (wrong !== undefined) throw new Error(`a step threw ${wrong}`, { cause: error });
  return `${error.name}: ${error.message.split('\n')[0].replace(/0x[0-9a-f]+/g, '')}`;
}

/** A program's state: tensors that its steps take and leave. */
class Program {
  /** @param {number} number @param {import('./program_steps.mjs').Disturb} disturb */
  constructor(number, disturb) {
    this.random = new Random(seed * 1_000_003 + number);
    this.disturb = disturb;
    const start = () => torch.arange(9).to(torch.float32).view(3, 3).div(10);
    this.pool = [start(), start().requires_grad_(), start().neg().requires_grad_()];
  }

  take = () => this.random.pick(this.pool);

  /** @param {any} value */
  leave(value) {
    if (!(value instanceof torch.Tensor) || value.numel() > 64) return;
    if (this.pool.length < POOL) this.pool.push(value);
    else this.pool[this.random.below(POOL)] = value;
  }

  step() {
    const name = this.random.pick(names);
    let seen;
    try {
      const result = /** @type {any} */ (steps)[name](this);
      for (const each of Array.isArray(result) ? result : [result]) this.leave(each);
      seen = shown(result);
    } catch (error) {
      seen = shownError(error);
    }
    return `${name}: ${seen}`;
  }
}

/** All that a program sees, step by step. @param {number} number @param {() => void} disturb */
function run(number, disturb) {
  torch.manual_seed(number);
  /** @type {string[]} */
  const log = [];
  let disturbing = false;
  const once = (/** @type {any} */ value) => {
    if (disturbing) return value;
    disturbing = true;
    try {
      disturb();
    } finally {
      disturbing = false;
    }
    return value;
  };
  process.emitWarning = () => once(undefined); // what is warned of is not compared: some warnings come once a process
  torch.set_warn_always(true);
  const program = new Program(number, once);
  for (let i = 0; i < LENGTH; i++) log.push(program.step());
  return log;
}

/** What is wrong with a program, if anything. @param {number} number */
function judge(number) {
  const random = new Random(number);
  try {
    const quiet = run(number, () => {});
    const disturbed = run(number, () => random.pick(noise)());
    const at = quiet.findIndex((line, i) => line !== disturbed[i]);
    if (at >= 0) return `step ${at}: ${quiet[at]}, with noise ${disturbed[at]}`;
  } catch (error) {
    return String(/** @type {any} */ (error).stack).slice(0, 800);
  }
  return undefined;
}

/** What the last program left may be held a while, by an error or a closure: another program takes its place, a leak stays. */
const ALLOWED_TENSORS = 30;
const PERIOD = 20;
const CHANCES = 3;
let level = Number.POSITIVE_INFINITY;

function tensorsLeft() {
  for (let i = 0; i < 3; i++) torch.gc();
  return torch.memory_stats().tensors;
}

/** Whether programs leave anything behind. @param {number} number */
function judgeMemory(number) {
  let tensors = tensorsLeft();
  for (let other = 1; other <= CHANCES && tensors > level + ALLOWED_TENSORS; other++) {
    run(number + other, () => {});
    tensors = tensorsLeft();
  }
  if (tensors > level + ALLOWED_TENSORS)
    tell({ call: number, name: 'memory', wrong: `${level} tensors grew to ${tensors}` });
  level = Math.min(level, tensors);
}

for (let i = from; i < to; i++) {
  tell({ at: i, name: 'program' });
  const wrong = judge(i);
  if (wrong !== undefined) tell({ call: i, name: 'program', wrong });
  if (i % PERIOD === PERIOD - 1) judgeMemory(i);
}
tell({ done: true });
