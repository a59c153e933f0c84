// Makes the calls [from, to) of a seed and judges each: public functions with any arguments, and operators with nearly
// right ones, in turn. Before each call it writes its number to standard output, so that the parent knows which one ended
// the process.
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { fault } from './fault.mjs';
import { callOf, operators } from './operators.mjs';
import { Placements } from './placements.mjs';
import { Random } from './random.mjs';
import { targets } from './targets.mjs';
import { call, make } from './values.mjs';

const require = createRequire(import.meta.url);
const torch = require('../../../dist/entries/main.js').default;

const [seed = 0, from = 0, to = 0] = process.argv.slice(2).map(Number);
const functions = targets(torch);
const overloads = operators();
torch.set_num_threads(1);
process.removeAllListeners('warning');
process.on('warning', () => {});

/** @param {unknown} value */
const tell = (value) => writeSync(1, `${JSON.stringify(value)}\n`);

/** @typedef {{ name: string, given: any, made: any[], run: () => any }} Call */

/** @param {any} description @param {any[]} made */
function argumentsOf({ args, options }, made) {
  const values = args.map((/** @type {unknown} */ each) => make(torch, each, made));
  if (!options) return values;
  const named = Object.entries(options).map(([name, each]) => [name, make(torch, each, made)]);
  return [...values, Object.fromEntries(named)];
}

/** Any arguments for a public function. @param {any} given @returns {Call} */
function functionCall(given) {
  const { owner, key, method, name } = functions[given.which % functions.length];
  /** @type {any[]} */
  const made = [];
  const args = argumentsOf(given, made);
  if (!method) return { name, given, made, run: () => owner[key](...args) };
  const receiver = args[0] instanceof torch.Tensor ? args.shift() : torch.ones(2, 3);
  return { name, given, made, run: () => receiver[key](...args) };
}

/** Arguments of the right types for an operator. @param {number} number @returns {Call} */
function operatorCall(number) {
  const random = new Random(seed * 1_000_003 + number);
  const operator = random.pick(overloads);
  const given = callOf(random, operator);
  /** @type {any[]} */
  const made = [];
  const args = argumentsOf(given, made);
  const { space, name, overload } = operator;
  return { name: `${space}::${name}.${overload}`, given, made, run: () => torch.ops[space][name][overload](...args) };
}

/** Makes a call, and says what is wrong with how it ended, if anything. @param {Call} call */
function judge({ made, run }) {
  const placements = new Placements(made);
  try {
    const result = run();
    if (typeof result?.then === 'function') result.then(undefined, () => {});
    return placements.fault(false, result);
  } catch (error) {
    return fault(error) ?? placements.fault(true);
  }
}

const baseline = torch.memory_stats().tensors;
/** One at a time, so that starting in the middle takes no longer. @param {number} number */
const described = (number) => fc.sample(call, { seed: seed + number, numRuns: 1 })[0];
for (let i = from; i < to; i++) {
  const each = i % 2 === 0 ? functionCall(described(i)) : operatorCall(i);
  tell({ at: i, name: each.name });
  const wrong = judge(each);
  if (wrong) tell({ call: i, name: each.name, wrong, given: each.given });
  if (i % 1000 === 999) {
    torch.gc();
    const { tensors } = torch.memory_stats();
    if (tensors > baseline + 200)
      tell({ call: i, name: 'memory', wrong: `${tensors} live tensors after a collection` });
    if (torch.ones(2).add(1).sum().item() !== 4) tell({ call: i, name: 'torch', wrong: 'no longer adds' });
  }
}
tell({ done: true });
