/** Where files are read from: by positions, and never beyond their end. */
import { closeSync, constants, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { dtypes } from '../base/types';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { callOperator } from '../operators/operator';
import type { Tensor } from '../tensor/tensor';

/** Bytes at once: many to the system, few to the processor's cache. */
const CHUNK = 1 << 20;
/** Memory from this size on comes in large pages: a first touch of each small one costs more than reading it. */
const LARGE = 1 << 22;

export interface Source {
  /** For messages. */
  readonly name: string;
  readonly size: number;
  /** Bytes that must not be changed, or are a copy. */
  read(position: number, length: number): Buffer;
  /** A uint8 tensor that has these bytes as its storage; what is mapped is copied when it is not aligned. */
  tensor(position: number, length: number, alignment?: number): Tensor;
  /** Reads into a uint8 tensor on the CPU that has its storage for itself, and shows what it reads. */
  fill(bytes: Tensor, position: number, show?: (piece: Uint8Array) => void): void;
  close(): void;
}

/** The file ends before what it says it has. */
export class EndOfFileError extends RangeError {
  override name = 'EndOfFileError';
}

function check({ name, size }: Source, position: number, length: number): void {
  if (position >= 0 && length >= 0 && position + length <= size) return;
  throw new EndOfFileError(
    `${name} has ${size} bytes, but bytes ${position} to ${position + length} are asked for: it is truncated or damaged`,
  );
}

export function emptyBytes(length: number): Tensor {
  const bytes = callOperator<Tensor>('empty.memory_format', [length], dtypes.uint8);
  if (length >= LARGE) call(native.storage_use_large_pages, bytes);
  return bytes;
}

/**
 * The bytes of a tensor over its whole storage, in pieces. Each is valid until the next one is asked for: they are copies,
 * since a view would keep the memory for as long as JavaScript pleases.
 */
export function* pieces(bytes: Tensor): Generator<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK, bytes.numel()));
  const start = bytes.storage_offset();
  const size = bytes.numel();
  for (let at = 0; at < size; at += CHUNK) {
    const piece = buffer.subarray(0, Math.min(CHUNK, size - at));
    call(native.storage_read, bytes, start + at, piece);
    yield piece;
  }
}

/** Closes files that nobody closed. */
const forgotten = new FinalizationRegistry<number>((file) => closeSync(file));

function isDirectory(name: string): Error {
  const holds = ['model.safetensors', 'model.safetensors.index.json'].find((each) => existsSync(join(name, each)));
  const remedy = holds ? `load_file of 'tsorch/safetensors' reads its ${holds}` : 'give one of the files in it';
  return Object.assign(new Error(`EISDIR: ${name} is a directory: ${remedy}`), { code: 'EISDIR' });
}

/** An open file. */
export class FileSource implements Source {
  readonly size: number;
  private readonly file: number;

  constructor(readonly name: string) {
    this.file = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK); // a pipe would wait for its other end
    forgotten.register(this, this.file, this);
    const status = fstatSync(this.file);
    this.size = status.size;
    if (status.isFile()) return;
    this.close();
    throw status.isDirectory() ? isDirectory(name) : new Error(`${name} is not a file`);
  }

  read(position: number, length: number): Buffer {
    check(this, position, length);
    const bytes = Buffer.allocUnsafe(length);
    this.readInto(bytes, position);
    return bytes;
  }

  tensor(position: number, length: number): Tensor {
    check(this, position, length);
    const bytes = emptyBytes(length);
    this.fill(bytes, position);
    return bytes;
  }

  fill(bytes: Tensor, position: number, show?: (piece: Uint8Array) => void): void {
    const size = bytes.numel();
    check(this, position, size);
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, size));
    for (let at = 0; at < size; at += CHUNK) {
      const piece = buffer.subarray(0, Math.min(CHUNK, size - at));
      this.readInto(piece, position + at);
      show?.(piece);
      call(native.storage_write, bytes, at, piece);
    }
  }

  private readInto(bytes: Uint8Array, position: number): void {
    for (let done = 0; done < bytes.length; ) {
      const count = readSync(this.file, bytes, done, bytes.length - done, position + done);
      if (count === 0) throw new EndOfFileError(`${this.name} became shorter while it was read`);
      done += count;
    }
  }

  close(): void {
    if (forgotten.unregister(this)) closeSync(this.file);
  }
}

/**
 * A file whose tensors are its pages in memory, read when they are used, and copied when they are written to unless they
 * are shared.
 */
export class MappedSource extends FileSource {
  private readonly pages: Tensor | undefined;

  constructor(name: string, shared = false) {
    super(name);
    if (this.size > 0) this.pages = callOperator<Tensor>('from_file', name, shared, this.size, dtypes.uint8);
  }

  override tensor(position: number, length: number, alignment = 16): Tensor {
    check(this, position, length);
    if (position % alignment !== 0) return super.tensor(position, length);
    return this.pages === undefined || length === 0
      ? emptyBytes(0)
      : call(native.storage_part, this.pages, position, length);
  }
}

/** A file in memory. */
export class BytesSource implements Source {
  readonly name = 'the file';
  readonly size: number;
  private readonly bytes: Buffer;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.size = bytes.byteLength;
  }

  read(position: number, length: number): Buffer {
    check(this, position, length);
    return this.bytes.subarray(position, position + length);
  }

  tensor(position: number, length: number): Tensor {
    check(this, position, length);
    const copy = emptyBytes(length);
    this.fill(copy, position);
    return copy;
  }

  fill(bytes: Tensor, position: number, show?: (piece: Uint8Array) => void): void {
    const content = this.read(position, bytes.numel());
    show?.(content);
    call(native.storage_write, bytes, 0, content);
  }

  close(): void {}
}
