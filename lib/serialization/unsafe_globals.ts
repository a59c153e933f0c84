/** What a file names that is not allowed. */
import { type FileOrBytes, withSource } from '../files/places';
import { BytesSource, type Source } from '../files/source';
import { Callable, Unpickler, UnpicklingError } from '../pickle/unpickler';
import { Dict } from '../pickle/values';
import { Archive } from './archive';
import { readPreamble } from './legacy';
import { findGlobal } from './rebuild';

function isAllowed(module: string, name: string): boolean {
  try {
    findGlobal(module, name);
    return true;
  } catch (error) {
    if (error instanceof UnpicklingError) return false;
    throw error;
  }
}

/** Goes through a pickle, making nothing: whatever it calls gives an empty dict. */
function scan(source: Source, isLegacy: boolean): string[] {
  const found = new Set<string>();
  const nothing = new Callable('nothing', () => new Dict(), () => {}); // biome-ignore format: one line
  const find = (module: string, name: string) => {
    if (!isAllowed(module, name)) found.add(`${module}.${name}`);
    return nothing;
  };
  const unpickler = new Unpickler(source, { find, load: () => null });
  try {
    if (isLegacy) readPreamble(unpickler);
    unpickler.load();
  } catch (error) {
    if (!(error instanceof UnpicklingError)) throw error; // what it does to what is not there
  }
  return [...found];
}

/**
 * The names of the classes and functions in a file that `load` would refuse, for `add_safe_globals`.
 * https://docs.pytorch.org/docs/2.13/notes/serialization.html#torch.serialization.get_unsafe_globals_in_checkpoint
 */
export function get_unsafe_globals_in_checkpoint(f: FileOrBytes): string[] {
  return withSource(f, 'f', false, (source) => {
    if (!Archive.is(source)) return scan(source, true);
    return scan(new BytesSource(new Archive(source, false).bytes('data.pkl')), false);
  });
}
