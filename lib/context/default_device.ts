/** The device that functions which make tensors use when they are given none. */
import { type Device, type DeviceLike, parseDevice } from '../base/types';

/** Python's list of them (torch.utils._device). */
const makers = new Set(
  (
    'empty empty_permuted empty_strided ones arange bartlett_window blackman_window eye fftfreq rfftfreq full ' +
    'hamming_window hann_window kaiser_window linspace logspace rand randn randint randperm range tril_indices ' +
    'triu_indices vander zeros scalar_tensor'
  ).split(' '),
);

/** Where a call's device comes from when it gives none. */
interface DeviceSource {
  constant: unknown;
}

interface Follower {
  readonly source: DeviceSource;
  /** Forgets what was derived from the source. */
  readonly changed: () => void;
}

let current: Device | null = null;
const followers: Follower[] = [];

export function defaultDevice(): Device | null {
  return current;
}

/** The device that an argument names, or the default one; null when there is none either. */
export function chosenDevice(device: DeviceLike | null): Device | null {
  return device === null ? current : parseDevice(device);
}

/** Changes it for every call from now on. */
export function setDefaultDevice(device: Device | null): void {
  current = device;
  for (const { source, changed } of followers) {
    source.constant = device ?? undefined;
    changed();
  }
}

/** Whether a function of this name heeds the default device. */
export function makesTensors(name: string): boolean {
  return makers.has(name);
}

/** Keeps a source's constant at the default device: a change costs a little, a call nothing. */
export function followDefaultDevice(source: DeviceSource, changed: () => void): void {
  source.constant = current ?? undefined;
  followers.push({ source, changed });
}
