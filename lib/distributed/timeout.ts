/** Timeouts: Python's timedelta is a number of seconds here. */
import { typeName } from '../native/kinds';

/** How long groups of gloo wait, in seconds. */
export const default_pg_timeout = 1800;

/**
 * Seconds as c10d's milliseconds.
 * @throws TypeError for what is no number of seconds
 */
export function milliseconds(timeout: number): number {
  if (typeof timeout !== 'number' || Number.isNaN(timeout)) {
    throw new TypeError(`Expected timeout argument to be a number of seconds, got ${typeName(timeout)}`);
  }
  return Math.ceil(Math.min(timeout * 1000, 2 ** 53 - 1));
}
