/** Reading safetensors files, whole or by name. */

import { type DeviceLike, parseDevice } from '../base/types';
import { REQUIRED, Signature } from '../face/arguments';
import { type FileOrBytes, open, pathOf, type Source, typed } from '../face/files';
import type { Index } from '../face/tensors';
import type { Tensor } from '../tensor/tensor';
import { SafetensorError } from './errors';
import { type Header, readHeader, type TensorInfo } from './header';
import type { Reader } from './reader';
import { isIndex, ShardedFile } from './sharded';

export interface OpenOptions {
  device?: DeviceLike;
  /** `'mmap'` reads the pages of a file when they are used, `'pread'` each tensor when it is asked for. */
  backend?: 'mmap' | 'pread';
}

/** Part of a tensor, read when it is indexed. */
export class SafeSlice {
  /** @internal */
  constructor(
    private readonly info: Pick<TensorInfo, 'shape' | 'dtypeName'>,
    private readonly read: () => Tensor,
    private readonly device: DeviceLike,
  ) {}

  /** The shape of the whole tensor. */
  get_shape(): number[] {
    return [...this.info.shape];
  }

  /** The format's name: `'F32'`. */
  get_dtype(): string {
    return this.info.dtypeName;
  }

  /** `slice[...]`, with what `Tensor.index` takes. */
  index(...indices: Index[]): Tensor {
    return this.read()
      .index(...indices)
      .to(parseDevice(this.device));
  }
}

/** One file. */
export class SafetensorsFile implements Reader {
  private readonly header: Header;

  constructor(private readonly source: Source) {
    try {
      this.header = readHeader(source);
    } catch (error) {
      source.close();
      throw error;
    }
  }

  keys(): string[] {
    return [...this.header.tensors.keys()].sort();
  }

  offset_keys(): string[] {
    return [...this.header.tensors.keys()];
  }

  metadata(): Record<string, string> | null {
    return this.header.metadata;
  }

  info(name: string): TensorInfo {
    const info = this.header.tensors.get(name);
    if (info === undefined) throw new SafetensorError(`File does not contain tensor ${name}`);
    return info;
  }

  read(name: string): Tensor {
    const { dtype, shape, begin, end } = this.info(name);
    return typed(this.source.tensor(begin, end - begin, dtype.itemsize), dtype, shape);
  }

  close(): void {
    this.source.close();
  }
}

export function openReader(place: FileOrBytes, backend: OpenOptions['backend']): Reader {
  if (backend !== 'mmap' && backend !== 'pread') {
    throw new RangeError(`backend must be 'mmap' or 'pread', but got ${String(backend)}`);
  }
  const path = pathOf(place);
  if (path !== undefined && isIndex(path)) {
    return new ShardedFile(path, (shard) => new SafetensorsFile(open(shard, 'filename', backend === 'mmap')));
  }
  return new SafetensorsFile(open(place, 'filename', backend === 'mmap'));
}

/** An open file: gives its tensors by name. Ends with `close()`, `using` or the callback of `safe_open`. */
export class SafeOpen {
  private reader: Reader | undefined;

  /** @internal */
  constructor(
    reader: Reader,
    private readonly device: DeviceLike,
  ) {
    this.reader = reader;
  }

  private get open(): Reader {
    if (this.reader === undefined) throw new SafetensorError('File is closed');
    return this.reader;
  }

  /** The names of the tensors. */
  keys(): string[] {
    return this.open.keys();
  }

  /** The names in the order of the file. */
  offset_keys(): string[] {
    return this.open.offset_keys();
  }

  /** The texts that were saved beside the tensors. */
  metadata(): Record<string, string> | null {
    return this.open.metadata();
  }

  /** Reads one tensor. */
  get_tensor(name: string): Tensor {
    return this.open.read(name).to(parseDevice(this.device));
  }

  /** Reads all tensors, by their names. */
  get_tensors(): Record<string, Tensor> {
    return Object.fromEntries(this.offset_keys().map((name) => [name, this.get_tensor(name)]));
  }

  /** A tensor to be indexed: `file.get_slice('wte.weight').index(':10')` reads only what it needs. */
  get_slice(name: string): SafeSlice {
    return new SafeSlice(this.open.info(name), () => this.open.read(name), this.device);
  }

  /** Closes the file; the tensors read from it stay. */
  close(): void {
    this.reader?.close();
    this.reader = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

export type BackendOptions = Pick<OpenOptions, 'backend'>;

interface OpenArguments {
  filename: string | URL;
  framework: string;
  device: DeviceLike;
  backend: OpenOptions['backend'];
}

const signature = new Signature<OpenArguments>(
  'safe_open',
  { filename: REQUIRED, framework: 'pt', device: 'cpu', backend: 'mmap' },
  1,
);

/**
 * Opens a safetensors file, or the index of a sharded one (`model.safetensors.index.json`), to read tensors by name.
 * With a callback the file is closed after it. https://huggingface.co/docs/safetensors/index#usage
 * @throws SafetensorError when the file is damaged
 */
export function safe_open(filename: string | URL, options?: OpenOptions & { framework?: 'pt' }): SafeOpen;
export function safe_open(filename: string | URL, framework: 'pt', options?: OpenOptions): SafeOpen;
export function safe_open(
  filename: string | URL,
  framework: 'pt',
  device: DeviceLike,
  options?: BackendOptions,
): SafeOpen;
export function safe_open<Result>(filename: string | URL, callback: (file: SafeOpen) => Result): Result;
export function safe_open<Result>(
  filename: string | URL,
  options: OpenOptions & { framework?: 'pt' },
  callback: (file: SafeOpen) => Result,
): Result;
export function safe_open<Result>(...args: unknown[]): Result | SafeOpen {
  const callback = typeof args.at(-1) === 'function' ? (args.pop() as (file: SafeOpen) => Result) : undefined;
  const { filename, framework, device, backend } = signature.read(args);
  if (framework !== 'pt' && framework !== 'torch') {
    throw new SafetensorError(`framework ${framework} is invalid: tensors here are PyTorch's ('pt')`);
  }
  if (pathOf(filename) === undefined) throw new TypeError("expected 'filename' to be a path");
  const file = new SafeOpen(openReader(filename, backend), device);
  if (callback === undefined) return file;
  try {
    return callback(file);
  } finally {
    file.close();
  }
}
