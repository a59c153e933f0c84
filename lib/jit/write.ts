/** Writing programs. */
import { pathOf } from '../files/places';
import { replaceFile } from '../files/replace_file';
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { NativePart } from '../native/part';
import type { SaveTarget } from '../serialization/save';

/** Files beside a program in its archive: their contents by name. */
export type ExtraFiles = Record<string, string | Uint8Array>;

function filesOf(files: ExtraFiles | null): (readonly [string, Uint8Array])[] {
  return Object.entries(files ?? {}).map(([name, content]) => [
    name,
    Uint8Array.from(typeof content === 'string' ? Buffer.from(content) : content),
  ]);
}

/** The bytes of a program's archive. */
export function programBytes(part: NativePart, files: ExtraFiles | null): Buffer {
  return Buffer.from(call(native.script_save_to_memory, part, filesOf(files)));
}

export function writeProgram(part: NativePart, f: SaveTarget, files: ExtraFiles | null): void {
  const path = pathOf(f);
  if (path !== undefined) {
    replaceFile(path, (fresh) => call(native.script_save, part, fresh, filesOf(files)));
  } else if (typeof f === 'object' && 'write' in f) {
    f.write(new Uint8Array(programBytes(part, files)));
  } else {
    throw new TypeError("expected 'f' to be a path or an object with a 'write' method");
  }
}
