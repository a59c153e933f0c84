/** Times, shares and sizes as the tables of profiles show them. */
import { fixedText as fixed } from '../../base/python_text';

const SECOND = 1e6;
const MILLISECOND = 1e3;

/** A unit that all times of a table are shown in. */
export type TimeUnit = 's' | 'ms' | 'us';

/** Microseconds, in the unit given or the largest that they fill. */
export function timeText(microseconds: number, unit: string | null = null): string {
  if (unit === 's' || (unit === null && microseconds >= SECOND)) return `${fixed(microseconds / SECOND, 3)}s`;
  if (unit === 'ms' || (unit === null && microseconds >= MILLISECOND))
    return `${fixed(microseconds / MILLISECOND, 3)}ms`;
  return `${fixed(microseconds, 3)}us`;
}

export function shareText(time: number, total: number): string {
  return total === 0 ? 'NaN' : `${fixed((time * 100) / total, 2)}%`;
}

const UNITS = [
  ['GB', 2 ** 30],
  ['MB', 2 ** 20],
  ['KB', 2 ** 10],
] as const;

export function memoryText(bytes: number): string {
  for (const [unit, size] of UNITS) {
    if (Math.abs(bytes) >= size) return `${fixed(bytes / size, 2)} ${unit}`;
  }
  return `${bytes} B`;
}
