/** torch.save, torch.load and torch.serialization. https://docs.pytorch.org/docs/2.13/notes/serialization.html */
export { UnpicklingError } from '../pickle/unpickler';
export {
  get_crc32_options,
  get_default_load_endianness,
  get_default_mmap_options,
  LoadEndianness,
  set_crc32_options,
  set_default_load_endianness,
  set_default_mmap_options,
  skip_data,
} from './config';
export { type LoadOptions, type LoadSource, load } from './load';
export type { MapLocation } from './locations';
export {
  add_safe_globals,
  clear_safe_globals,
  get_safe_globals,
  type SafeGlobal,
  type SafeGlobals,
  safe_globals,
} from './safe_globals';
export { type SaveOptions, type SaveTarget, save } from './save';
export { get_unsafe_globals_in_checkpoint } from './unsafe_globals';
