/** Checkpoints of functions and of sequences of modules. */

import { requireFunction } from '../../arguments/checks';
import { requireGiven } from '../../arguments/keywords';
import { is_grad_enabled } from '../../autograd/grad_mode';
import { warn } from '../../base/errors';
import { type Mode, withMode } from '../../context/mode';
import { isOptions, typeName } from '../../native/kinds';
import { isModule, type Module } from '../../nn/modules/module';
import type { Tensor } from '../../tensor/tensor';
import { autocastStates, withAutocast } from './autocast';
import { metadataChecks, Recomputation } from './recompute';
import { CheckpointFunction } from './reentrant';
import { randomStates, withRandomStates } from './rng';

/** Runs a callback under some mode: `torch.no_grad`. */
type Context = <Result>(body: () => Result) => Result;

export interface CheckpointOptions {
  /** false is recommended: it works with `grad`, with `inputs` of backward, with nesting and keywords. */
  use_reentrant?: boolean | null;
  /** Gives the contexts for the forward pass and for the recomputation. */
  context_fn?: () => readonly [forward: Context, recompute: Context];
  /** What to compare between forward pass and recomputation. */
  determinism_check?: 'default' | 'none';
  /** Keeps a list of all operators called, for the error when the recomputation does something else. */
  debug?: boolean;
  /** Ends the recomputation as soon as everything needed is there. */
  early_stop?: boolean;
  /** Gives the recomputation the random numbers of the forward pass. */
  preserve_rng_state?: boolean;
}

const optionNames = [
  'use_reentrant',
  'context_fn',
  'determinism_check',
  'debug',
  'early_stop',
  'preserve_rng_state',
] as const;

/** Splits off the options: a last plain object with at least one of their names. Other names in it are for the function. */
function splitOptions(args: readonly unknown[]): [args: readonly unknown[], options: CheckpointOptions] {
  const last = args[args.length - 1];
  if (!isOptions(last) || !optionNames.some((name) => name in last)) return [args, {}];
  const own = Object.entries(last).filter(([name]) => !(optionNames as readonly string[]).includes(name));
  if (own.length === 0) return [args.slice(0, -1), last];
  if (last.use_reentrant) throw new RangeError(`Unexpected keyword arguments: ${own.map(([name]) => name).join(',')}`);
  return [[...args.slice(0, -1), Object.fromEntries(own)], last];
}

function reentrantByDefault(name: string): true {
  warn(
    `${name}: the use_reentrant parameter should be passed explicitly. Starting in PyTorch 2.9, calling checkpoint without use_reentrant will raise an exception. use_reentrant=False is recommended, but if you need to preserve the current default behavior, you can pass use_reentrant=True. Refer to docs for more details on the differences between the two variants.`,
  );
  return true;
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

function recomputing(fn: AnyFunction, args: readonly unknown[], options: CheckpointOptions): unknown {
  const {
    context_fn,
    determinism_check = 'default',
    debug = false,
    early_stop = true,
    preserve_rng_state = true,
  } = options;
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
  return new Recomputation(again, args, metadata, earlyStopForAll ?? early_stop, debug).forward(underForward);
}

/**
 * Calls `fn(...args)` without keeping what the backward pass needs of the inside: that is computed again then. Options
 * come in a last plain object: `checkpoint(block, x, { use_reentrant: false })`.
 * https://docs.pytorch.org/docs/2.13/checkpoint.html#torch.utils.checkpoint.checkpoint
 * @throws CheckpointError from backward when the function does something else the second time
 */
export function checkpoint<Args extends unknown[], Result>(
  fn: (...args: Args) => Result,
  ...args: Args | [...Args, CheckpointOptions & Record<string, unknown>]
): Result {
  requireFunction('checkpoint', 'function', fn);
  const [own, options] = splitOptions(args);
  const reentrant = options.use_reentrant ?? reentrantByDefault('torch.utils.checkpoint');
  if (!reentrant) return recomputing(fn as AnyFunction, own, options) as Result;
  if (options.context_fn !== undefined || options.debug) {
    throw new RangeError('Passing `context_fn` or `debug` is only supported when use_reentrant=False.');
  }
  return CheckpointFunction.apply(fn as AnyFunction, options.preserve_rng_state ?? true, ...own) as Result;
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
  options: Pick<CheckpointOptions, 'use_reentrant' | 'preserve_rng_state'> = {},
): Tensor {
  requireGiven('checkpoint_sequential', { functions, segments, input });
  const use_reentrant = options.use_reentrant ?? reentrantByDefault('torch.utils.checkpoint.checkpoint_sequential');
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
      preserve_rng_state: options.preserve_rng_state ?? true,
    });
  }
  return run(end, steps.length)(value);
}
