/** The memory of CUDA's caching allocator. https://docs.pytorch.org/docs/2.13/torch_cuda_memory.html */

import type { DeviceLike } from '../base/types';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { indexOf, is_available, placeOf } from './device';

const pools = ['all', 'small_pool', 'large_pool'];
const metrics = ['current', 'peak', 'allocated', 'freed'];

/**
 * Every statistic by its name, `allocated_bytes.all.current`; nothing without CUDA.
 * https://docs.pytorch.org/docs/2.13/generated/torch.cuda.memory.memory_stats.html
 */
export function memory_stats(device: DeviceLike | null = null): Record<string, number> {
  if (!is_available()) return {};
  const written = call(native.device_memory_stats, placeOf(device));
  const [retries, failures, largest] = written.at(-1) as number[];
  const stats: Record<string, number> = {};
  for (const [name, ...numbers] of written.slice(0, -1)) {
    numbers.forEach((value, i) => {
      stats[`${name}.${pools[Math.floor(i / metrics.length)]}.${metrics[i % metrics.length]}`] = value as number;
    });
  }
  return { ...stats, max_split_size: largest!, num_alloc_retries: retries!, num_ooms: failures! };
}

function statistic(name: string) {
  return (device: DeviceLike | null = null): number => memory_stats(device)[name] ?? 0;
}

/** Bytes that tensors hold. https://docs.pytorch.org/docs/2.13/generated/torch.cuda.memory.memory_allocated.html */
export const memory_allocated = statistic('allocated_bytes.all.current');
/** The most bytes that tensors have held. https://docs.pytorch.org/docs/2.13/generated/torch.cuda.memory.max_memory_allocated.html */
export const max_memory_allocated = statistic('allocated_bytes.all.peak');
/** Bytes that the allocator holds for tensors. https://docs.pytorch.org/docs/2.13/generated/torch.cuda.memory.memory_reserved.html */
export const memory_reserved = statistic('reserved_bytes.all.current');
/** The most bytes the allocator has held. https://docs.pytorch.org/docs/2.13/generated/torch.cuda.memory.max_memory_reserved.html */
export const max_memory_reserved = statistic('reserved_bytes.all.peak');
/** Deprecated: `memory_reserved`. */
export const memory_cached = memory_reserved;
/** Deprecated: `max_memory_reserved`. */
export const max_memory_cached = max_memory_reserved;

/** Starts the peaks anew. https://docs.pytorch.org/docs/2.13/generated/torch.cuda.memory.reset_peak_memory_stats.html */
export function reset_peak_memory_stats(device: DeviceLike | null = null): void {
  call(native.device_memory_reset, placeOf(device), true);
}

/** Deprecated: `reset_peak_memory_stats`. */
export const reset_max_memory_allocated = reset_peak_memory_stats;
export const reset_max_memory_cached = reset_peak_memory_stats;

/** Starts the sums of allocated and freed bytes anew. */
export function reset_accumulated_memory_stats(device: DeviceLike | null = null): void {
  call(native.device_memory_reset, placeOf(device), false);
}

/** Bytes of the device that are free, and all. https://docs.pytorch.org/docs/2.13/generated/torch.cuda.memory.mem_get_info.html */
export function mem_get_info(device: DeviceLike | null = null): [free: number, total: number] {
  return call(native.device_memory_info, placeOf(device ?? indexOf()));
}

/** Gives memory that no tensor uses back to the device. https://docs.pytorch.org/docs/2.13/generated/torch.cuda.memory.empty_cache.html */
export function empty_cache(): void {
  if (is_available()) call(native.empty_caches);
}
