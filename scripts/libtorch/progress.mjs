// A progress bar for bytes; silent when nobody watches.
import { MultiBar, Presets } from 'cli-progress';

const mib = (/** @type {number} */ bytes) => (bytes / 2 ** 20).toFixed(0);

/**
 * @param {string} label
 * @param {number} total bytes; 0 when unknown
 * @param {number} [done] bytes that were there before
 */
export function progress(label, total, done = 0) {
  if (!process.stderr.isTTY) return { add: (/** @type {number} */ _bytes) => {}, stop: () => {} };
  const format = `${label} {bar} {percentage}% | {done} of {size} MiB | {eta_formatted} left`;
  const bars = new MultiBar({ format, stream: process.stderr, hideCursor: true }, Presets.shades_classic);
  const bar = bars.create(total || 1, done, { done: mib(done), size: total ? mib(total) : '?' });
  return {
    add(/** @type {number} */ bytes) {
      done += bytes;
      bar.update(done, { done: mib(done), size: total ? mib(total) : '?' });
    },
    stop: () => bars.stop(),
  };
}
