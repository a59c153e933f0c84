// Runs a fuzzer's child process again and again, so that a crash counts as one finding and the rest goes on.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { root } from '../../tools/run.mjs';

/** A step that takes longer has hung; a busy machine takes its time to start a process. */
const LIMIT_MS = 20_000;
const START_MS = 120_000;

/** @typedef {{ call: number, name: string, wrong: string, given?: unknown }} Finding */

/**
 * Runs the child from a step on.
 * @param {string[]} command the seed, the first step and the number of steps are added
 * @param {{ seed: number, from: number, to: number }} range
 * @param {(finding: Finding) => void} report
 * @returns {Promise<number>} where to go on
 */
async function runFrom([program = '', ...args], { seed, from, to }, report) {
  const child = spawn(program, [...args, String(seed), String(from), String(to)], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let at = from;
  let name = '';
  let done = false;
  let stderr = '';
  let timer = setTimeout(() => child.kill('SIGKILL'), START_MS);
  child.stderr.on('data', (data) => (stderr = (stderr + data).slice(-1500)));
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve(signal ?? code)));
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.endsWith('}')) continue; // cut off by the end of the process, which is reported
    const message = JSON.parse(line);
    if (message.at !== undefined) {
      at = message.at;
      name = message.name ?? '';
      clearTimeout(timer);
      timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    } else if (message.done) done = true;
    else report(message);
  }
  clearTimeout(timer);
  const how = await ended;
  if (done) return to;
  report({ call: at, name: `${name} (see --from)`, wrong: `the process ended (${how})\n${stderr}` });
  return at + 1;
}

/**
 * Prints the findings; throws when there are any.
 * @param {string[]} command
 * @param {{ seed: number, from: number, to: number }} range
 */
export async function supervise(command, range) {
  let count = 0;
  for (let { from } = range; from < range.to; ) {
    from = await runFrom(command, { ...range, from }, (finding) => {
      count++;
      console.log(JSON.stringify(finding).slice(0, 1200));
    });
  }
  if (count > 0) throw new Error(`${count} findings; repeat with --seed ${range.seed}`);
  console.log('nothing found');
}
