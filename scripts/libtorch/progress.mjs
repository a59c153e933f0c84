// A progress bar for bytes; silent when nobody watches.
import { require } from '../tools/packages.mjs';

const { Presets, SingleBar } = /** @type {typeof import('cli-progress')} */ (require('cli-progress'));

const mib = (/** @type {number} */ bytes) => (bytes / 2 ** 20).toFixed(0);

/**
 * @param {string} label
 * @param {number} total bytes; 0 when unknown
 * @param {number} [done] bytes that were there before
 */
export function progress(label, total, done = 0) {
  if (!process.stderr.isTTY) return { add: (/** @type {number} */ _bytes) => {}, stop: () => {} };
  const format = `${label} {bar} {percentage}% of {size} MiB`;
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true }, Presets.shades_classic);
  bar.start(total || 1, done, { size: total ? mib(total) : '?' });
  return {
    add: (/** @type {number} */ bytes) => bar.increment(bytes),
    stop: () => bar.stop(),
  };
}
