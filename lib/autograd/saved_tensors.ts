/** How the graph keeps the tensors that the backward pass needs. https://docs.pytorch.org/docs/2.13/autograd.html#saved-tensors-default-hooks */

import { isTensor } from '../arguments/checks';
import type { Device } from '../base/types';
import { type Mode, splitCallback, withMode } from '../context/mode';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isOptions, typeName } from '../native/kinds';
import { keep } from '../native/memory';
import { objectsIn } from '../native/tidy';
import type { Tensor } from '../tensor/tensor';
import * as signatures from './generated/autograd_graph';

/** What `pack` made of a tensor, on its way through native code. */
class Packed {
  constructor(readonly value: unknown) {}
}

/** Thrown in place of unpacking: what hooks keep, for who only looks. */
class Kept extends Error {
  constructor(readonly value: unknown) {
    super('kept');
  }
}

let looking = false;

/** What hooks keep in place of a tensor, without unpacking it; where there are no hooks, what `unpack` gives. */
export function keptByHooks(unpack: () => Tensor | null): unknown {
  looking = true;
  try {
    return unpack();
  } catch (error) {
    if (error instanceof Kept) return error.value;
    throw error;
  } finally {
    looking = false;
  }
}

function checkCallable(hook: unknown): void {
  if (typeof hook !== 'function') throw new TypeError(`'${typeName(hook)}' object is not callable`);
}

/** What native code calls in place of the user's pair. */
export function nativeHooks<Value>(
  pack: (x: Tensor) => Value,
  unpack: (value: Value) => Tensor,
): [pack: (x: Tensor) => Packed, unpack: (packed: Packed) => Tensor] {
  checkCallable(pack);
  checkCallable(unpack);
  const packHook = (x: Tensor) => {
    const value = pack(x);
    for (const object of objectsIn(value, new Set())) keep(object); // the graph uses it beyond a tidy() scope
    return new Packed(value);
  };
  const unpackHook = (packed: Packed) => {
    if (looking) throw new Kept(packed.value);
    const x: unknown = unpack(packed.value as Value);
    if (isTensor(x)) return x;
    throw new TypeError(
      `Output of saved tensor unpack_hook expected to be a Tensor but got result of type ${typeName(x)}`,
    );
  };
  return [packHook, unpackHook];
}

function enterHooks<Value>(pack: (x: Tensor) => Value, unpack: (value: Value) => Tensor): () => () => void {
  const hooks = nativeHooks(pack, unpack);
  return () => {
    call(native.push_saved_hooks, ...hooks);
    return () => call(native.pop_saved_hooks);
  };
}

interface Hooks<Value> {
  readonly pack_hook: (x: Tensor) => Value;
  readonly unpack_hook: (value: Value) => Tensor;
}

/**
 * Saves `pack(x)` in place of each tensor `x` that the graph would save, and uses `unpack` of that in the backward
 * pass. Only the innermost pair counts.
 * https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.graph.saved_tensors_hooks
 */
export function saved_tensors_hooks<Value>(pack: (x: Tensor) => Value, unpack: (value: Value) => Tensor): Mode;
export function saved_tensors_hooks<Value, Result>(
  pack: (x: Tensor) => Value,
  unpack: (value: Value) => Tensor,
  callback: () => Result,
): Result;
export function saved_tensors_hooks<Value>(hooks: Hooks<Value>): Mode;
export function saved_tensors_hooks<Value, Result>(hooks: Hooks<Value>, callback: () => Result): Result;
export function saved_tensors_hooks<Value, Result>(...args: readonly unknown[]): Result | Mode {
  const count = isOptions(args[0]) ? 1 : 2;
  const { pack_hook, unpack_hook } = signatures.saved_tensors_hooks.read(args.slice(0, count));
  const enter = enterHooks(pack_hook as Hooks<Value>['pack_hook'], unpack_hook as Hooks<Value>['unpack_hook']);
  return withMode('saved_tensors_hooks', enter, args[count] as (() => Result) | undefined);
}

export interface SaveOnCpuOptions {
  pin_memory?: boolean;
  /** The accelerator that pinned memory is copied from faster. */
  device_type?: string;
}

/** A tensor in the memory of the CPU and where it came from. */
type OnCpu = readonly [device: Device, x: Tensor];

/**
 * Keeps the tensors that the graph saves in the memory of the CPU.
 * https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.graph.save_on_cpu
 */
export function save_on_cpu(pin_memory?: boolean | SaveOnCpuOptions): Mode;
export function save_on_cpu<Result>(callback: () => Result): Result;
export function save_on_cpu<Result>(pin_memory: boolean | SaveOnCpuOptions, callback: () => Result): Result;
export function save_on_cpu(...args: unknown[]): unknown {
  const [given, callback] = splitCallback(args);
  const { pin_memory: pin } = signatures.save_on_cpu.read(given);
  const pack = (x: Tensor): OnCpu => {
    const copy = x.to('cpu');
    return [x.device, pin && x.is_cuda && !x.is_sparse ? copy.pin_memory() : copy];
  };
  const unpack = ([device, x]: OnCpu) => x.to(device, null, pin);
  return withMode('save_on_cpu', enterHooks(pack, unpack), callback);
}

type Message = string | { error_message: string };

/**
 * Makes `saved_tensors_hooks` an error with this message.
 * https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.graph.disable_saved_tensors_hooks
 */
export function disable_saved_tensors_hooks(error_message: Message): Mode;
export function disable_saved_tensors_hooks<Result>(error_message: Message, callback: () => Result): Result;
export function disable_saved_tensors_hooks<Result>(error_message: Message, callback?: () => Result): Result | Mode {
  const [message] = signatures.disable_saved_tensors_hooks.list([error_message]);
  const enter = () => {
    const before = call(native.disable_saved_hooks, message);
    return () => call(native.disable_saved_hooks, before);
  };
  return withMode('disable_saved_tensors_hooks', enter, callback);
}
