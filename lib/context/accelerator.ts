/** The accelerator of this machine, whichever it is. https://docs.pytorch.org/docs/2.13/accelerator.html */

import { isInteger } from '../arguments/integers';
import { type Device, type DeviceLike, parseDevice } from '../base/types';
import { native } from '../native/addon';
import { call } from '../native/frame';
import * as signatures from './generated/accelerator';

/**
 * The accelerator's device type; null when libtorch was built without one, or with `check_available` when there is none
 * that works. https://docs.pytorch.org/docs/2.13/generated/torch.accelerator.current_accelerator.html
 */
export function current_accelerator(...args: signatures.CurrentAcceleratorArgs): Device | null {
  const [check_available] = signatures.current_accelerator.list(args);
  return call(native.current_accelerator, check_available);
}

/**
 * Whether there is an accelerator that works. https://docs.pytorch.org/docs/2.13/generated/torch.accelerator.is_available.html
 */
export function is_available(): boolean {
  return current_accelerator(true) !== null;
}

/**
 * How many there are; 0 without one. https://docs.pytorch.org/docs/2.13/generated/torch.accelerator.device_count.html
 */
export function device_count(): number {
  return call(native.accelerator_count);
}

/** The index of the device that new tensors go to. */
export function current_device_index(): number {
  return call(native.accelerator_index);
}

/** @internal The index of a device; of the current one for null. */
export function indexOf(device: DeviceLike | null): number {
  if (isInteger(device)) return Number(device);
  return (device === null ? null : parseDevice(device).index) ?? current_device_index();
}

/** Makes another device of the accelerator the current one. */
export function set_device_index(device: DeviceLike): void {
  call(native.set_accelerator_index, indexOf(device));
}

/** Waits until a device has done all its work. */
export function synchronize(device: DeviceLike | null = null): void {
  call(native.synchronize_accelerator, indexOf(device));
}
