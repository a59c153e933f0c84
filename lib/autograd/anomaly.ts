/** Finding the forward operation of a failing backward one. https://docs.pytorch.org/docs/2.13/autograd.html#anomaly-detection */

import { warn } from '../base/errors';
import { type Mode, withMode } from '../context/mode';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isOptions } from '../native/kinds';
import * as signatures from './generated/autograd';

/** Whether anomaly mode is on, and whether it looks for NaN. */
export function anomalyMode(): [enabled: boolean, check_nan: boolean] {
  return call(native.anomaly_mode);
}

/** Whether anomaly mode is on. https://docs.pytorch.org/docs/2.13/autograd.html#anomaly-detection */
export function is_anomaly_enabled(): boolean {
  return anomalyMode()[0];
}

/** Whether anomaly mode looks for NaN. */
export function is_anomaly_check_nan_enabled(): boolean {
  return anomalyMode()[1];
}

/** Turns anomaly mode on or off, for good. */
export function set_anomaly_enabled(enabled: boolean, check_nan = true): void {
  call(native.set_anomaly_mode, enabled, check_nan);
}

function enter(enabled: boolean, checkNan: boolean): () => () => void {
  return () => {
    const [before, checkedBefore] = anomalyMode();
    call(native.set_anomaly_mode, enabled, checkNan);
    return () => call(native.set_anomaly_mode, before, checkedBefore);
  };
}

export interface AnomalyOptions {
  /** An error for a gradient that is NaN. */
  check_nan?: boolean;
}

/**
 * Records where each operation was called, and shows it when its backward operation fails or gives NaN. The mode is
 * the process's.
 * https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.detect_anomaly
 */
export function detect_anomaly(options?: boolean | AnomalyOptions): Mode;
export function detect_anomaly<Result>(callback: () => Result): Result;
export function detect_anomaly<Result>(options: boolean | AnomalyOptions, callback: () => Result): Result;
export function detect_anomaly<Result>(
  options: boolean | AnomalyOptions | (() => Result) = {},
  callback?: () => Result,
): Result | Mode {
  if (typeof options === 'function') return detect_anomaly({}, options);
  const checkNan = typeof options === 'boolean' ? options : (options?.check_nan ?? true);
  warn(
    'Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.',
  );
  return withMode('detect_anomaly', enter(true, checkNan), callback);
}

/**
 * Turns anomaly mode on or off; without a callback it also takes effect for good, unless disposed.
 * https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.set_detect_anomaly
 */
export function set_detect_anomaly(mode: boolean, options?: boolean | AnomalyOptions): Mode;
export function set_detect_anomaly(args: AnomalyOptions & { mode: boolean }): Mode;
export function set_detect_anomaly<Result>(mode: boolean, callback: () => Result): Result;
export function set_detect_anomaly<Result>(
  mode: boolean,
  options: boolean | AnomalyOptions,
  callback: () => Result,
): Result;
export function set_detect_anomaly<Result>(
  mode: boolean | (AnomalyOptions & { mode: boolean }),
  options: boolean | AnomalyOptions | (() => Result) = {},
  callback?: () => Result,
): Result | Mode {
  if (isOptions(mode)) {
    const { mode: enabled, check_nan } = signatures.set_detect_anomaly.read([mode]);
    return set_detect_anomaly(enabled, check_nan);
  }
  if (typeof options === 'function') return set_detect_anomaly(mode as boolean, {}, options);
  const checkNan = typeof options === 'boolean' ? options : (options?.check_nan ?? true);
  return withMode('set_detect_anomaly', enter(mode as boolean, checkNan), callback);
}
