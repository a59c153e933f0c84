/** Operations in a lower precision where that is safe. https://docs.pytorch.org/docs/2.13/amp.html */

import { refuse, requireBoolean, requireString } from '../arguments/checks';
import { REQUIRED, Signature } from '../arguments/signature';
import { TorchError, warn } from '../base/errors';
import { Device, DType, dtypeOf, dtypes, parseDevice } from '../base/types';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { typeName } from '../native/kinds';
import { type Mode, withMode } from './mode';

export interface AutocastOptions {
  /** The lower precision; the device's own when null. */
  dtype?: DType | null;
  enabled?: boolean;
  /** Whether casts of weights are kept until autocast ends; as it is now when null. */
  cache_enabled?: boolean | null;
}

function deviceOf(device_type: string): Device {
  return parseDevice(device_type);
}

function stateOf(device_type: string): { available: boolean; enabled: boolean; dtype: DType } {
  const [available, enabled, code] = call(native.autocast_state, deviceOf(device_type));
  if (!available)
    throw new TorchError(`unknown device type for autocast in get_autocast_dispatch_key_from_device_type`);
  return { available, enabled, dtype: dtypeOf(code) };
}

/** Whether autocast knows a type of device. */
export function is_autocast_available(device_type: string | { device_type: string }): boolean {
  return isAvailable(ofAvailable.read([device_type]).device_type);
}

const ofAvailable = new Signature<{ device_type: string }>('is_autocast_available', { device_type: REQUIRED });

function isAvailable(device_type: string): boolean {
  requireString('is_autocast_available', 'device_type', device_type);
  return call(native.autocast_state, deviceOf(device_type))[0];
}

const ofEnabled = new Signature<{ device_type?: string }>('is_autocast_enabled', { device_type: 'cuda' });

/** Whether autocast is on for a type of device. */
export function is_autocast_enabled(device_type?: string | { device_type: string }): boolean;
export function is_autocast_enabled(...args: unknown[]): boolean {
  const { device_type } = ofEnabled.read(args);
  requireString('is_autocast_enabled', 'device_type', device_type);
  return stateOf(device_type).enabled;
}

const ofSwitch = new Signature<{ device_type: string; enabled: boolean }>('set_autocast_enabled', {
  device_type: REQUIRED,
  enabled: REQUIRED,
});

/** Turns it on or off, for good. */
export function set_autocast_enabled(device_type: string, enabled: boolean): void;
export function set_autocast_enabled(args: { device_type: string; enabled: boolean }): void;
export function set_autocast_enabled(...args: unknown[]): void {
  const { device_type, enabled } = ofSwitch.read(args);
  requireBoolean('set_autocast_enabled', 'enabled', enabled);
  call(native.set_autocast_enabled, deviceOf(device_type), enabled);
}

const ofDtype = new Signature<{ device_type: string }>('get_autocast_dtype', { device_type: REQUIRED });

/** The lower precision of a type of device. */
export function get_autocast_dtype(device_type: string | { device_type: string }): DType;
export function get_autocast_dtype(...args: unknown[]): DType {
  const { device_type } = ofDtype.read(args);
  requireString('get_autocast_dtype', 'device_type', device_type);
  return stateOf(device_type).dtype;
}

const ofPrecision = new Signature<{ device_type: string; dtype: DType }>('set_autocast_dtype', {
  device_type: REQUIRED,
  dtype: REQUIRED,
});

/** Sets the dtype that autocast uses on a type of device. */
export function set_autocast_dtype(device_type: string, dtype: DType): void;
export function set_autocast_dtype(args: { device_type: string; dtype: DType }): void;
export function set_autocast_dtype(...args: unknown[]): void {
  const { device_type, dtype } = ofPrecision.read(args);
  if (!(dtype instanceof DType)) refuse('set_autocast_dtype', 'dtype', 'torch.dtype', dtype);
  call(native.set_autocast_dtype, deviceOf(device_type), dtype);
}

// Deprecated: the functions above with a type of device.

/** Whether autocast is on for the CPU. */
export function is_autocast_cpu_enabled(): boolean {
  return is_autocast_enabled('cpu');
}

/** Switches autocast on the CPU on or off. */
export function set_autocast_cpu_enabled(enabled: boolean): void {
  set_autocast_enabled('cpu', enabled);
}

/** The dtype that autocast uses on the CPU. */
export function get_autocast_cpu_dtype(): DType {
  return get_autocast_dtype('cpu');
}

/** Sets the dtype that autocast uses on the CPU. */
export function set_autocast_cpu_dtype(dtype: DType): void {
  set_autocast_dtype('cpu', dtype);
}

/** The dtype that autocast uses on CUDA. */
export function get_autocast_gpu_dtype(): DType {
  return get_autocast_dtype('cuda');
}

/** Sets the dtype that autocast uses on CUDA. */
export function set_autocast_gpu_dtype(dtype: DType): void {
  set_autocast_dtype('cuda', dtype);
}

/** Whether autocast keeps the weights that it has cast. */
export function is_autocast_cache_enabled(): boolean {
  return call(native.is_autocast_cache_enabled);
}

/** Sets whether autocast keeps the weights that it has cast. */
export function set_autocast_cache_enabled(enabled: boolean): void {
  requireBoolean('set_autocast_cache_enabled', 'enabled', enabled);
  call(native.set_autocast_cache_enabled, enabled);
}

/** Drops the kept casts of weights. */
export function clear_autocast_cache(): void {
  call(native.clear_autocast_cache);
}

/** Enters one more level of autocast; gives the level. */
export function autocast_increment_nesting(): number {
  return call(native.change_autocast_nesting, 1);
}

/** Leaves a level of autocast; gives the level. */
export function autocast_decrement_nesting(): number {
  return call(native.change_autocast_nesting, -1);
}

/** Why autocast stays off, with PyTorch's words; null when it can be on. */
function obstacle(device_type: string, dtype: DType): string | null {
  if (device_type === 'cuda') {
    const found = call(native.device_count, new Device('cuda')) > 0;
    return found ? null : 'CUDA is not available or torch_xla is imported. Disabling autocast.';
  }
  if (dtype === dtypes.bfloat16 || dtype === dtypes.float16) return null;
  const device = device_type.toUpperCase();
  return (
    `In ${device} autocast, but the target dtype is not supported. Disabling autocast.\n` +
    `${device} Autocast only supports dtypes of torch.bfloat16, torch.float16 currently.`
  );
}

function entering(device_type: string, dtype: DType, enabled: boolean, cacheEnabled: boolean): () => () => void {
  return () => {
    const before = { ...stateOf(device_type), cache: is_autocast_cache_enabled() };
    set_autocast_enabled(device_type, enabled);
    set_autocast_dtype(device_type, dtype);
    autocast_increment_nesting();
    set_autocast_cache_enabled(cacheEnabled);
    return () => {
      if (autocast_decrement_nesting() === 0) clear_autocast_cache();
      set_autocast_enabled(device_type, before.enabled);
      set_autocast_dtype(device_type, before.dtype);
      set_autocast_cache_enabled(before.cache);
    };
  };
}

interface AutocastArguments extends AutocastOptions {
  device_type: string;
}

const ofAutocast = new Signature<AutocastArguments>('autocast.__init__', {
  device_type: REQUIRED,
  dtype: null,
  enabled: true,
  cache_enabled: null,
});

/**
 * Runs a callback with matrix products and convolutions in a lower precision, and what needs it in float32:
 * `torch.autocast('cpu', { dtype: torch.bfloat16 }, () => model(x))`. Without a callback the mode lasts until it is
 * disposed: `using _ = torch.autocast('cpu')`.
 * https://docs.pytorch.org/docs/2.13/amp.html#torch.autocast
 * @throws TorchError for a type of device without autocast
 * @throws TypeError when the callback returns a promise
 */
export function autocast(
  device_type: string | AutocastArguments,
  dtype?: DType | null | AutocastOptions,
  enabled?: boolean | AutocastOptions,
  cache_enabled?: boolean | null | AutocastOptions,
): Mode;
export function autocast<Result>(device_type: string | AutocastArguments, callback: () => Result): Result;
export function autocast<Result>(
  device_type: string,
  dtype: DType | null | AutocastOptions,
  enabled: boolean | AutocastOptions | (() => Result),
  cache_enabled?: boolean | null | AutocastOptions | (() => Result),
  callback?: () => Result,
): Result;
export function autocast<Result>(...args: unknown[]): Result | Mode {
  const last = args[args.length - 1];
  const callback = typeof last === 'function' ? (last as () => Result) : undefined;
  const given = ofAutocast.read(callback === undefined ? args : args.slice(0, -1));
  const device = given.device_type;
  if (typeof device !== 'string') {
    throw new RangeError(`Expected \`device_type\` of type \`str\`, got: \`${typeName(device)}\``);
  }
  if (!is_autocast_available(device)) {
    throw new TorchError(`User specified an unsupported autocast device_type '${device}'`);
  }
  const dtype = given.dtype ?? get_autocast_dtype(device);
  const problem = given.enabled ? obstacle(device, dtype) : null;
  if (problem !== null) warn(problem);
  const enabled = given.enabled && problem === null;
  return withMode(
    'autocast',
    entering(device, dtype, enabled, given.cache_enabled ?? is_autocast_cache_enabled()),
    callback,
  );
}
