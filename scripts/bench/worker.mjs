// A long-lived process that runs workloads on request: see bench/README.md for the protocol.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** @typedef {{ wall: number, cpu: number }} Time nanoseconds */

export class Worker {
  #process;
  #lines;
  /** What it wrote to standard error, for the message when it dies. */
  #errors = '';
  /** @type {string} */
  libtorch = '';
  /** @type {string[]} */
  workloads = [];

  /**
   * @param {string[]} command
   * @param {Record<string, string>} environment
   */
  constructor([program, ...args], environment) {
    this.#process = spawn(program, args, { env: { ...process.env, ...environment }, stdio: 'pipe' });
    this.#process.on('error', (error) => {
      this.#errors += error.message;
    });
    this.#process.stdin.on('error', () => {}); // it died: the next line that does not come says so
    this.#process.stderr.on('data', (chunk) => {
      this.#errors += chunk;
    });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** @param {string[]} command @param {Record<string, string>} environment */
  static async start(command, environment) {
    const worker = new Worker(command, environment);
    for (let line = await worker.#line(); line !== 'ready'; line = await worker.#line()) {
      const [key, ...values] = line.split(' ');
      if (key === 'libtorch') worker.libtorch = values[0];
      if (key === 'workloads') worker.workloads = values;
    }
    return worker;
  }

  async #line() {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(this.#errors.trim().split('\n').slice(-6).join('\n') || 'it ended');
    return value;
  }

  /** @param {string} name @param {number} iterations @returns {Promise<Time>} */
  async run(name, iterations) {
    this.#process.stdin.write(`${name} ${iterations}\n`);
    const [wall, cpu] = (await this.#line()).split(' ').map(Number);
    return { wall, cpu };
  }

  /** Resident memory in bytes, now and at its peak; undefined where /proc does not tell. */
  memory() {
    const file = `/proc/${this.#process.pid}/status`;
    if (!existsSync(file)) return undefined;
    const status = readFileSync(file, 'utf8');
    const read = (/** @type {string} */ key) => 1024 * Number(new RegExp(`${key}:\\s*(\\d+)`).exec(status)?.[1]);
    return { now: read('VmRSS'), peak: read('VmHWM') };
  }

  stop() {
    this.#process.kill();
  }
}
