/** torch.load. */

import { REQUIRED, Signature } from '../arguments/signature';
import { identified } from '../files/identify';
import { type FileOrBytes, pathOf, withSource } from '../files/places';
import { BytesSource, type Source } from '../files/source';
import { swapBytes } from '../files/swap';
import { Plain } from '../pickle/plain';
import { kindOf, Unpickler, UnpicklingError } from '../pickle/unpickler';
import { Archive } from './archive';
import { get_default_load_endianness, mapsShared, skipsData } from './config';
import { isCount } from './counts';
import { loadLegacy } from './legacy';
import { type MapLocation, placed } from './locations';
import { findGlobal, Storage } from './rebuild';
import { StorageType } from './storages';

export type LoadSource = FileOrBytes;

export interface LoadOptions {
  map_location?: MapLocation | null;
  /** Always so: nothing in a file can run code. */
  weights_only?: boolean | null;
  /** Maps the file instead of reading it: its pages come when they are used. */
  mmap?: boolean | null;
}

/** The storages of a file, each read once. */
class StorageLoader {
  private readonly loaded = new Map<string, Storage>();
  private readonly swaps: boolean;

  constructor(
    private readonly archive: Archive,
    private readonly map: MapLocation | null,
  ) {
    const order = archive.has('byteorder') ? archive.bytes('byteorder').toString() : get_default_load_endianness();
    this.swaps = order?.toLowerCase() === 'big';
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
    const record = this.archive.tensor(`data/${key}`);
    if (!isCount(count) || count * type.dtype.itemsize > record.numel()) {
      const wanted = `${kindOf(count)} of ${type.dtype}`;
      throw new UnpicklingError(`storage ${key} has ${record.numel()} bytes, too few for ${wanted}`);
    }
    if (this.swaps && !skipsData()) swapBytes(record, type.dtype);
    const storage = new Storage(placed(record, location, this.map), type.dtype);
    this.loaded.set(key, storage);
    return storage;
  }
}

function loadArchive(source: Source, mmap: boolean, map: MapLocation | null): unknown {
  const archive = new Archive(source, mmap);
  archive.checkKind();
  const storages = new StorageLoader(archive, map);
  const pickle = new BytesSource(archive.bytes('data.pkl'));
  const unpickler = new Unpickler(pickle, { find: findGlobal, load: (id) => storages.find(id) });
  return new Plain().of(unpickler.load());
}

/** What is no pickle either is named for what it is. */
function refuseForeign(source: Source): void {
  const what = identified(source);
  if (what !== '') throw new UnpicklingError(source.size === 0 ? `Ran out of input: ${what}` : `cannot load: ${what}`);
}

// By hand: PyTorch's takes a pickle module, and hands arguments on to it.
const signature = new Signature<LoadOptions & { f: LoadSource }>(
  'load',
  { f: REQUIRED, map_location: null, weights_only: null, mmap: null },
  2,
);

/**
 * Reads what `torch.save` wrote, here or in Python: dicts become plain objects (a Map where keys are not text),
 * lists and tuples arrays, ints beyond 2^53 bigints. Only tensors and plain values are made, whatever the file says;
 * see `torch.serialization.add_safe_globals` for more.
 * https://docs.pytorch.org/docs/2.13/generated/torch.load.html
 * @throws UnpicklingError for a file that names something else; TorchError for one that is damaged
 */
// biome-ignore lint/suspicious/noExplicitAny: as with JSON.parse, only who calls knows what is in the file, and may say so
export function load<Value = any>(f: LoadSource, options?: LoadOptions): Value;
// biome-ignore lint/suspicious/noExplicitAny: likewise
export function load<Value = any>(f: LoadSource, map_location: MapLocation | null, options?: LoadOptions): Value;
// biome-ignore lint/suspicious/noExplicitAny: likewise
export function load<Value = any>(args: LoadOptions & { f: LoadSource }): Value;
export function load(...args: unknown[]): unknown {
  const { f, map_location, mmap } = signature.read(args);
  return withSource(f, 'f', mmap ? (mapsShared() ? 'shared' : 'private') : false, (source) => {
    const isArchive = Archive.is(source);
    if (!isArchive) refuseForeign(source);
    if (mmap && (!isArchive || pathOf(f) === undefined)) {
      throw new RangeError('mmap can only be used with the path of a file saved in the zip format (since PyTorch 1.6)');
    }
    return isArchive ? loadArchive(source, mmap ?? false, map_location) : loadLegacy(source, map_location);
  });
}
