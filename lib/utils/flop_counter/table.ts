/** The table of a counter, as Python's `tabulate` prints it. */
import { fixedText } from '../../base/python_text';

const SUFFIXES = ['', 'K', 'M', 'B', 'T'];
const HEADINGS = ['Module', 'FLOP', '% Total'];
const GAP = '  ';

export type Row = readonly [name: string, count: string, share: string];

/** The power of 1000 that suits a number: it leaves two digits at least. */
export function powerOf(count: number): number {
  const digits = BigInt(count).toString().length;
  return Math.max(0, Math.min(SUFFIXES.length - 1, Math.floor((digits - 2) / 3)));
}

export function countText(count: number, power: number): string {
  return power === 0 ? String(count) : fixedText(count / 1000 ** power, 3) + SUFFIXES[power];
}

export function shareText(count: number, total: number): string {
  return total === 0 ? '0%' : `${fixedText((100 * count) / total, 2)}%`;
}

export function tableOf(rows: readonly Row[]): string {
  const widths = HEADINGS.map((heading, i) => Math.max(heading.length + 2, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(GAP);
  return [HEADINGS, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('\n');
}
