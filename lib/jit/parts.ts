/**
 * The parts of a TorchScript archive, read before libtorch reads them: it trusts every length and size in its pickles, and
 * calls itself for each level that they and the code are nested.
 */
import { TorchError } from '../base/errors';
import { scalarTypes } from '../base/types';
import { BytesSource, type Source } from '../files/source';
import { ZipReader } from '../files/zip/reader';
import { Callable, Unpickler, UnpicklingError } from '../pickle/unpickler';
import { checkNesting, DEEPEST } from './nesting';

/** What loading does not read. A trace's inputs are in it without their elements. */
const UNREAD = /(^|\/)traced_inputs\.pkl$/;

const CODE = /(^|\/)code\/.*\.py$/;

/** What a pickle makes that is no list, dict or number. */
class Made {}

/** What functions of `torch.jit._pickle` are given, they give back with its type. */
const TYPED = 'torch.jit._pickle';

function typed([value, type]: unknown[]): unknown {
  if (typeof type === 'string') checkNesting(type, 'a type');
  return value;
}

function find(module: string, name: string): Callable {
  const call = module === TYPED ? typed : () => new Made();
  const isOwn = /^__torch__(\.|$)/.test(module); // a class of the program, or an enum, which is given its bare value
  return new Callable(`${module}.${name}`, call, () => {}, isOwn);
}

const sizes = new Map(Object.entries(scalarTypes).map(([name, dtype]) => [`torch.${name}Storage`, dtype.itemsize]));

/** How many bytes an element of a storage has. */
function itemsizeOf(type: unknown): number {
  const itemsize = type instanceof Callable ? sizes.get(type.path) : undefined;
  if (itemsize === undefined) throw new UnpicklingError('a storage has a type that is none');
  return itemsize;
}

/** Whether what a pickle says of a storage is behind it. */
function checkStorage(zip: ZipReader, folder: string, id: unknown): Made {
  const [, type, key, , count] = Array.isArray(id) ? (id as unknown[]) : [];
  const itemsize = itemsizeOf(type);
  const elements = typeof count === 'bigint' ? Number(count) : count;
  if (typeof key !== 'string' || typeof elements !== 'number' || !(elements >= 0)) {
    throw new UnpicklingError('a storage is described by what is no name and no count');
  }
  if (elements === 0) return new Made();
  const entry = zip.entries.get(`${folder}/${key}`);
  if (entry === undefined) throw new UnpicklingError(`storage ${key} is not in the archive`);
  if (elements * itemsize > entry.size) {
    throw new UnpicklingError(
      `storage ${key} has ${entry.size} bytes, too few for ${elements} elements of ${itemsize}`,
    );
  }
  return new Made();
}

function checkPickle(zip: ZipReader, name: string): void {
  const folder = name.replace(/\.pkl$/, '');
  const load = (id: unknown) => checkStorage(zip, folder, id);
  new Unpickler(new BytesSource(zip.bytes(name)), { find, load, deepest: DEEPEST }).load();
}

/**
 * Reads all pickles and all code of an archive and makes nothing of them.
 * @throws TorchError for one that is damaged or nested too deeply, or says that a storage has more than there is
 */
export function checkParts(source: Source): void {
  const zip = new ZipReader(source);
  for (const name of zip.entries.keys()) {
    try {
      if (CODE.test(name)) checkNesting(zip.bytes(name).toString('latin1'), 'the code');
      else if (name.endsWith('pkl') && !UNREAD.test(name)) checkPickle(zip, name);
    } catch (error) {
      if (!(error instanceof UnpicklingError || error instanceof TorchError)) throw error;
      throw new TorchError(`the TorchScript archive is damaged: ${name}: ${error.message}`);
    }
  }
}
