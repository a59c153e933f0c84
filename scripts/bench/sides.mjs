// The three sides of the comparison: how each is built and started, or why it is absent.
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { readChoice } from '../libtorch/choice.mjs';
import { capture, node, root } from '../tools/run.mjs';

/**
 * @typedef {{ name: string, command: string[], startup: string[] }} Side
 * @typedef {{ name: string, absent: string }} Absent
 */

const startupScript = "const torch = require('tsorch').default; console.log(String(torch.ones(2, 2)))";

/** @typedef {{ threads: number, device?: string, python?: string }} Options */

/** What a worker is told, of tsorch's side and Python's. @param {Options} options */
const argumentsOf = ({ threads, device }) => [String(threads), ...(device === undefined ? [] : [device])];

/** @param {Options} options @returns {Promise<Side>} */
async function tsorch(options) {
  const file = join(root, 'out', 'bench', 'worker.js');
  // A copy without TypeScript was compiled where it came from.
  if (existsSync(join(root, 'node_modules', 'typescript')))
    await node('typescript/bin/tsc', '-b', 'tsconfig.bench.json');
  return {
    name: 'tsorch',
    command: [process.execPath, file, ...argumentsOf(options)],
    startup: [process.execPath, '-e', startupScript],
  };
}

/** @param {Options} options @returns {Promise<Side | Absent>} */
async function python(options) {
  const name = 'Python';
  const interpreter = options.python ?? process.env.PYTHON ?? 'python3';
  const { status, stderr } = await capture(interpreter, ['-c', 'import torch, numpy']);
  if (status !== 0) {
    const reason = stderr.trim().split('\n').at(-1);
    return { name, absent: `${interpreter}: ${reason} (choose one with --python or PYTHON)` };
  }
  return {
    name,
    command: [interpreter, join(root, 'bench', 'python', 'worker.py'), ...argumentsOf(options)],
    startup: [interpreter, '-c', 'import torch; print(torch.ones(2, 2))'],
  };
}

/** @param {Options} options @returns {Promise<Side | Absent>} */
async function cpp({ threads, device }) {
  const name = 'C++';
  if (device !== undefined) return { name, absent: 'its workloads are on the CPU' };
  const folder = join(root, 'build-bench');
  const libtorch = readChoice()?.path;
  if (libtorch === undefined) return { name, absent: 'no libtorch chosen yet: run `npm run build`' };
  const configure = ['-S', join(root, 'bench', 'cpp'), '-B', folder, `-DLIBTORCH=${libtorch}`];
  const build = ['--build', folder, '--parallel', String(availableParallelism())];
  for (const args of [configure, build]) {
    const { status, stdout, stderr } = await capture('cmake', args);
    if (status !== 0) return { name, absent: `cmake failed: ${(stderr || stdout).trim().split('\n').at(-1)}` };
  }
  const program = (/** @type {string} */ target) => join(folder, target);
  if (!existsSync(program('worker'))) return { name, absent: `no ${program('worker')}` };
  return { name, command: [program('worker'), String(threads)], startup: [program('startup')] };
}

/**
 * @param {Options} options
 * @returns {Promise<{ present: Side[], absent: Absent[] }>} tsorch first
 */
export async function findSides(options) {
  const all = [await tsorch(options), await python(options), await cpp(options)];
  const isPresent = (/** @type {Side | Absent} */ side) => 'command' in side;
  return {
    present: /** @type {Side[]} */ (all.filter(isPresent)),
    absent: /** @type {Absent[]} */ (all.filter((side) => !isPresent(side))),
  };
}
