/** The modes of the thread: whether operations are recorded. https://docs.pytorch.org/docs/2.13/autograd.html#locally-disable-grad */

import { requireFunction } from '../arguments/checks';
import { Signature } from '../arguments/signature';
import { type Enter, type Mode, withMode } from '../context/mode';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isOptions } from '../native/kinds';
import * as signatures from './generated/autograd';

/** Whether operations are recorded for gradients. */
export function is_grad_enabled(): boolean {
  return call(native.is_grad_enabled);
}

/** Whether inference mode is on. */
export function is_inference_mode_enabled(): boolean {
  return call(native.is_inference_mode);
}

function enterGrad(enabled: boolean): Enter {
  return () => {
    const before = call(native.set_grad_enabled, enabled);
    return () => call(native.set_grad_enabled, before);
  };
}

/** A function by name: it comes back with the mode around each of its calls, as from Python's decorator. */
interface Decorated<Args extends unknown[], Result> {
  orig_func: (...args: Args) => Result;
}

const ofDecorator = new Signature<{ orig_func?: ((...args: unknown[]) => unknown) | null }>(
  '_NoParamDecoratorContextManager.__new__',
  { orig_func: null },
);

function decorate(name: string, enter: Enter, orig_func: (...args: unknown[]) => unknown) {
  return function decorated(this: unknown, ...args: unknown[]): unknown {
    return withMode(name, enter, () => orig_func.apply(this, args));
  };
}

/** What is given is a callback to run now, or by name a function to decorate, or nothing. */
function enterOrDecorate(name: string, enter: Enter, given: unknown): unknown {
  if (!isOptions(given)) return withMode(name, enter, given as (() => unknown) | undefined);
  const { orig_func } = ofDecorator.read([given]);
  if (orig_func === null) return withMode(name, enter, undefined);
  requireFunction(name, 'orig_func', orig_func);
  return decorate(name, enter, orig_func);
}

/**
 * Turns the recording of operations off, while a callback runs or until the mode is disposed. A function given by name
 * (`{ orig_func }`) comes back with the mode around each of its calls.
 * https://docs.pytorch.org/docs/2.13/generated/torch.no_grad.html
 * @throws TypeError when the callback returns a promise
 *
 * @example
 * const x = torch.ones(2, { requires_grad: true });
 * console.log(torch.no_grad(() => x.mul(2)).requires_grad); // false
 */
export function no_grad<Result>(callback: () => Result): Result;
export function no_grad(named?: { orig_func?: null }): Mode;
export function no_grad<Args extends unknown[], Result>(named: Decorated<Args, Result>): (...args: Args) => Result;
export function no_grad(given?: unknown): unknown {
  return enterOrDecorate('no_grad', enterGrad(false), given);
}

/** Turns it on again inside `no_grad`. https://docs.pytorch.org/docs/2.13/generated/torch.enable_grad.html */
export function enable_grad<Result>(callback: () => Result): Result;
export function enable_grad(named?: { orig_func?: null }): Mode;
export function enable_grad<Args extends unknown[], Result>(named: Decorated<Args, Result>): (...args: Args) => Result;
export function enable_grad(given?: unknown): unknown {
  return enterOrDecorate('enable_grad', enterGrad(true), given);
}

/**
 * Turns the recording of operations on or off. Without a callback it also takes effect for good, unless disposed.
 * https://docs.pytorch.org/docs/2.13/generated/torch.set_grad_enabled.html
 */
export function set_grad_enabled(mode: boolean | { mode: boolean }): Mode;
export function set_grad_enabled<Result>(mode: boolean | { mode: boolean }, callback: () => Result): Result;
export function set_grad_enabled<Result>(given: boolean | { mode: boolean }, callback?: () => Result): Result | Mode {
  const { mode } = typeof given === 'boolean' ? { mode: given } : signatures.set_grad_enabled.read([given]);
  return withMode('set_grad_enabled', enterGrad(mode), callback);
}

/** Whether backward passes may use the threads of devices; the CPU's work stays on this one. */
export function is_multithreading_enabled(): boolean {
  return call(native.multithreading);
}

/**
 * Says whether backward passes may use the threads of devices; without a callback it also takes effect for good.
 * https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.grad_mode.set_multithreading_enabled
 */
export function set_multithreading_enabled(mode: boolean | { mode: boolean }): Mode;
export function set_multithreading_enabled<Result>(mode: boolean | { mode: boolean }, callback: () => Result): Result;
export function set_multithreading_enabled<Result>(
  given: boolean | { mode: boolean },
  callback?: () => Result,
): Result | Mode {
  const { mode } = signatures.set_multithreading_enabled.read([given]);
  const enter = () => {
    const before = is_multithreading_enabled();
    call(native.set_multithreading, mode);
    return () => call(native.set_multithreading, before);
  };
  return withMode('set_multithreading_enabled', enter, callback);
}

/** Whether views are made again from their bases after a change in place; only compilers turn it on. */
export function is_view_replay_enabled(): boolean {
  return call(native.view_replay);
}

/** The same for `inference_mode`, whose first parameter is the mode. */
interface Decorator {
  mode: (...args: unknown[]) => unknown;
}

function enterInference(enabled: boolean): Enter {
  return () => {
    call(native.enter_inference_mode, enabled);
    return () => call(native.exit_inference_mode);
  };
}

/**
 * Like `no_grad`, and the tensors made inside can never take part in autograd, which makes them cheaper.
 * https://docs.pytorch.org/docs/2.13/generated/torch.autograd.grad_mode.inference_mode.html
 */
export function inference_mode(mode?: boolean | signatures.InferenceModeOptions): Mode;
export function inference_mode<Result>(callback: () => Result): Result;
export function inference_mode<Args extends unknown[], Result>(named: {
  mode: (...args: Args) => Result;
}): (...args: Args) => Result;
export function inference_mode<Result>(mode: boolean | signatures.InferenceModeOptions, callback: () => Result): Result;
export function inference_mode<Result>(
  given: boolean | signatures.InferenceModeOptions | Decorator | (() => Result) = true,
  callback?: () => Result,
): Result | Mode | ((...args: unknown[]) => unknown) {
  if (typeof given === 'function') return withMode('inference_mode', enterInference(true), given);
  const { mode }: { mode: boolean | Decorator['mode'] } = signatures.inference_mode.read([given]);
  if (typeof mode === 'function') return decorate('inference_mode', enterInference(true), mode);
  return withMode('inference_mode', enterInference(mode), callback);
}
