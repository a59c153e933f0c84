/** torch.load. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { named, REQUIRED } from '../operators/keywords';
import { Plain } from '../pickle/plain';
import { Unpickler, UnpicklingError } from '../pickle/unpickler';
import type { Tensor } from '../tensor';
import { loadLegacy } from './legacy';
import { type MapLocation, placed } from './locations';
import { findGlobal, Storage } from './rebuild';
import { StorageType } from './storages';

/** A path, or the bytes of a file. */
export type LoadSource = string | URL | Uint8Array | ArrayBuffer;

export interface LoadOptions {
  map_location?: MapLocation | null;
  /** Always so: nothing in a file can run code. */
  weights_only?: boolean | null;
  /** Maps the file instead of reading it: its pages come when they are used. */
  mmap?: boolean | null;
}

/** The records of an archive by name. */
class Archive {
  private readonly records: Map<string, Tensor>;

  constructor(source: string | Uint8Array, mmap: boolean) {
    const all =
      typeof source === 'string'
        ? call<[string, Tensor][]>(native.read_archive, source, mmap)
        : call<[string, Tensor][]>(native.read_archive, source);
    this.records = new Map(all);
  }

  has(name: string): boolean {
    return this.records.has(name);
  }

  record(name: string): Tensor {
    const record = this.records.get(name);
    if (record === undefined) throw new UnpicklingError(`the file has no record '${name}'`);
    return record;
  }

  bytes(name: string): Uint8Array {
    return this.record(name).typed_array() as Uint8Array;
  }

  text(name: string): string {
    return Buffer.from(this.bytes(name)).toString('latin1');
  }
}

/** Turns the bytes of every element around, in place. */
function swapBytes(bytes: Tensor, type: StorageType): void {
  const width = type.dtype.is_complex ? type.dtype.itemsize / 2 : type.dtype.itemsize;
  if (width === 1 || bytes.numel() === 0) return;
  const array = bytes.typed_array() as Uint8Array;
  const buffer = Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  if (width === 2) buffer.swap16();
  else if (width === 4) buffer.swap32();
  else buffer.swap64();
}

/** The storages of a file, each read once. */
class StorageLoader {
  private readonly loaded = new Map<string, Storage>();
  private readonly swaps: boolean;

  constructor(
    private readonly archive: Archive,
    private readonly map: MapLocation | null,
  ) {
    this.swaps = archive.has('byteorder') && archive.text('byteorder') === 'big';
  }

  /** The storage that a pickle describes. */
  find(id: unknown): Storage {
    const [kind, type, key, location, count] = Array.isArray(id) ? id : [];
    if (
      kind !== 'storage' ||
      !(type instanceof StorageType) ||
      typeof key !== 'string' ||
      typeof location !== 'string'
    ) {
      throw new UnpicklingError('Only persistent_load of storage is allowed');
    }
    const known = this.loaded.get(key);
    if (known !== undefined) return known;
    const record = this.archive.record(`data/${key}`);
    if (!Number.isSafeInteger(count) || count < 0 || count * type.dtype.itemsize > record.numel()) {
      throw new UnpicklingError(`storage ${key} has ${record.numel()} bytes, too few for ${count} of ${type.dtype}`);
    }
    if (this.swaps) swapBytes(record, type);
    const storage = new Storage(placed(record, location, this.map), type.dtype);
    this.loaded.set(key, storage);
    return storage;
  }
}

function loadArchive(source: string | Uint8Array, mmap: boolean, map: MapLocation | null): unknown {
  const archive = new Archive(source, mmap);
  if (archive.has('constants.pkl')) {
    throw new UnpicklingError('the file is a TorchScript archive, which holds code: save a state_dict instead');
  }
  const storages = new StorageLoader(archive, map);
  const unpickler = new Unpickler(archive.bytes('data.pkl'), { find: findGlobal, load: (id) => storages.find(id) });
  return new Plain().of(unpickler.load());
}

/** How a file begins. */
function magicOf(source: string | Uint8Array): string {
  if (typeof source !== 'string') return Buffer.from(source.subarray(0, 4)).toString('latin1');
  const file = openSync(source, 'r');
  try {
    const magic = Buffer.alloc(4);
    return magic.subarray(0, readSync(file, magic)).toString('latin1');
  } finally {
    closeSync(file);
  }
}

function sourceOf(f: LoadSource): string | Uint8Array {
  if (typeof f === 'string') return f;
  if (f instanceof URL) return fileURLToPath(f);
  if (ArrayBuffer.isView(f)) return new Uint8Array(f.buffer, f.byteOffset, f.byteLength);
  if (Object.prototype.toString.call(f) === '[object ArrayBuffer]') return new Uint8Array(f);
  throw new TypeError("expected 'f' to be a path, a Buffer or an ArrayBuffer");
}

interface LoadArguments {
  f: LoadSource;
  map_location: MapLocation | null;
  weights_only: boolean | null;
  mmap: boolean | null;
}

const parameters = { f: REQUIRED, map_location: null, weights_only: null, mmap: null };
const KEYWORD_ONLY = 2;

/**
 * Reads what `torch.save` wrote, here or in Python: dicts become plain objects (a Map where keys are not text),
 * lists and tuples arrays, ints beyond 2^53 bigints. Only tensors and plain values are made, whatever the file says;
 * see `torch.serialization.add_safe_globals` for more.
 * https://docs.pytorch.org/docs/2.13/generated/torch.load.html
 * @throws UnpicklingError for a file that names something else; TorchError for one that is damaged
 */
export function load<Value = unknown>(f: LoadSource, options?: LoadOptions): Value;
export function load<Value = unknown>(f: LoadSource, map_location: MapLocation | null, options?: LoadOptions): Value;
export function load(...args: unknown[]): unknown {
  const { f, map_location, mmap } = named<LoadArguments>('load', parameters, args, KEYWORD_ONLY);
  const source = sourceOf(f);
  if (typeof source === 'string' && statSync(source).size === 0) throw new UnpicklingError('Ran out of input');
  const isArchive = magicOf(source) === 'PK\x03\x04';
  if (mmap && (!isArchive || typeof source !== 'string')) {
    throw new RangeError('mmap can only be used with the path of a file saved in the zip format (since PyTorch 1.6)');
  }
  return isArchive ? loadArchive(source, mmap ?? false, map_location) : loadLegacy(source, map_location);
}
