/**
 * Files of tensors and nothing else, with the names of Python's `safetensors` and `safetensors.torch`.
 * https://huggingface.co/docs/safetensors
 */
export { SafetensorError } from './errors';
export { load, load_file } from './load';
export { load_model, type SaveStateDictOptions, save_model, save_torch_state_dict } from './model';
export { type OpenOptions, type SafeOpen, type SafeSlice, safe_open } from './open';
export { type Metadata, save, save_file } from './save';
export type { Tensors } from './shared';
