// Makes the calls [from, to) of a seed and judges each. Before each call it writes the call's number to standard output,
// so that the parent knows which one ended the process.
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { targets } from './targets.mjs';
import { call, make } from './values.mjs';

const require = createRequire(import.meta.url);
const torch = require('../../dist/main.js').default;

const [seed = 0, from = 0, to = 0] = process.argv.slice(2).map(Number);
const functions = targets(torch);
torch.set_num_threads(1);
process.removeAllListeners('warning');
process.on('warning', () => {});

/** @param {unknown} value */
const tell = (value) => writeSync(1, `${JSON.stringify(value)}\n`);

/** @param {any} description */
function perform({ which, args, options }) {
  const { owner, key, method } = functions[which % functions.length];
  const values = args.map((/** @type {unknown} */ each) => make(torch, each));
  if (options)
    values.push(Object.fromEntries(Object.entries(options).map(([name, each]) => [name, make(torch, each)])));
  if (!method) return owner[key](...values);
  const receiver = values[0] instanceof torch.Tensor ? values.shift() : torch.ones(2, 3);
  return receiver[key](...values);
}

/** What is wrong with an error, if anything. @param {unknown} error */
function fault(error) {
  if (!(error instanceof Error)) return `threw ${typeof error}`;
  if (
    /read past its arguments|of unknown kind|Node-API|Cannot read propert|Cannot destructure|^expected [\w ]+, not |is not a function|(?<!object) is not iterable/.test(
      error.message,
    )
  ) {
    return `${error.name}: ${error.message.slice(0, 200)}`;
  }
  if (/Maximum call stack/.test(error.message)) return error.message;
  return undefined;
}

const baseline = torch.memory_stats().tensors;
const calls = fc.sample(call, { seed, numRuns: to });
for (let i = from; i < to; i++) {
  tell({ at: i });
  try {
    const result = perform(calls[i]);
    if (typeof result?.then === 'function') result.then(undefined, () => {});
  } catch (error) {
    const wrong = fault(error);
    if (wrong) tell({ call: i, name: functions[calls[i].which % functions.length].name, wrong, given: calls[i] });
  }
  if (i % 1000 === 999) {
    torch.gc();
    const { tensors } = torch.memory_stats();
    if (tensors > baseline + 200)
      tell({ call: i, name: 'memory', wrong: `${tensors} live tensors after a collection` });
    if (torch.ones(2).add(1).sum().item() !== 4) tell({ call: i, name: 'torch', wrong: 'no longer adds' });
  }
}
tell({ done: true });
