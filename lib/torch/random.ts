/** torch.random. https://docs.pytorch.org/docs/2.13/random.html */

import { type Device, type DeviceLike, parseDevice } from '../base/types';
import * as accelerator from '../context/accelerator';
import { type Mode, withMode } from '../context/mode';
import { type Generator, default_generator as generatorOf, get_rng_state, set_rng_state } from '../tensor/generator';
import * as signatures from './generated/random';

export { get_rng_state, initial_seed, manual_seed, seed, set_rng_state } from '../tensor/generator';

/** The CPU's generator. */
export const default_generator: Generator = generatorOf();

function devicesOf(devices: readonly DeviceLike[] | null, device_type: string | null): Device[] {
  if (devices !== null) {
    return devices.map((place) => parseDevice(typeof place === 'number' ? `${device_type ?? 'cuda'}:${place}` : place));
  }
  const kind = accelerator.current_accelerator(true);
  if (kind === null) return [];
  return Array.from({ length: accelerator.device_count() }, (_, i) => parseDevice(kind.type, i));
}

/**
 * Brings the random streams back to where they were, after the callback or when disposed.
 * https://docs.pytorch.org/docs/2.13/random.html#torch.random.fork_rng
 */
export function fork_rng(options?: signatures.ForkRngOptions): Mode;
export function fork_rng<Result>(options: signatures.ForkRngOptions, callback: () => Result): Result;
export function fork_rng<Result>(callback: () => Result): Result;
export function fork_rng<Result>(...args: unknown[]): Result | Mode {
  const last = args.at(-1);
  const callback = typeof last === 'function' ? (last as () => Result) : undefined;
  const given = callback === undefined ? args : args.slice(0, -1);
  const { devices, enabled, device_type } = signatures.fork_rng.read(given);
  const enter = () => {
    if (!enabled || device_type === 'meta') return () => {};
    const generators = devicesOf(devices, device_type).map((place) => generatorOf(place));
    const state = get_rng_state();
    const states = generators.map((generator) => generator.get_state());
    return () => {
      set_rng_state(state);
      generators.forEach((generator, i) => {
        generator.set_state(states[i]!);
      });
    };
  };
  return withMode('fork_rng', enter, callback);
}
