// Resident memory of a workload: each side alone in a fresh process.
import { Runner } from './rounds.mjs';

/** Where in the run the memory is read the first time: what grows from there is a leak. */
const EARLY = 0.2;

/** @typedef {{ early: number, late: number, peak: number }} Memory bytes */

/**
 * @param {import('./sides.mjs').Side} side
 * @param {string} name
 * @param {number} steps
 * @param {import('./rounds.mjs').Settings} settings
 * @returns {Promise<Memory | undefined>}
 */
export async function measureMemory(side, name, steps, settings) {
  const runner = new Runner(side, settings);
  try {
    const worker = await runner.worker();
    await runner.run(name, Math.round(EARLY * steps));
    const early = worker.memory();
    await runner.run(name, Math.round((1 - EARLY) * steps));
    const late = worker.memory();
    return early && late && { early: early.now, late: late.now, peak: late.peak };
  } finally {
    runner.stop();
  }
}
