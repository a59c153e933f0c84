/** Checkpoints of functions and of sequences of modules. */

import { requireFunction } from '../../arguments/checks';
import { is_grad_enabled } from '../../autograd/grad_mode';
import { warn } from '../../base/errors';
import { type Mode, withMode } from '../../context/mode';
import { typeName } from '../../native/kinds';
import { isModule, type Module } from '../../nn/modules/module';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/utils_checkpoint';
import { autocastStates, withAutocast } from './autocast';
import { metadataChecks, Recomputation } from './recompute';
import { CheckpointFunction } from './reentrant';
import { randomStates, withRandomStates } from './rng';

/** Runs a callback under some mode: `torch.no_grad`. */
export type Context = <Result>(body: () => Result) => Result;

/** Gives the recomputation the random numbers of the forward pass; an argument that PyTorch takes from `**kwargs`. */
interface RandomOptions {
  preserve_rng_state?: boolean;
}

export type CheckpointOptions = signatures.CheckpointOptions & RandomOptions;

function reentrantByDefault(name: string): true {
  warn(
    `${name}: the use_reentrant parameter should be passed explicitly. Starting in PyTorch 2.9, calling checkpoint without use_reentrant will raise an exception. use_reentrant=False is recommended, but if you need to preserve the current default behavior, you can pass use_reentrant=True. Refer to docs for more details on the differences between the two variants.`,
  );
  return true;
}

let debugForAll: boolean | null = null;

/**
 * Sets for all checkpoints made inside whether a mismatch is told with the operators of both runs; with null each says so
 * itself again.
 * https://docs.pytorch.org/docs/2.13/checkpoint.html#torch.utils.checkpoint.set_checkpoint_debug_enabled
 */
export function set_checkpoint_debug_enabled(enabled: boolean | null): Mode;
export function set_checkpoint_debug_enabled<Result>(enabled: boolean | null, callback: () => Result): Result;
export function set_checkpoint_debug_enabled<Result>(enabled: boolean | null, callback?: () => Result): Result | Mode {
  const enter = () => {
    const before = debugForAll;
    debugForAll = enabled;
    return () => {
      debugForAll = before;
    };
  };
  return withMode('set_checkpoint_debug_enabled', enter, callback);
}

let earlyStopForAll: boolean | undefined;

/**
 * Sets for all checkpoints made inside whether recomputation may end early.
 * https://docs.pytorch.org/docs/2.13/checkpoint.html#torch.utils.checkpoint.set_checkpoint_early_stop
 */
export function set_checkpoint_early_stop(enable: boolean): Mode;
export function set_checkpoint_early_stop<Result>(enable: boolean, callback: () => Result): Result;
export function set_checkpoint_early_stop<Result>(enable: boolean, callback?: () => Result): Result | Mode {
  const enter = () => {
    const before = earlyStopForAll;
    earlyStopForAll = enable;
    return () => {
      earlyStopForAll = before;
    };
  };
  return withMode('set_checkpoint_early_stop', enter, callback);
}

type AnyFunction = (...args: never[]) => unknown;

function recomputing(fn: AnyFunction, args: readonly unknown[], options: Required<CheckpointOptions>): unknown {
  const { context_fn, determinism_check, debug, early_stop, preserve_rng_state } = options;
  const metadata = metadataChecks[determinism_check];
  if (metadata === undefined) {
    throw new RangeError(`determinism_check should be one of ['default', 'none'], but got ${determinism_check}`);
  }
  const [forward, recompute] = context_fn?.() ?? [];
  const run = () => fn(...(args as never[]));
  const underForward = () => (forward === undefined ? run() : forward(run));
  if (!is_grad_enabled()) return run();
  const states = preserve_rng_state ? randomStates(args) : undefined;
  const casts = autocastStates(args);
  const again = (own: readonly unknown[]) => {
    const repeat = () => fn(...(own as never[]));
    const inContext = () => (recompute === undefined ? repeat() : recompute(repeat));
    withRandomStates(states, own, () => withAutocast(casts, inContext));
  };
  return new Recomputation(again, args, metadata, earlyStopForAll ?? early_stop, debugForAll ?? debug).forward(
    underForward,
  );
}

/**
 * Calls `fn(...args)` without keeping what the backward pass needs of the inside: that is computed again then. Options
 * come in a last plain object: `checkpoint(block, x, { use_reentrant: false })`.
 * https://docs.pytorch.org/docs/2.13/checkpoint.html#torch.utils.checkpoint.checkpoint
 * @throws CheckpointError from backward when the function does something else the second time
 */
export function checkpoint<Args extends unknown[], Result>(
  fn: (...args: Args) => Result,
  ...args: Args | [...args: Args, options: CheckpointOptions & Record<string, unknown>]
): Result;
export function checkpoint(...given: unknown[]): unknown {
  const { own, args, kwargs } = signatures.checkpoint.split(given);
  const [fn, use_reentrant, context_fn, determinism_check, debug, early_stop] = own;
  requireFunction('checkpoint', 'function', fn);
  const { preserve_rng_state = true, ...named } = kwargs as RandomOptions & Record<string, unknown>;
  const names = Object.keys(named);
  const inputs = names.length > 0 ? [...args, named] : args;
  if (!(use_reentrant ?? reentrantByDefault('torch.utils.checkpoint'))) {
    const options = { use_reentrant, context_fn, determinism_check, debug, early_stop, preserve_rng_state };
    return recomputing(fn, inputs, options);
  }
  if (names.length > 0 && use_reentrant) throw new RangeError(`Unexpected keyword arguments: ${names.join(',')}`);
  if (context_fn !== null || debug) {
    throw new RangeError('Passing `context_fn` or `debug` is only supported when use_reentrant=False.');
  }
  return CheckpointFunction.apply(fn, preserve_rng_state, ...inputs);
}

type Step = (input: Tensor) => Tensor;

/**
 * Runs a sequence of modules or functions in `segments`, each of them but the last checkpointed.
 * https://docs.pytorch.org/docs/2.13/checkpoint.html#torch.utils.checkpoint.checkpoint_sequential
 */
export function checkpoint_sequential(
  functions: Module | readonly Step[],
  segments: number,
  input: Tensor,
  use_reentrant?: boolean | null | (signatures.CheckpointSequentialOptions & RandomOptions),
  options?: RandomOptions,
): Tensor;
export function checkpoint_sequential(args: signatures.CheckpointSequentialArguments & RandomOptions): Tensor;
export function checkpoint_sequential(...args: unknown[]): Tensor {
  const { own, kwargs } = signatures.checkpoint_sequential.split(args);
  const [functions, segments, input, given] = own;
  const use_reentrant = given ?? reentrantByDefault('torch.utils.checkpoint.checkpoint_sequential');
  const { preserve_rng_state = true, ...others } = kwargs as RandomOptions;
  const unknown = Object.keys(others);
  if (unknown.length > 0) throw new RangeError(`Unexpected keyword arguments: ${unknown.join(',')}`);
  if (!isModule(functions) && !Array.isArray(functions)) {
    throw new TypeError(
      `checkpoint_sequential(): argument 'functions' must be a Sequential or a list of functions, not ${typeName(functions)}`,
    );
  }
  const steps = (isModule(functions) ? functions.children() : functions) as readonly Step[];
  for (const step of steps) requireFunction('checkpoint_sequential', 'functions', step);
  const run = (from: number, to: number) => (x: Tensor) =>
    steps.slice(from, to).reduce((value, step) => step(value), x);
  const size = Math.floor(steps.length / segments);
  let value = input;
  let end = 0;
  for (let start = 0; start < size * (segments - 1); start += size) {
    end = start + size;
    value = checkpoint(run(start, end), value, {
      use_reentrant,
      preserve_rng_state,
    });
  }
  return run(end, steps.length)(value);
}
