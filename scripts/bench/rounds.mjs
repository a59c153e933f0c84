// Measures one workload on all sides: short slices, round after round, A B C A B C.
import { Worker } from './worker.mjs';

/**
 * @typedef {import('./sides.mjs').Side} Side
 * @typedef {{ rounds: number, slice: number, clock: 'wall' | 'cpu', environment: Record<string, string> }} Settings
 * @typedef {Record<string, number[]>} Samples nanoseconds an iteration, by column
 */

/** Milliseconds of warming up before a workload is measured: compilers and caches need some. */
const WARM_UP = 600;

/** A side's worker, started again after it died. */
export class Runner {
  /** @type {Worker | undefined} */
  #worker;

  /** @param {Side} side @param {Settings} settings */
  constructor(side, settings) {
    this.side = side;
    this.settings = settings;
  }

  async worker() {
    this.#worker ??= await Worker.start(this.side.command, this.settings.environment);
    return this.#worker;
  }

  /** @param {string} name @param {number} iterations */
  async run(name, iterations) {
    try {
      return (await (await this.worker()).run(name, iterations))[this.settings.clock];
    } catch (error) {
      this.stop();
      throw new Error(`${this.side.name} ${name}: ${error instanceof Error ? error.message : error}`);
    }
  }

  stop() {
    this.#worker?.stop();
    this.#worker = undefined;
  }

  /** How many iterations make a slice; warms up on the way. @param {string} name */
  async calibrate(name) {
    const slice = this.settings.slice * 1e6;
    let spent = 0;
    let iterations = 1;
    for (;;) {
      const time = await this.run(name, iterations);
      spent += time;
      const wanted = Math.max(1, Math.round((iterations * slice) / time));
      if (spent > WARM_UP * 1e6) return wanted;
      iterations = Math.min(wanted, 4 * iterations);
    }
  }
}

/**
 * @param {{ column: string, runner: Runner, name: string }[]} columns
 * @param {Settings} settings
 * @returns {Promise<Samples>}
 */
export async function measure(columns, { rounds }) {
  const ready = [];
  for (const column of columns) ready.push({ ...column, iterations: await column.runner.calibrate(column.name) });
  /** @type {Samples} */
  const samples = Object.fromEntries(columns.map(({ column }) => [column, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { column, runner, name, iterations } of ready) {
      samples[column].push((await runner.run(name, iterations)) / iterations);
    }
  }
  return samples;
}
