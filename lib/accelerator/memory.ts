/** The accelerator's memory and streams. https://docs.pytorch.org/docs/2.13/accelerator.html */

import { warn } from '../base/errors';
import type { DeviceLike } from '../base/types';
import { current_device_index, indexOf, set_device_index } from '../context/accelerator';
import { type Mode, withMode } from '../context/mode';
import type { Stream as AnyStream } from '../context/streams';
import * as cuda from '../cuda/memory';
import * as streams from '../cuda/streams';

/** A device that is there; its index. */
function placeOf(device: DeviceLike | null): number {
  current_device_index(); // fails where there is no accelerator
  return indexOf(device);
}

/** Gives memory that no tensor uses back to the device. https://docs.pytorch.org/docs/2.13/generated/torch.accelerator.memory.empty_cache.html */
export function empty_cache(): void {
  current_device_index();
  cuda.empty_cache();
}

/** What the allocator of a device counts. https://docs.pytorch.org/docs/2.13/generated/torch.accelerator.memory.memory_stats.html */
export function memory_stats(device: DeviceLike | null = null): Record<string, number> {
  return cuda.memory_stats(placeOf(device));
}

/** Bytes that tensors hold. https://docs.pytorch.org/docs/2.13/generated/torch.accelerator.memory.memory_allocated.html */
export function memory_allocated(device: DeviceLike | null = null): number {
  return cuda.memory_allocated(placeOf(device));
}

/** The most bytes that tensors have held. https://docs.pytorch.org/docs/2.13/generated/torch.accelerator.memory.max_memory_allocated.html */
export function max_memory_allocated(device: DeviceLike | null = null): number {
  return cuda.max_memory_allocated(placeOf(device));
}

/** Bytes that the allocator holds. https://docs.pytorch.org/docs/2.13/generated/torch.accelerator.memory.memory_reserved.html */
export function memory_reserved(device: DeviceLike | null = null): number {
  return cuda.memory_reserved(placeOf(device));
}

/** The most bytes the allocator has held. https://docs.pytorch.org/docs/2.13/generated/torch.accelerator.memory.max_memory_reserved.html */
export function max_memory_reserved(device: DeviceLike | null = null): number {
  return cuda.max_memory_reserved(placeOf(device));
}

/** Starts the sums of allocated and freed bytes anew. */
export function reset_accumulated_memory_stats(device: DeviceLike | null = null): void {
  cuda.reset_accumulated_memory_stats(placeOf(device));
}

/** Starts the peaks anew. https://docs.pytorch.org/docs/2.13/generated/torch.accelerator.memory.reset_peak_memory_stats.html */
export function reset_peak_memory_stats(device: DeviceLike | null = null): void {
  cuda.reset_peak_memory_stats(placeOf(device));
}

/** Bytes of the device that are free, and all. https://docs.pytorch.org/docs/2.13/generated/torch.accelerator.memory.get_memory_info.html */
export function get_memory_info(device: DeviceLike | null = null): [free: number, total: number] {
  return cuda.mem_get_info(placeOf(device));
}

/** The stream that work of a device goes to. https://docs.pytorch.org/docs/2.13/generated/torch.accelerator.current_stream.html */
export function current_stream(device: DeviceLike | null = null): AnyStream {
  return streams.current_stream(placeOf(device));
}

/** Makes a stream the one that work goes to. https://docs.pytorch.org/docs/2.13/generated/torch.accelerator.set_stream.html */
export function set_stream(stream: AnyStream): void {
  current_device_index();
  streams.set_stream(stream);
}

/** Makes a device the current one, while a callback runs or until the mode is disposed; null changes nothing. */
export function device_index(device: number | null): Mode;
export function device_index<Result>(device: number | null, callback: () => Result): Result;
export function device_index<Result>(device: number | null, callback?: () => Result): Result | Mode {
  const enter = () => {
    if (device === null) return () => {};
    const before = current_device_index();
    set_device_index(device);
    return () => set_device_index(before);
  };
  return withMode('device_index', enter, callback);
}

/** Deprecated: `current_device_index`. */
export function current_device_idx(): number {
  warn('Use `current_device_index` instead.', 'FutureWarning');
  return current_device_index();
}

/** Deprecated: `set_device_index`. */
export function set_device_idx(device: DeviceLike): void {
  warn('Use `set_device_index` instead.', 'FutureWarning');
  set_device_index(device);
}
