/** How tensors are printed: the options, one set per loaded copy of the package. */

import { type Mode, withMode } from '../context/mode';
import * as signatures from './generated/torch';

export interface PrintOptions {
  /** Digits after the point. */
  precision: number;
  /** More elements than this are summarised. */
  threshold: number;
  /** Elements shown at each end of a summarised dimension. */
  edgeitems: number;
  /** Characters a line. */
  linewidth: number;
  /** Whether to use scientific notation; null decides by the values. */
  sci_mode: boolean | null;
}

const profiles = {
  default: { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80 },
  short: { precision: 2, threshold: 1000, edgeitems: 2, linewidth: 80 },
  full: { precision: 4, threshold: Number.POSITIVE_INFINITY, edgeitems: 3, linewidth: 80 },
} as const;

/** The options in force. */
export const printOptions: PrintOptions = { ...profiles.default, sci_mode: null };

/**
 * Changes how tensors are printed. A `sci_mode` not given goes back to null.
 * https://docs.pytorch.org/docs/2.13/generated/torch.set_printoptions.html
 */
export function set_printoptions(...args: signatures.SetPrintoptionsArgs): void {
  const { profile, sci_mode, ...rest } = signatures.set_printoptions.read(args);
  if (profile) Object.assign(printOptions, profiles[profile]);
  for (const [name, value] of Object.entries(rest)) if (value !== null) Object.assign(printOptions, { [name]: value });
  printOptions.sci_mode = sci_mode;
}

/** A copy of the options in force. */
export function get_printoptions(): PrintOptions {
  return { ...printOptions };
}

/** Changes the options while the callback runs, or until the result is disposed. */
export function printoptions(change: signatures.SetPrintoptionsOptions): Mode;
export function printoptions<Result>(change: signatures.SetPrintoptionsOptions, callback: () => Result): Result;
export function printoptions<Result>(
  change: signatures.SetPrintoptionsOptions,
  callback?: () => Result,
): Result | Mode {
  const enter = () => {
    const before = get_printoptions();
    set_printoptions(change);
    return () => void Object.assign(printOptions, before);
  };
  return withMode('printoptions', enter, callback);
}
