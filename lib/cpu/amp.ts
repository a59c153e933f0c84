/** Deprecated: torch.amp with the device 'cpu'. https://docs.pytorch.org/docs/2.13/amp.html */

import { type AutocastOptions, autocast as anyAutocast } from '../context/autocast';
import type { Mode } from '../context/mode';

/** Deprecated: `torch.amp.autocast('cpu')`. */
export function autocast(options?: AutocastOptions): Mode;
export function autocast<Result>(callback: () => Result): Result;
export function autocast<Result>(options: AutocastOptions, callback: () => Result): Result;
export function autocast<Result>(
  options: AutocastOptions | (() => Result) = {},
  callback?: () => Result,
): Result | Mode {
  if (typeof options === 'function') return anyAutocast('cpu', options);
  return callback === undefined ? anyAutocast('cpu', options) : anyAutocast('cpu', options, callback);
}
