/** Files from before PyTorch 1.6: pickles one after the other, then the storages. Read only. */
import type { Source } from '../files/source';
import { callOperator } from '../operators/operator';
import { Plain } from '../pickle/plain';
import { Unpickler, UnpicklingError } from '../pickle/unpickler';
import type { Tensor } from '../tensor';
import { dtypes } from '../types';
import { type MapLocation, placed } from './locations';
import { checkingLater, findGlobal, Storage } from './rebuild';
import { StorageType } from './storages';

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;

/** The storages that the pickle names; their bytes come after it. */
class LegacyStorages {
  private readonly storages = new Map<string, { storage: Storage; size: number }>();
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
    if (kind !== 'storage' || !(type instanceof StorageType) || typeof location !== 'string') {
      throw new UnpicklingError('Only persistent_load of storage is allowed');
    }
    if (view !== null && view !== undefined) throw new UnpicklingError('views of storages are not supported');
    const known = this.storages.get(String(key));
    if (known !== undefined) return known.storage;
    const size = count * type.dtype.itemsize;
    if (!Number.isSafeInteger(size) || size < 0 || size > this.left) {
      throw new UnpicklingError(`storage ${key} of ${count} elements is larger than the file justifies`);
    }
    this.left -= size;
    const bytes = callOperator<Tensor>('zeros', [size], dtypes.uint8);
    const storage = new Storage(placed(bytes, location, this.map), type.dtype);
    this.storages.set(String(key), { storage, size });
    return storage;
  }

  /** Reads the bytes of one storage: how many elements it has, then the elements. */
  fill(key: unknown, unpickler: Unpickler): void {
    const entry = this.storages.get(String(key));
    if (entry === undefined) throw new UnpicklingError(`storage key ${key} not found`);
    const count = unpickler.input.uint64();
    if (count * entry.storage.dtype.itemsize !== entry.size)
      throw new UnpicklingError(`storage ${key} has another size`);
    const position = unpickler.input.skip(entry.size);
    const { bytes } = entry.storage;
    if (bytes.is_cpu) this.source.fill(bytes, position);
    else if (!bytes.is_meta) bytes.copy_(this.source.tensor(position, entry.size));
  }
}

/** Python's tarfile made the oldest files. */
function isTar(source: Source): boolean {
  return source.size > 512 && source.read(257, 5).toString('latin1') === 'ustar';
}

/** The pickles before that of the value. */
export function readPreamble(unpickler: Unpickler): void {
  if (unpickler.load() !== MAGIC) throw new UnpicklingError('Invalid magic number; corrupt file?');
  const protocol = unpickler.load();
  if (protocol !== PROTOCOL) throw new UnpicklingError(`Invalid protocol version: ${protocol}`);
  unpickler.load(); // the machine it was written on
}

export function loadLegacy(source: Source, map: MapLocation | null): unknown {
  if (isTar(source)) {
    throw new UnpicklingError(
      'the file has the .tar format of before PyTorch 0.1.10, which cannot be read safely (weights_only): ' +
        'load it in Python with weights_only=False and save it again',
    );
  }
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
