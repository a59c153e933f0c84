/** Numbers out of what can be plotted. */

import { dtypes } from '../base/types';
import { requireNumbers, typeName } from '../face/arguments';
import { Tensor } from '../tensor/tensor';

/** Anything with numbers in a row. */
export type Values = Tensor | ArrayLike<number> | Iterable<number>;

/** As many would take gigabytes. */
const MOST_VALUES = 1e8;

/** A tensor's values as doubles on the CPU, whether it takes part in a graph or not. */
export function doubles(x: Tensor): Float64Array {
  return x.detach().cpu().to(dtypes.float64).contiguous().typed_array() as Float64Array;
}

/** @throws RangeError for more than can be drawn, or what says that it has as many */
export function numbers(values: Values): number[] {
  if (values instanceof Tensor) return Array.from(doubles(values));
  if (typeof values !== 'object' || values === null) {
    throw new TypeError(`pyplot: values must be a Tensor or a list of numbers, not ${typeName(values)}`);
  }
  const { length = 0 } = values as Partial<ArrayLike<number>>;
  if (length > MOST_VALUES) throw new RangeError(`pyplot: ${length} values are more than can be drawn`);
  const list = Symbol.iterator in values ? [...(values as Iterable<number>)] : Array.from(values as ArrayLike<number>);
  if (list.some((value) => Array.isArray(value))) {
    throw new TypeError('pyplot: values must be a Tensor or a list of numbers, not a list of lists');
  }
  return list;
}

export function isValues(value: unknown): value is Values {
  return value instanceof Tensor || Array.isArray(value) || ArrayBuffer.isView(value);
}

/** The smallest and the largest finite value; nothing for none. */
export function extent(values: Iterable<number>): [number, number] | undefined {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : undefined;
}

/** Round numbers (1, 2 or 5 times a power of ten apart), about `count` of them, from `low` to `high`. */
export function ticks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / Math.max(1, count);
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999)!;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** The texts of ticks, all with the decimals that they need. */
export function tickTexts(values: readonly number[]): string[] {
  const largest = Math.max(...values.map(Math.abs));
  if (largest >= 1e6 || (largest > 0 && largest < 1e-4)) return values.map((value) => String(value));
  const decimals = Math.max(...values.map((value) => String(value).split('.')[1]?.length ?? 0));
  return values.map((value) => value.toFixed(decimals));
}

/** Counts of values in equal bins, as numpy.histogram: the last bin has both its edges. */
export function histogram(
  values: readonly number[],
  bins: number | readonly number[],
  range?: readonly [number, number] | null,
): { counts: number[]; edges: number[] } {
  if (typeof bins === 'number' ? !(bins < 1e7) : !Array.isArray(bins)) {
    throw new RangeError(`hist(): bins must be an integer below 10,000,000 or a list of edges, got ${describe(bins)}`);
  }
  if (typeof bins !== 'number') requireNumbers('hist', 'bins', bins);
  const edges = typeof bins === 'number' ? equalEdges(range ?? extent(values) ?? [0, 1], bins) : [...bins];
  const counts = new Array<number>(edges.length - 1).fill(0);
  const last = edges.length - 1;
  for (const value of values) {
    if (!(value >= edges[0]! && value <= edges[last]!)) continue;
    let [below, above] = [0, last];
    while (above - below > 1) {
      const middle = (below + above) >> 1;
      if (value >= edges[middle]!) below = middle;
      else above = middle;
    }
    counts[below]!++;
  }
  return { counts, edges };
}

function equalEdges([low, high]: readonly [number, number], bins: number): number[] {
  if (!Number.isInteger(bins) || bins < 1) throw new RangeError('`bins` must be positive, when an integer');
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const step = (high - low) / bins;
  return Array.from({ length: bins + 1 }, (_, i) => (i === bins ? high : i * step + low));
}

const describe = (value: unknown): string => (typeof value === 'number' ? String(value) : typeName(value));
