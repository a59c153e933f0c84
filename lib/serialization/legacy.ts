/** Files from before PyTorch 1.6: pickles one after the other, then the storages. Read only. */

import { dtypes } from '../base/types';
import type { Source } from '../files/source';
import { partOf } from '../files/typed';
import { callOperator } from '../operators/operator';
import { Plain } from '../pickle/plain';
import { kindOf, Unpickler, UnpicklingError } from '../pickle/unpickler';
import type { Tensor } from '../tensor/tensor';
import { isCount } from './counts';
import { type MapLocation, placed } from './locations';
import { checkingLater, findGlobal, Storage } from './rebuild';
import { StorageType } from './storages';

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;

/** The storages that the pickle names; their bytes come after it. */
class LegacyStorages {
  private readonly storages = new Map<string, { storage: Storage; size: number }>();
  private readonly views = new Map<string, Storage>();
  /** Bytes that the file can still hold. */
  private left: number;

  constructor(
    private readonly source: Source,
    private readonly map: MapLocation | null,
  ) {
    this.left = source.size;
  }

  find(id: unknown): Storage {
    const [kind, type, key, location, count, view] = Array.isArray(id) ? id : [];
    const isStorage = kind === 'storage' && type instanceof StorageType && typeof location === 'string';
    if (!isStorage || typeof key !== 'string') throw new UnpicklingError('Only persistent_load of storage is allowed');
    const storage = this.storages.get(key)?.storage ?? this.make(type, key, location, count);
    return view === null || view === undefined ? storage : this.view(storage, view);
  }

  private make(type: StorageType, key: string, location: string, count: unknown): Storage {
    const size = isCount(count) ? count * type.dtype.itemsize : Number.NaN;
    if (!(size <= this.left)) {
      throw new UnpicklingError(`storage ${key} of ${String(count)} elements is larger than the file justifies`);
    }
    this.left -= size;
    const bytes = callOperator<Tensor>('zeros', [size], dtypes.uint8);
    const storage = new Storage(placed(bytes, location, this.map), type.dtype);
    this.storages.set(key, { storage, size });
    return storage;
  }

  /** A storage over part of another, under a key of its own. */
  private view({ bytes, dtype }: Storage, description: unknown): Storage {
    const [key, offset, count] = Array.isArray(description) ? description : [];
    if (typeof key !== 'string' || !isCount(offset) || !isCount(count)) {
      throw new UnpicklingError('a view of a storage must have a key, an offset and a size');
    }
    const known = this.views.get(key);
    if (known !== undefined) return known;
    if (!bytes.is_cpu) throw new UnpicklingError('views of storages can only be loaded to the CPU');
    if ((offset + count) * dtype.itemsize > bytes.numel()) {
      throw new UnpicklingError(`view ${key} of ${count} elements at ${offset} lies outside of its storage`);
    }
    const view = new Storage(partOf(bytes, offset * dtype.itemsize, count * dtype.itemsize), dtype);
    this.views.set(key, view);
    return view;
  }

  /** Reads the bytes of one storage: how many elements it has, then the elements. */
  fill(key: unknown, unpickler: Unpickler): void {
    const entry = typeof key === 'string' ? this.storages.get(key) : undefined;
    if (entry === undefined) throw new UnpicklingError(`storage key ${kindOf(key)} not found`);
    const count = unpickler.input.uint64();
    if (count * entry.storage.dtype.itemsize !== entry.size)
      throw new UnpicklingError(`storage ${key} has another size`);
    const position = unpickler.input.skip(entry.size);
    const { bytes } = entry.storage;
    if (bytes.is_cpu) this.source.fill(bytes, position);
    else if (!bytes.is_meta) bytes.copy_(this.source.tensor(position, entry.size));
  }
}

/** The pickles before that of the value. */
export function readPreamble(unpickler: Unpickler): void {
  if (unpickler.load() !== MAGIC) {
    throw new UnpicklingError(
      'Invalid magic number; corrupt file? It is a pickle, but none that torch.save made: save it with torch.save',
    );
  }
  const protocol = unpickler.load();
  if (protocol !== PROTOCOL) throw new UnpicklingError(`Invalid protocol version: ${kindOf(protocol)}`);
  unpickler.load(); // the machine it was written on
}

export function loadLegacy(source: Source, map: MapLocation | null): unknown {
  const storages = new LegacyStorages(source, map);
  const unpickler = new Unpickler(source, { find: findGlobal, load: (id) => storages.find(id) });
  readPreamble(unpickler);
  const { result: value, check } = checkingLater(() => unpickler.load());
  const keys = unpickler.load();
  if (!Array.isArray(keys)) throw new UnpicklingError('expected the list of storages');
  for (const key of keys) storages.fill(key, unpickler);
  check();
  return new Plain().of(value);
}
