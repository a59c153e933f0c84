/** Histograms for the page: buckets of one width, and percentiles. */
import type { Bucket } from './replies';

/** The least and the greatest limit; undefined where there is none. */
export function range(histograms: readonly (readonly Bucket[])[]): [min: number, max: number] | undefined {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [left, right, count] of histograms.flat()) {
    if (count <= 0) continue;
    min = Math.min(min, left);
    max = Math.max(max, right);
  }
  return min <= max ? [min, max] : undefined;
}

/** Counts in `bins` buckets of one width from min to max; a bucket gives to each what lies in it. */
export function rebinned(buckets: readonly Bucket[], [min, max]: readonly [number, number], bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  const width = (max - min) / bins;
  const place = (x: number) => Math.min(bins - 1, Math.max(0, Math.floor((x - min) / width)));
  for (const [left, right, count] of buckets) {
    if (!(right > left) || !(width > 0)) {
      counts[width > 0 ? place(left) : 0]! += count;
      continue;
    }
    for (let bin = place(left); bin <= place(right); bin++) {
      const [from, to] = [min + bin * width, min + (bin + 1) * width];
      const shared = Math.min(right, to) - Math.max(left, from);
      if (shared > 0) counts[bin]! += (count * shared) / (right - left);
    }
  }
  return counts;
}

/** Shares of a normal distribution below -3 to 3 standard deviations in halves, and its median. */
export const SHARES = [0, 0.0668, 0.1587, 0.3085, 0.5, 0.6915, 0.8413, 0.9332, 1] as const;

/** The values below which those shares lie, between limits of buckets by straight lines. */
export function percentiles(buckets: readonly Bucket[]): number[] {
  const filled = buckets.filter(([, , count]) => count > 0);
  const total = filled.reduce((sum, [, , count]) => sum + count, 0);
  return SHARES.map((share) => {
    let below = 0;
    for (const [left, right, count] of filled) {
      if (below + count >= share * total) return left + ((right - left) * (share * total - below)) / count;
      below += count;
    }
    return filled.at(-1)?.[1] ?? Number.NaN;
  });
}
