/** Where tensors are read from. */
import { dtypes } from '../base/types';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { callOperator } from '../operators/operator';
import type { Tensor } from '../tensor/tensor';
import { type Bytes, checkRange, FileBytes } from './bytes';

/** Bytes at once: many to the system, few to the processor's cache. */
const CHUNK = 1 << 20;
/** Memory from this size on comes in large pages: a first touch of each small one costs more than reading it. */
const LARGE = 1 << 22;

export interface Source extends Bytes {
  /** A uint8 tensor that has these bytes as its storage; what is mapped is copied when it is not aligned. */
  tensor(position: number, length: number, alignment?: number): Tensor;
  /** Reads into a uint8 tensor on the CPU that has its storage for itself, and shows what it reads. */
  fill(bytes: Tensor, position: number, show?: (piece: Uint8Array) => void): void;
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

/** An open file. */
export class FileSource extends FileBytes implements Source {
  tensor(position: number, length: number): Tensor {
    checkRange(this, position, length);
    const bytes = emptyBytes(length);
    this.fill(bytes, position);
    return bytes;
  }

  fill(bytes: Tensor, position: number, show?: (piece: Uint8Array) => void): void {
    const size = bytes.numel();
    checkRange(this, position, size);
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, size));
    for (let at = 0; at < size; at += CHUNK) {
      const piece = buffer.subarray(0, Math.min(CHUNK, size - at));
      this.readInto(piece, position + at);
      show?.(piece);
      call(native.storage_write, bytes, at, piece);
    }
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
    checkRange(this, position, length);
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
    checkRange(this, position, length);
    return this.bytes.subarray(position, position + length);
  }

  tensor(position: number, length: number): Tensor {
    checkRange(this, position, length);
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
