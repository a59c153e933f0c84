// The one table: a row a workload, the sides' medians with their quartiles, and the ratios.
import { ratio, summary } from './statistics.mjs';

/** @param {number} nanoseconds */
export function time(nanoseconds) {
  for (const [unit, size] of /** @type {const} */ ([
    ['s', 1e9],
    ['ms', 1e6],
    ['µs', 1e3],
  ])) {
    if (nanoseconds >= size) return `${(nanoseconds / size).toPrecision(3)} ${unit}`;
  }
  return `${nanoseconds.toFixed(0)} ns`;
}

/** @param {number} bytes */
export const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

/** "743 ns −3% +8%": the median, and how far away the quartiles are. @param {number[] | undefined} values */
function spread(values) {
  if (values === undefined) return '–';
  const { median, low, high } = summary(values);
  const percent = (/** @type {number} */ x) => `${Math.round(100 * Math.abs(x / median - 1))}%`;
  return `${time(median)} −${percent(low)} +${percent(high)}`;
}

/**
 * @param {string} name
 * @param {import('./rounds.mjs').Samples} samples
 * @param {string} [ours] which column is compared
 */
export function row(name, samples, ours = 'tsorch') {
  const against = (/** @type {string} */ other) =>
    samples[other] === undefined || samples[ours] === undefined ? undefined : ratio(samples[ours], samples[other]);
  const [python, cpp] = [against('Python'), against('C++')];
  const shown = (/** @type {number | undefined} */ x) => x?.toFixed(2) ?? '–';
  const cells = [
    name,
    spread(samples[ours]),
    spread(samples.Python),
    spread(samples['C++']),
    shown(python),
    shown(cpp),
  ];
  return { cells, python, cpp };
}

export const header = ['workload', 'tsorch', 'Python', 'C++', '/ Python', '/ C++'];

/** Aligned Markdown. @param {string[][]} rows the first is the header */
export function markdown(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((cells) => cells[i].length)));
  const line = (/** @type {string[]} */ cells) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(rows[0]), rule, ...rows.slice(1).map(line)].join('\n');
}
