/** torch.save, torch.load and torch.serialization. https://docs.pytorch.org/docs/2.13/notes/serialization.html */
export { UnpicklingError } from '../pickle/unpickler';
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
