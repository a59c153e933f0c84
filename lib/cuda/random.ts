/** The random streams of CUDA devices. https://docs.pytorch.org/docs/2.13/cuda.html#random-number-generator */
import { requireTensors } from '../arguments/checks';
import { Device, type DeviceLike } from '../base/types';
import { default_generator } from '../tensor/generator';
import type { Tensor } from '../tensor/tensor';
import { device_count, indexOf, init, is_available } from './device';

function generatorOf(device: DeviceLike | null) {
  init();
  return default_generator(new Device('cuda', indexOf(device)));
}

function allDevices(): Device[] {
  return Array.from({ length: device_count() }, (_, i) => new Device('cuda', i));
}

/** Starts the stream of the current device; nothing without CUDA. https://docs.pytorch.org/docs/2.13/generated/torch.cuda.manual_seed.html */
export function manual_seed(seed: number | bigint): void {
  if (is_available()) generatorOf(null).manual_seed(seed);
}

/** Starts the streams of all devices. */
export function manual_seed_all(seed: number | bigint): void {
  for (const place of allDevices()) generatorOf(place).manual_seed(seed);
}

/** Starts the stream of the current device from a seed of the system's. */
export function seed(): void {
  if (is_available()) generatorOf(null).seed();
}

/** The same for all devices, from one seed. */
export function seed_all(): void {
  const [first, ...others] = allDevices();
  if (first === undefined) return;
  const fresh = generatorOf(first).seed();
  for (const place of others) generatorOf(place).manual_seed(fresh);
}

/** The seed that the current device's stream was started from. */
export function initial_seed(): number | bigint {
  return generatorOf(null).initial_seed();
}

/** The state of a device's stream, a uint8 tensor. https://docs.pytorch.org/docs/2.13/generated/torch.cuda.get_rng_state.html */
export function get_rng_state(device: DeviceLike = 'cuda'): Tensor {
  return generatorOf(device).get_state();
}

/** The states of the streams of all devices. */
export function get_rng_state_all(): Tensor[] {
  return allDevices().map((place) => get_rng_state(place));
}

/** Sets the state of a device's stream; nothing without CUDA. https://docs.pytorch.org/docs/2.13/generated/torch.cuda.set_rng_state.html */
export function set_rng_state(state: Tensor, device: DeviceLike = 'cuda'): void {
  if (is_available()) generatorOf(device).set_state(state);
}

/** Sets the states of the streams of the devices, in their order. */
export function set_rng_state_all(states: readonly Tensor[]): void {
  requireTensors('set_rng_state_all', 'new_states', states);
  states.forEach((state, i) => {
    set_rng_state(state, i);
  });
}
