/** Files that are read by positions, never beyond their end. No tensors here. */
import { closeSync, constants, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

export interface Bytes {
  /** For messages. */
  readonly name: string;
  readonly size: number;
  /** Bytes that must not be changed, or are a copy. */
  read(position: number, length: number): Buffer;
  close(): void;
}

/** The file ends before what it says it has. */
export class EndOfFileError extends RangeError {
  override name = 'EndOfFileError';
}

export function checkRange({ name, size }: Bytes, position: number, length: number): void {
  if (position >= 0 && length >= 0 && position + length <= size) return;
  throw new EndOfFileError(
    `${name} has ${size} bytes, but bytes ${position} to ${position + length} are asked for: it is truncated or damaged`,
  );
}

/** Closes files that nobody closed. */
const forgotten = new FinalizationRegistry<number>((file) => closeSync(file));

function isDirectory(name: string): Error {
  const holds = ['model.safetensors', 'model.safetensors.index.json'].find((each) => existsSync(join(name, each)));
  const remedy = holds ? `load_file of 'tsorch/safetensors' reads its ${holds}` : 'give one of the files in it';
  return Object.assign(new Error(`EISDIR: ${name} is a directory: ${remedy}`), { code: 'EISDIR' });
}

/** An open file. */
export class FileBytes implements Bytes {
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
    checkRange(this, position, length);
    const bytes = Buffer.allocUnsafe(length);
    this.readInto(bytes, position);
    return bytes;
  }

  protected readInto(bytes: Uint8Array, position: number): void {
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
