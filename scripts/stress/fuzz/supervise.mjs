// Runs a fuzzer's child process again and again, so that a crash counts as one finding and the rest goes on.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { root } from '../../tools/run.mjs';

/** A step that takes longer has hung; a busy machine takes its time to start a process. */
const LIMIT_MS = 20_000;
const START_MS = 120_000;
/** On a machine that gives it no time a process is waited for longer, not for ever: one that waits itself uses none. */
const MOST_TURNS = 15;

/** Milliseconds of processor time that a process has used; undefined where the system does not say. @param {number} pid */
function processorTime(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return undefined;
  }
}

/** Ends a process that goes on for too long. */
class Watch {
  /** @param {import('node:child_process').ChildProcess} child @param {number} limit */
  constructor(child, limit) {
    this.child = child;
    this.begin(limit);
  }

  /** @param {number} limit milliseconds from now */
  begin(limit) {
    this.end();
    const before = this.used();
    let turns = 0;
    this.timer = setInterval(() => {
      if (++turns < MOST_TURNS && this.used() - before < limit / 2) return;
      this.child.kill('SIGKILL');
      this.hung = true;
    }, limit);
  }

  used() {
    return processorTime(this.child.pid ?? 0) ?? Number.POSITIVE_INFINITY;
  }

  end() {
    clearInterval(this.timer);
  }
}

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
  const watch = new Watch(child, START_MS);
  child.stderr.on('data', (data) => (stderr = (stderr + data).slice(-1500)));
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve(signal ?? code)));
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.endsWith('}')) continue; // cut off by the end of the process, which is reported
    const message = JSON.parse(line);
    if (message.at !== undefined) {
      at = message.at;
      name = message.name ?? '';
      watch.begin(LIMIT_MS);
    } else if (message.done) done = true;
    else report(message);
  }
  watch.end();
  const how = watch.hung ? 'no answer' : await ended;
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
