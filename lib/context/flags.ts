/** Libtorch's process-wide switches. */

import { requireBoolean } from '../arguments/checks';
import { isInteger } from '../arguments/integers';
import { REQUIRED, Signature } from '../arguments/signature';
import { showEachTime, TorchError, warn } from '../base/errors';
import { valueText } from '../base/python_text';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { typeName } from '../native/kinds';
import * as signatures from './generated/torch';

/** The switches that native/context/flags.cpp lists. */
export type FlagName =
  | 'deterministic_algorithms'
  | 'deterministic_warn_only'
  | 'fill_uninitialized_memory'
  | 'sparse_invariants'
  | 'cudnn'
  | 'cudnn_benchmark'
  | 'cudnn_deterministic'
  | 'cudnn_tf32'
  | 'matmul_tf32'
  | 'mkldnn'
  | 'miopen_immediate'
  | 'mkldnn_deterministic'
  | 'nnpack'
  | 'flash_sdp'
  | 'mem_efficient_sdp'
  | 'math_sdp'
  | 'cudnn_sdp'
  | 'warn_always';

export function getFlag(name: FlagName): boolean {
  return call(native.get_flag, name);
}

export function setFlag(name: FlagName, on: boolean): void {
  if (typeof on !== 'boolean') throw new TypeError(`expected a bool, but got ${typeof on}`);
  call(native.set_flag, name, on);
}

/** What libtorch was built with. */
export type Feature = 'openmp' | 'mkl' | 'lapack' | 'mkldnn' | 'cuda' | 'mps' | 'cudnn';

export function hasFeature(name: Feature): boolean {
  return call(native.has_feature, name);
}

// ---- warnings

/** Whether every warning is shown each time, not once. */
export function is_warn_always_enabled(): boolean {
  return getFlag('warn_always');
}

/**
 * Whether a warning is shown each time, not only the first: libtorch's, in the whole process, and this package's.
 * https://docs.pytorch.org/docs/2.13/generated/torch.set_warn_always.html
 */
export function set_warn_always(enabled: boolean): void {
  if (typeof enabled !== 'boolean') {
    throw new TorchError(`setWarnOnlyOnce expects a bool, but got ${typeName(enabled)}`);
  }
  setFlag('warn_always', enabled);
  showEachTime(enabled);
}

// ---- determinism

/**
 * Makes operators that have no deterministic algorithm throw, or with `warn_only` warn.
 * https://docs.pytorch.org/docs/2.13/generated/torch.use_deterministic_algorithms.html
 */
export function use_deterministic_algorithms(...args: signatures.UseDeterministicAlgorithmsArgs): void {
  const [mode, warn_only] = signatures.use_deterministic_algorithms.list(args);
  const name = '_set_deterministic_algorithms';
  if (typeof mode !== 'boolean') {
    throw new TypeError(`${name}(): argument 'mode' (position 1) must be bool, not ${typeName(mode)}`);
  }
  requireBoolean(name, 'warn_only', warn_only);
  setFlag('deterministic_algorithms', mode);
  setFlag('deterministic_warn_only', warn_only);
}

/** Whether operators without a deterministic implementation throw or warn. https://docs.pytorch.org/docs/2.13/generated/torch.are_deterministic_algorithms_enabled.html */
export function are_deterministic_algorithms_enabled(): boolean {
  return getFlag('deterministic_algorithms');
}

/** Whether they only warn. https://docs.pytorch.org/docs/2.13/generated/torch.is_deterministic_algorithms_warn_only_enabled.html */
export function is_deterministic_algorithms_warn_only_enabled(): boolean {
  return getFlag('deterministic_warn_only');
}

const debugModes = ['default', 'warn', 'error'] as const;
export type DeterministicDebugMode = (typeof debugModes)[number] | 0 | 1 | 2;

const ofDebugMode = new Signature<{ debug_mode: DeterministicDebugMode }>('set_deterministic_debug_mode', {
  debug_mode: REQUIRED,
});

/** 0 or 'default', 1 or 'warn', 2 or 'error'. https://docs.pytorch.org/docs/2.13/generated/torch.set_deterministic_debug_mode.html */
export function set_deterministic_debug_mode(
  given: DeterministicDebugMode | { debug_mode: DeterministicDebugMode },
): void {
  const { debug_mode } = ofDebugMode.read([given]);
  const mode = typeof debug_mode === 'string' ? debugModes.indexOf(debug_mode) : debug_mode;
  if (mode === -1) {
    throw new TorchError(
      `invalid value of debug_mode, expected one of \`default\`, \`warn\`, \`error\`, but got ${debug_mode}`,
    );
  }
  if (![0, 1, 2].includes(mode)) {
    throw new TorchError(`invalid value of debug_mode, expected 0, 1, or 2, but got ${String(debug_mode)}`);
  }
  use_deterministic_algorithms(mode > 0, { warn_only: mode === 1 });
}

/** 0, 1 when such operators warn, 2 when they throw. https://docs.pytorch.org/docs/2.13/generated/torch.get_deterministic_debug_mode.html */
export function get_deterministic_debug_mode(): number {
  if (!are_deterministic_algorithms_enabled()) return 0;
  return is_deterministic_algorithms_warn_only_enabled() ? 1 : 2;
}

// ---- numbers and threads

export type MatmulPrecision = 'highest' | 'high' | 'medium';

/** How precisely float32 matrices are multiplied on hardware that has faster ways. */
export function get_float32_matmul_precision(): MatmulPrecision {
  return call(native.get_float32_matmul_precision);
}

/**
 * How exact float32 matrix products are: `highest`, or faster ones with parts of lower precision.
 * https://docs.pytorch.org/docs/2.13/generated/torch.set_float32_matmul_precision.html
 */
export function set_float32_matmul_precision(precision: MatmulPrecision): void {
  if (!['highest', 'high', 'medium'].includes(precision)) {
    warn(
      `${typeof precision === 'string' ? precision : valueText(precision)} is not one of 'highest', 'high', or 'medium'; the current setting stays`,
    );
    return;
  }
  call(native.set_float32_matmul_precision, precision);
}

/** Treats numbers too small to be normal as 0; says whether the processor can. */
export function set_flush_denormal(mode: boolean): boolean {
  requireBoolean('set_flush_denormal', 'mode', mode);
  return call(native.set_flush_denormal, mode);
}

/** How many threads run operations beside each other. https://docs.pytorch.org/docs/2.13/generated/torch.get_num_interop_threads.html */
export function get_num_interop_threads(): number {
  return call(native.get_num_interop_threads);
}

/** How many threads there may be: a positive int32. */
function requireThreads(name: string, count: unknown): asserts count is number {
  if (!isInteger(count)) throw new TorchError(`${name} expects an int, but got ${typeName(count)}`);
  if (count >= 2 ** 31 || count < -(2 ** 31)) throw new RangeError('Overflow when unpacking long');
  if (count <= 0) throw new TorchError(`${name} expects a positive integer`);
}

/**
 * How many threads an operation may use.
 * @throws TorchError for what is no positive integer, RangeError from 2³¹ on
 */
export function set_num_threads(count: number): void {
  requireThreads('set_num_threads', count);
  call(native.set_num_threads, count);
}

/** Only before the first work in parallel. */
export function set_num_interop_threads(count: number): void {
  requireThreads('set_num_interop_threads', count);
  call(native.set_num_interop_threads, count);
}
