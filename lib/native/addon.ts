/** The native addon, typed. Each function takes and gives its values through the frame (frame.ts). */
import { loadAddon } from './loader';

/** A native function: it reads its arguments from the frame, and strings and buffers from `objects`. */
export type NativeFunction = (objects?: unknown[]) => unknown[] | undefined;

export interface Addon extends Record<NativeName, NativeFunction> {
  /** The buffer both sides share, grown to hold at least `slots` doubles. */
  frame(slots?: number): ArrayBuffer;
  /** What native code calls: the factory of errors, and the printer of libtorch's warnings. */
  set_callbacks(makeError: (kind: string, message: string) => Error, warn: (message: string) => void): void;
}

export const native = loadAddon<Addon>();

/** The functions that native/addon.cpp registers. */
export type NativeName =
  | 'invoke'
  | 'find_operator'
  | 'operator_names'
  | 'tensor_from_array'
  | 'tensor_over_buffer'
  | 'tensor_item'
  | 'tensor_bytes'
  | 'tensor_lend'
  | 'tensor_sizes'
  | 'tensor_strides'
  | 'tensor_dtype'
  | 'tensor_device'
  | 'tensor_layout'
  | 'tensor_facts'
  | 'tensor_is_contiguous'
  | 'tensor_storage'
  | 'tensor_index'
  | 'tensor_index_put'
  | 'backward'
  | 'grad'
  | 'requires_grad'
  | 'set_requires_grad'
  | 'is_leaf'
  | 'get_grad'
  | 'set_grad'
  | 'grad_fn'
  | 'output_nr'
  | 'tensor_version'
  | 'retain_grad'
  | 'retains_grad'
  | 'get_data'
  | 'set_data'
  | 'view_base'
  | 'node_name'
  | 'node_next'
  | 'node_variable'
  | 'is_grad_enabled'
  | 'set_grad_enabled'
  | 'is_inference_mode'
  | 'enter_inference_mode'
  | 'exit_inference_mode'
  | 'make_generator'
  | 'default_generator'
  | 'generator_manual_seed'
  | 'generator_seed'
  | 'generator_initial_seed'
  | 'generator_state'
  | 'set_generator_state'
  | 'generator_device'
  | 'manual_seed'
  | 'optim_zero_grad'
  | 'optim_adam'
  | 'optim_sgd'
  | 'release'
  | 'weaken'
  | 'sweep'
  | 'memory_stats'
  | 'set_pressure'
  | 'is_alive'
  | 'adjust_external_memory'
  | 'empty_caches'
  | 'libtorch_version'
  | 'build_configuration'
  | 'get_num_threads'
  | 'set_num_threads'
  | 'get_default_dtype'
  | 'set_default_dtype'
  | 'device_count'
  | 'format_numbers';
