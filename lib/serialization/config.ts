/** What torch.save and torch.load do by default. https://docs.pytorch.org/docs/2.13/notes/serialization.html */
import { REQUIRED, Signature } from '../arguments/signature';
import { valueText } from '../base/python_text';
import { type Mode, splitCallback, withMode } from '../context/mode';

let checksums = true;

/** Whether `torch.save` writes a checksum for each record; true unless set otherwise. */
export function get_crc32_options(): boolean {
  return checksums;
}

const ofChecksums = new Signature<{ compute_crc32: boolean }>('set_crc32_options', { compute_crc32: REQUIRED });

/** Without checksums saving is a little faster; `torch.load` reads the file, other programs may warn. */
export function set_crc32_options(compute_crc32: boolean): void;
export function set_crc32_options(args: { compute_crc32: boolean }): void;
export function set_crc32_options(...args: unknown[]): void {
  const { compute_crc32 } = ofChecksums.read(args);
  if (typeof compute_crc32 !== 'boolean') {
    throw new TypeError(`set_crc32_options(): argument 'compute_crc32' must be bool, not ${typeof compute_crc32}`);
  }
  checksums = compute_crc32;
}

/** The byte order of files that do not tell theirs. */
export const LoadEndianness = { NATIVE: 'NATIVE', LITTLE: 'LITTLE', BIG: 'BIG' } as const;
export type LoadEndianness = (typeof LoadEndianness)[keyof typeof LoadEndianness];

let endianness: LoadEndianness | null = null;

/** The byte order of files that do not tell theirs; null is the machine's. */
export function get_default_load_endianness(): LoadEndianness | null {
  return endianness;
}

const ofEndianness = new Signature<{ endianness: LoadEndianness | null }>('set_default_load_endianness', {
  endianness: REQUIRED,
});

/** Sets the byte order of files that do not tell theirs; null is the machine's. */
export function set_default_load_endianness(endianness: LoadEndianness | null): void;
export function set_default_load_endianness(args: { endianness: LoadEndianness | null }): void;
export function set_default_load_endianness(...args: unknown[]): void {
  const { endianness: value } = ofEndianness.read(args);
  if (value !== null && (typeof value !== 'string' || !Object.hasOwn(LoadEndianness, value))) {
    throw new TypeError('Invalid argument type in function set_default_load_endianness');
  }
  endianness = value;
}

/** `mmap.MAP_SHARED` and `mmap.MAP_PRIVATE` of Python. */
const MAP_SHARED = 1;
const MAP_PRIVATE = 2;

let mmapFlags = MAP_PRIVATE;

/** How `torch.load(file, { mmap: true })` maps: 2, MAP_PRIVATE, or 1, MAP_SHARED. */
export function get_default_mmap_options(): number {
  return mmapFlags;
}

/**
 * How `torch.load(file, { mmap: true })` maps: 2, MAP_PRIVATE, copies pages that are written to; 1, MAP_SHARED, writes to
 * the file. For the callback, until the result is disposed, or for good.
 */
export function set_default_mmap_options(flags: number | { flags: number }): Mode;
export function set_default_mmap_options<Result>(flags: number | { flags: number }, callback: () => Result): Result;
export function set_default_mmap_options(...args: unknown[]): unknown {
  const [given, callback] = splitCallback(args);
  const { flags } = ofMapping.read(given);
  if (flags !== MAP_PRIVATE && flags !== MAP_SHARED) {
    throw new RangeError(
      'Invalid argument in function set_default_mmap_options, ' +
        `expected mmap.MAP_PRIVATE or mmap.MAP_SHARED, but got ${valueText(flags)}`,
    );
  }
  const enter = () => {
    const before = mmapFlags;
    mmapFlags = flags;
    return () => {
      mmapFlags = before;
    };
  };
  return withMode('set_default_mmap_options', enter, callback);
}

/** Whether mapped tensors write to their file. */
export function mapsShared(): boolean {
  return mmapFlags === MAP_SHARED;
}

const ofMapping = new Signature<{ flags: number }>('set_default_mmap_options', { flags: REQUIRED });

let skipping = false;

/**
 * Leaves the bytes of tensors out: `torch.save` keeps room for them in the file, `torch.load` gives tensors that are not
 * filled. For the callback, or until the result is disposed.
 */
export function skip_data(): Mode;
export function skip_data<Result>(callback: () => Result): Result;
export function skip_data<Result>(callback?: () => Result): Result | Mode {
  const enter = () => {
    const before = skipping;
    skipping = true;
    return () => {
      skipping = before;
    };
  };
  return withMode('skip_data', enter, callback);
}

export function skipsData(): boolean {
  return skipping;
}
