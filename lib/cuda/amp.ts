/** Deprecated: torch.amp with the device 'cuda'. https://docs.pytorch.org/docs/2.13/amp.html */

import { GradScaler as AnyScaler, type GradScalerOptions } from '../amp/grad_scaler';
import { type AutocastOptions, autocast as anyAutocast } from '../context/autocast';
import type { Mode } from '../context/mode';

/** Deprecated: `torch.amp.autocast('cuda')`. */
export function autocast(options?: AutocastOptions): Mode;
export function autocast<Result>(callback: () => Result): Result;
export function autocast<Result>(options: AutocastOptions, callback: () => Result): Result;
export function autocast<Result>(
  options: AutocastOptions | (() => Result) = {},
  callback?: () => Result,
): Result | Mode {
  if (typeof options === 'function') return anyAutocast('cuda', options);
  return callback === undefined ? anyAutocast('cuda', options) : anyAutocast('cuda', options, callback);
}

type ScalerOptions = Omit<GradScalerOptions, 'device'>;

/** Deprecated: `torch.amp.GradScaler`. */
export class GradScaler extends AnyScaler {
  constructor(options: ScalerOptions = {}) {
    super({ ...options, device: 'cuda' });
  }
}
