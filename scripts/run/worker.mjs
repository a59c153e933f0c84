// One process of a job, with its lines behind a prefix.
import { spawn } from 'node:child_process';

/** @typedef {{ code: number | null, signal: NodeJS.Signals | null, error?: Error }} End */

/** Passes lines on, each whole. @param {NodeJS.ReadableStream} from @param {NodeJS.WritableStream} to @param {string} prefix */
function passLines(from, to, prefix) {
  let rest = '';
  from.setEncoding('utf8');
  from.on('data', (/** @type {string} */ text) => {
    const lines = (rest + text).split('\n');
    rest = /** @type {string} */ (lines.pop());
    for (const line of lines) to.write(`${prefix}${line}\n`);
  });
  from.on('end', () => {
    if (rest !== '') to.write(`${prefix}${rest}\n`);
  });
}

export class Worker {
  /** @param {string[]} command @param {NodeJS.ProcessEnv} env @param {string} prefix empty where the output goes through as it is */
  constructor([program, ...args], env, prefix) {
    const output = prefix ? 'pipe' : 'inherit';
    /** @type {import('node:child_process').ChildProcess} */
    this.child = spawn(program, args, { env, stdio: ['ignore', output, output] });
    if (prefix) {
      passLines(/** @type {NodeJS.ReadableStream} */ (this.child.stdout), process.stdout, prefix);
      passLines(/** @type {NodeJS.ReadableStream} */ (this.child.stderr), process.stderr, prefix);
    }
    /** @type {End | undefined} */
    this.end = undefined;
    /** @type {Promise<End>} */
    this.ended = new Promise((resolve) => {
      this.child.on('error', (error) => resolve({ code: null, signal: null, error }));
      this.child.on('close', (code, signal) => resolve({ code, signal }));
    }).then((end) => {
      this.end = end;
      return end;
    });
  }

  get failed() {
    return this.end !== undefined && this.end.code !== 0;
  }

  /** Ends it: by a signal, and where that does not help in time, by force. @param {NodeJS.Signals} signal @param {number} patience */
  async stop(signal, patience) {
    if (this.end !== undefined) return;
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), patience);
    await this.ended;
    clearTimeout(timer);
  }
}
