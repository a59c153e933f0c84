// npx tsorch run: starts the processes of a job on this machine, with torchrun's environment, and all of them anew when one
// fails. Ranks find each other by themselves: rank 0 serves the store.
import { createServer } from 'node:net';
import { constants } from 'node:os';
import { optionsOf } from './options.mjs';
import { Worker } from './worker.mjs';

/** @typedef {import('./options.mjs').Options} Options */

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/** What torchrun tells its processes. @param {Options} options @param {number} local @param {number} attempt @param {number} port */
function environmentOf(options, local, attempt, port) {
  const { processes, nodes, node, host, id, restarts, role } = options;
  const rank = node * processes + local;
  const size = nodes * processes;
  const threads = process.env.OMP_NUM_THREADS ?? (processes > 1 ? '1' : undefined);
  return {
    ...process.env,
    ...(threads === undefined ? {} : { OMP_NUM_THREADS: threads }),
    RANK: String(rank),
    WORLD_SIZE: String(size),
    LOCAL_RANK: String(local),
    LOCAL_WORLD_SIZE: String(processes),
    GROUP_RANK: String(node),
    GROUP_WORLD_SIZE: String(nodes),
    ROLE_NAME: role,
    ROLE_RANK: String(rank),
    ROLE_WORLD_SIZE: String(size),
    MASTER_ADDR: host,
    MASTER_PORT: String(port),
    TORCHELASTIC_RESTART_COUNT: String(attempt),
    TORCHELASTIC_MAX_RESTARTS: String(restarts),
    TORCHELASTIC_RUN_ID: id,
    TORCHELASTIC_USE_AGENT_STORE: 'False',
  };
}

/** How a process ended, in words. @param {import('./worker.mjs').End} end */
function reasonOf({ code, signal, error }) {
  return error?.message ?? (signal === null ? `exit code ${code}` : `signal ${signal}`);
}

class Job {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    /** @type {Worker[]} */
    this.workers = [];
    /** @type {NodeJS.Signals | undefined} */
    this.signal = undefined;
  }

  /** Runs all processes once: the first that failed, or undefined. @param {number} attempt */
  async attempt(attempt) {
    const { options } = this;
    const port = options.port === 0 ? await freePort() : options.port;
    this.workers = Array.from({ length: options.processes }, (_, local) => {
      const prefix = options.processes > 1 ? `[${options.role}${local}]:` : '';
      return new Worker(options.command, environmentOf(options, local, attempt, port), prefix);
    });
    /** @type {Worker | undefined} */
    let failed;
    const watched = this.workers.map(async (worker) => {
      await worker.ended;
      if (!worker.failed || failed !== undefined) return;
      failed = worker;
      await this.stop('SIGTERM');
    });
    await Promise.all(watched);
    return failed;
  }

  /** @param {NodeJS.Signals} signal */
  async stop(signal) {
    await Promise.all(this.workers.map((worker) => worker.stop(signal, this.options.patience)));
  }

  /** @returns {Promise<number>} the exit code */
  async run() {
    const { restarts } = this.options;
    for (let attempt = 0; ; attempt++) {
      const failed = await this.attempt(attempt);
      if (this.signal !== undefined) return 128 + constants.signals[this.signal];
      if (failed === undefined) return 0;
      const local = this.workers.indexOf(failed);
      const rank = this.options.node * this.options.processes + local;
      const reason = reasonOf(/** @type {import('./worker.mjs').End} */ (failed.end));
      console.error(`tsorch run: rank ${rank} (local rank ${local}, pid ${failed.child.pid}) failed: ${reason}`);
      if (attempt === restarts) return 1;
      console.error(`tsorch run: starting all processes anew, ${restarts - attempt - 1} more times at most`);
    }
  }

  /** Hands signals to the processes, once each. */
  obeySignals() {
    for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'])) {
      process.on(signal, () => {
        this.signal = signal;
        void this.stop(signal);
      });
    }
  }
}

/** @param {string[]} args */
export async function runJob(args) {
  const job = new Job(optionsOf(args, process.env));
  job.obeySignals();
  process.exitCode = await job.run();
}
