/** Which CUDA devices there are, and which one is current. */

import { requireTensor } from '../arguments/checks';
import { isInteger } from '../arguments/integers';
import { AssertionError, TorchError } from '../base/errors';
import { Device, type DeviceLike, parseDevice } from '../base/types';
import { hasFeature } from '../context/flags';
import { type Mode, withMode } from '../context/mode';
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { Tensor } from '../tensor/tensor';

/** How many CUDA devices can be used; 0 without a driver. https://docs.pytorch.org/docs/2.13/generated/torch.cuda.device_count.html */
export function device_count(): number {
  return call(native.device_count, new Device('cuda'));
}

/** Whether CUDA can be used. https://docs.pytorch.org/docs/2.13/generated/torch.cuda.is_available.html */
export function is_available(): boolean {
  return device_count() > 0;
}

/** Whether CUDA is set up; it is on first use. */
export function is_initialized(): boolean {
  return is_available();
}

/**
 * Sets CUDA up, which its first use does too.
 * @throws AssertionError when libtorch was built without CUDA
 * @throws TorchError when there is no device
 */
export function init(): void {
  if (!hasFeature('cuda')) throw new AssertionError('Torch not compiled with CUDA enabled');
  if (!is_available()) throw new TorchError('No CUDA GPUs are available');
}

/** The index of the current device. https://docs.pytorch.org/docs/2.13/generated/torch.cuda.current_device.html */
export function current_device(): number {
  init();
  return call(native.accelerator_index);
}

/** @internal A device as its index; null is the current one. */
export function indexOf(device: DeviceLike | null = null): number {
  if (isInteger(device)) return Number(device);
  if (device === null) return current_device();
  const place = parseDevice(device);
  if (place.type !== 'cuda') throw new RangeError(`Expected a cuda device, but got: ${place}`);
  return place.index ?? current_device();
}

/** @internal */
export function placeOf(device: DeviceLike | null = null): Device {
  init();
  return new Device('cuda', indexOf(device));
}

/** Makes a device the current one; a negative index does nothing. https://docs.pytorch.org/docs/2.13/generated/torch.cuda.set_device.html */
export function set_device(device: DeviceLike): void {
  init();
  const index = indexOf(device);
  if (index >= 0) call(native.set_accelerator_index, index);
}

function entering(index: number): () => () => void {
  return () => {
    if (index < 0 || !is_available()) return () => {};
    const before = current_device();
    set_device(index);
    return () => set_device(before);
  };
}

/** Makes a device the current one while a callback runs, or until it is disposed. https://docs.pytorch.org/docs/2.13/generated/torch.cuda.device.html */
export function device(place: DeviceLike): Mode;
export function device<Result>(place: DeviceLike, callback: () => Result): Result;
export function device<Result>(place: DeviceLike, callback?: () => Result): Result | Mode {
  const index = typeof place === 'number' ? place : (parseDevice(place).index ?? -1);
  return withMode('device', entering(index), callback);
}

/** The same for the device of a tensor; nothing for one on the CPU. */
export function device_of(x: Tensor): Mode;
export function device_of<Result>(x: Tensor, callback: () => Result): Result;
export function device_of<Result>(x: Tensor, callback?: () => Result): Result | Mode {
  requireTensor('device_of', 'obj', x);
  return withMode('device_of', entering(x.is_cuda ? x.device.index! : -1), callback);
}

/** Waits until a device has done all its work. https://docs.pytorch.org/docs/2.13/generated/torch.cuda.synchronize.html */
export function synchronize(device: DeviceLike | null = null): void {
  init();
  call(native.synchronize_accelerator, indexOf(device));
}

/** What `get_device_properties` tells. */
export interface DeviceProperties {
  readonly name: string;
  readonly major: number;
  readonly minor: number;
  /** Bytes. */
  readonly total_memory: number;
  readonly multi_processor_count: number;
  readonly max_threads_per_multi_processor: number;
  readonly L2_cache_size: number;
  readonly warp_size: number;
  readonly is_integrated: number;
}

type Numbers = [number, number, number, number, number, number, number, number];

/** What a device is and can. https://docs.pytorch.org/docs/2.13/generated/torch.cuda.get_device_properties.html */
export function get_device_properties(device: DeviceLike | null = null): DeviceProperties {
  init();
  const index = indexOf(device);
  if (index < 0 || index >= device_count()) throw new AssertionError('Invalid device id');
  const [name, ...numbers] = call(native.cuda_properties, index);
  const [total_memory, major, minor, processors, threads, cache, warp_size, is_integrated] = numbers as Numbers;
  return {
    name,
    major,
    minor,
    total_memory,
    multi_processor_count: processors,
    max_threads_per_multi_processor: threads,
    L2_cache_size: cache,
    warp_size,
    is_integrated,
  };
}

/**
 * The name of an accelerator, as its vendor writes it.
 * https://docs.pytorch.org/docs/2.13/generated/torch.cuda.get_device_name.html
 */
export function get_device_name(device: DeviceLike | null = null): string {
  return get_device_properties(device).name;
}

/** Major and minor number of what the device can. https://docs.pytorch.org/docs/2.13/generated/torch.cuda.get_device_capability.html */
export function get_device_capability(device: DeviceLike | null = null): [major: number, minor: number] {
  const { major, minor } = get_device_properties(device);
  return [major, minor];
}

/** Whether bfloat16 is fast here: since compute capability 8; slower ones emulate it. */
export function is_bf16_supported(including_emulation = true): boolean {
  if (!is_available()) return false;
  return including_emulation || get_device_capability()[0] >= 8;
}

/** Whether TensorFloat-32 can be used. */
export function is_tf32_supported(): boolean {
  return is_available() && get_device_capability()[0] >= 8;
}
