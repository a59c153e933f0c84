/** torch.save. */

import { REQUIRED, Signature } from '../arguments/signature';
import { pathOf } from '../files/places';
import { replaceFile } from '../files/replace_file';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { Pickler } from '../pickle/pickler';
import type { Tensor } from '../tensor/tensor';
import { get_crc32_options, skipsData } from './config';
import { describe, Storages } from './describe';

/** What a file is written to: its path, or what takes its bytes. */
export type SaveTarget = string | URL | { write(bytes: Uint8Array): unknown };

export interface SaveOptions {
  /** Only 2, PyTorch's default. */
  pickle_protocol?: number;
}

type ArchiveRecord = [name: string, content: Uint8Array | Tensor];

/** The records of PyTorch's zip format, in its order. */
function recordsOf(value: unknown): ArchiveRecord[] {
  const storages = new Storages();
  const pickle = new Pickler((object) => describe(object, storages)).dump(value);
  const text = (content: string) => Uint8Array.from(Buffer.from(content));
  return [
    ['data.pkl', pickle],
    ['.format_version', text('1')],
    ['.storage_alignment', text('64')],
    ['byteorder', text('little')],
    ...storages.list.map((storage, key): ArchiveRecord => [`data/${key}`, storage]),
  ];
}

// By hand: PyTorch's takes a pickle module, and options that turn its format into older ones.
const signature = new Signature<SaveOptions & { obj: unknown; f: SaveTarget }>(
  'save',
  { obj: REQUIRED, f: REQUIRED, pickle_protocol: 2 },
  1,
);

/**
 * Writes a value to a file that Python's `torch.load` reads: tensors with the storages they share, Parameters,
 * state_dicts, plain objects and Maps (dicts), arrays (lists), Sets, numbers (whole ones as ints), bigints, text,
 * booleans, null, dtypes, devices, layouts, `Complex`, and Uint8Arrays (bytes). The old file stays until the new one
 * is whole. https://docs.pytorch.org/docs/2.13/generated/torch.save.html
 * @throws TypeError for functions and objects of other classes: save a module's `state_dict()`
 */
export function save(obj: unknown, f: SaveTarget, options?: SaveOptions): void;
export function save(args: SaveOptions & { obj: unknown; f: SaveTarget }): void;
export function save(obj: unknown, f?: SaveTarget, ...more: unknown[]): void {
  const sink = typeof f === 'object' && 'write' in f ? f : undefined; // may look like named arguments
  const args = [obj, sink === undefined ? f : '', ...more];
  const { obj: saved, f: place, pickle_protocol } = signature.read(args);
  if (pickle_protocol !== 2) throw new RangeError(`pickle_protocol must be 2, but got ${pickle_protocol}`);
  const path = pathOf(place);
  if (sink === undefined && path === undefined) {
    throw new TypeError("expected 'f' to be a path or an object with a 'write' method");
  }
  const records = recordsOf(saved);
  const settings = [get_crc32_options(), skipsData()] as const;
  if (sink === undefined) replaceFile(path!, (fresh) => call(native.write_archive, fresh, ...settings, records));
  else sink.write(new Uint8Array(call(native.write_archive_to_memory, ...settings, records)));
}
