// npm run fuzz -- [--seed N] [--calls N]: calls every public function with hostile arguments, in child processes so that
// a crash counts as one finding and the rest goes on. Prints the seed; exits with 1 when anything was found.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { root, script } from './tools/run.mjs';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    calls: { type: 'string', default: '100000' },
    from: { type: 'string', default: '0' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const calls = Number(values.calls);
/** A call that takes longer has hung. */
const LIMIT_MS = 20_000;

/** @typedef {{ call: number, name: string, wrong: string, given?: unknown }} Finding */

/**
 * Runs the child from a call on.
 * @param {number} from
 * @param {(finding: Finding) => void} report
 * @returns {Promise<number>} where to go on
 */
async function runFrom(from, report) {
  const child = spawn(process.execPath, ['scripts/fuzz/child.mjs', String(seed), String(from), String(calls)], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let at = from;
  let done = false;
  let stderr = '';
  let timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  child.stderr.on('data', (data) => (stderr = (stderr + data).slice(-1500)));
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve(signal ?? code)));
  for await (const line of createInterface({ input: child.stdout })) {
    const message = JSON.parse(line);
    if (message.at !== undefined) {
      at = message.at;
      clearTimeout(timer);
      timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    } else if (message.done) done = true;
    else report(message);
  }
  clearTimeout(timer);
  const how = await ended;
  if (done) return calls;
  report({ call: at, name: '(see --from)', wrong: `the process ended (${how})\n${stderr}` });
  return at + 1;
}

await script(async () => {
  console.log(`seed ${seed}, ${calls} calls`);
  /** @type {Finding[]} */
  const findings = [];
  let from = Number(values.from);
  while (from < calls) {
    from = await runFrom(from, (finding) => {
      findings.push(finding);
      console.log(JSON.stringify(finding).slice(0, 1200));
    });
  }
  if (findings.length > 0) throw new Error(`${findings.length} findings; repeat with --seed ${seed}`);
  console.log('nothing found');
});
