/** The state of autocast at a moment, to be entered again. */

import { isTensor } from '../../arguments/checks';
import {
  type AutocastOptions,
  autocast,
  get_autocast_dtype,
  is_autocast_available,
  is_autocast_cache_enabled,
  is_autocast_enabled,
} from '../../context/autocast';

type States = [device: string, options: AutocastOptions][];

/** The states of the CPU's autocast and of that of the arguments' devices. */
export function autocastStates(args: readonly unknown[]): States {
  const devices = new Set(['cpu', ...args.filter(isTensor).map((x) => x.device.type)]);
  return [...devices].filter(is_autocast_available).map((device) => [
    device,
    {
      enabled: is_autocast_enabled(device),
      dtype: get_autocast_dtype(device),
      cache_enabled: is_autocast_cache_enabled(),
    },
  ]);
}

/** Runs a callback under these states. */
export function withAutocast<Result>(states: States, body: () => Result): Result {
  const run = states.reduce<() => Result>(
    (inner, [device, options]) =>
      () =>
        autocast(device, options, inner),
    body,
  );
  return run();
}
