/** What functions take for a file: its path, a file URL, or its bytes. */
import { fileURLToPath } from 'node:url';
import { BytesSource, FileSource, MappedSource, type Source } from './source';

/** A path, or the bytes of a file. */
export type FileOrBytes = string | URL | Uint8Array | ArrayBuffer;

/** Whether a file is mapped, and whether its tensors write to it then. */
export type Mapping = boolean | 'private' | 'shared';

/** The path; undefined when the file is given by its bytes. */
export function pathOf(place: unknown): string | undefined {
  if (typeof place === 'string') return place;
  return place instanceof URL ? fileURLToPath(place) : undefined;
}

function bytesOf(place: FileOrBytes, name: string): Uint8Array {
  if (ArrayBuffer.isView(place)) return new Uint8Array(place.buffer, place.byteOffset, place.byteLength);
  if (Object.prototype.toString.call(place) === '[object ArrayBuffer]') return new Uint8Array(place as ArrayBuffer);
  throw new TypeError(`expected '${name}' to be a path, a Buffer or an ArrayBuffer`);
}

/** Opens what the argument `name` of a function says. */
export function open(place: FileOrBytes, name: string, mmap: Mapping = false): Source {
  const path = pathOf(place);
  if (path === undefined) return new BytesSource(bytesOf(place, name));
  return mmap ? new MappedSource(path, mmap === 'shared') : new FileSource(path);
}

/** Opens it, and closes it after the callback. */
export function withSource<Result>(
  place: FileOrBytes,
  name: string,
  mmap: Mapping,
  use: (source: Source) => Result,
): Result {
  const source = open(place, name, mmap);
  try {
    return use(source);
  } finally {
    source.close();
  }
}
