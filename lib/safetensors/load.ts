/** Reading all tensors of a file. */

import type { DeviceLike } from '../base/types';
import { REQUIRED, Signature } from '../face/arguments';
import type { FileOrBytes } from '../face/files';
import type { Tensor } from '../tensor/tensor';
import { type BackendOptions, type OpenOptions, openReader, SafeOpen } from './open';

interface LoadArguments {
  filename: string | URL;
  device: DeviceLike;
  backend: OpenOptions['backend'];
}

function readAll(place: FileOrBytes, device: DeviceLike, backend: OpenOptions['backend']): Record<string, Tensor> {
  const file = new SafeOpen(openReader(place, backend), device);
  try {
    return file.get_tensors();
  } finally {
    file.close();
  }
}

const signature = new Signature<LoadArguments>('load_file', { filename: REQUIRED, device: 'cpu', backend: 'mmap' }, 1);

/**
 * All tensors of a safetensors file, or of a sharded one by its index. On the CPU they are the file's pages in memory,
 * read when they are used; a change in a tensor does not reach the file.
 * https://huggingface.co/docs/safetensors/api/torch#safetensors.torch.load_file
 * @throws SafetensorError when the file is damaged
 */
export function load_file(filename: string | URL, options?: OpenOptions): Record<string, Tensor>;
export function load_file(filename: string | URL, device: DeviceLike, options?: BackendOptions): Record<string, Tensor>;
export function load_file(...args: unknown[]): Record<string, Tensor> {
  const { filename, device, backend } = signature.read(args);
  return readAll(filename, device, backend);
}

/** All tensors in the bytes of a safetensors file. */
export function load(data: Uint8Array | ArrayBuffer): Record<string, Tensor> {
  if (typeof data === 'string') throw new TypeError('load() takes the bytes of a file; load_file() takes a path');
  return readAll(data, 'cpu', 'mmap');
}
