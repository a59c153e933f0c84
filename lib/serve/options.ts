/** How a service is made. */

import { availableParallelism } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ResourceLimits } from 'node:worker_threads';
import {
  isOptions,
  REQUIRED,
  refuse,
  requireBoolean,
  requireFunction,
  requireNumber,
  requireString,
  Signature,
} from '../face/arguments';
import type { StateDict } from '../face/tensors';
import { default_collate } from '../utils/data';

/** Times are in milliseconds, as Node.js has them. */
export interface ModelServiceOptions<Input> {
  /**
   * The model's weights, which the module's function is given in each worker: the same memory, not a copy. They stay the
   * tensors of whoever gave them: what is written to them is seen by the workers at once.
   */
  state?: StateDict | null;
  /** What the metrics call it, `'model'` if not given. */
  name?: string;
  /** How many threads run the model at once; one less than the machine has processors if not given, but one at least. */
  workers?: number;
  /** How many threads libtorch takes in each worker; if not given, each worker's share of the processors. */
  num_threads?: number;
  /** How many samples go together at most; 32 if not given. */
  max_batch_size?: number;
  /** How long a request waits for others to go with when a worker is free. With 0, only those of one turn go together. */
  max_delay?: number;
  /** How many requests wait at most, without those that are being computed; 1000 if not given. */
  max_queue?: number;
  /** How long a request may take; null, if not given, for as long as it takes. */
  timeout?: number | null;
  /** How long a batch may take until its worker is ended and replaced; 120 000 if not given, null for as long as it takes. */
  response_timeout?: number | null;
  /** A sample that each worker computes before it is ready: alone, and as many of it as go together at most. */
  warm_up?: Input;
  /**
   * Makes a batch of samples, on the thread of the service; `default_collate` if not given. With null the model is given
   * the samples as a list, and gives a list of results.
   */
  collate_fn?: ((samples: Input[]) => unknown) | null;
  /** Limits of a worker's JavaScript heap, as `node:worker_threads` has them. Tensors lie outside of it. */
  resource_limits?: ResourceLimits | null;
  /** Whether to keep metrics, which takes the package prom-client. */
  metrics?: boolean;
}

/** What is not given stands for its default. */
export type Settings<Input> = Required<Omit<ModelServiceOptions<Input>, 'warm_up'>> & {
  /** The URL of the module. */
  readonly module: string;
  readonly warm_up: Input | undefined;
};

const NAME = 'ModelService.__init__';

const signature = new Signature<ModelServiceOptions<unknown> & { module: unknown }>(
  NAME,
  {
    module: REQUIRED,
    state: null,
    name: 'model',
    workers: undefined,
    num_threads: undefined,
    max_batch_size: 32,
    max_delay: 0,
    max_queue: 1000,
    timeout: null,
    response_timeout: 120_000,
    warm_up: undefined,
    collate_fn: undefined,
    resource_limits: null,
    metrics: false,
  },
  13,
);

/** The URL of a module that is given as a path, or as a URL. */
export function moduleUrl(name: string, module: unknown): string {
  if (module instanceof URL) return module.href;
  if (typeof module !== 'string') refuse(name, 'module', 'a path or a URL', module);
  return /^(file|data|node):/.test(module) && !isAbsolute(module) ? module : pathToFileURL(resolve(module)).href;
}

function requireAtLeast(least: number, name: string, value: unknown): asserts value is number {
  requireNumber(NAME, name, value);
  if (!Number.isInteger(value)) refuse(NAME, name, 'an int', value);
  if (value < least) throw new RangeError(`${NAME}(): argument '${name}' must be at least ${least}, not ${value}`);
}

/** @throws TypeError or RangeError for what is no time */
export function requireTime(name: string, argument: string, value: unknown): asserts value is number | null {
  if (value === null) return;
  requireNumber(name, argument, value);
  if (value >= 0 && value < 2 ** 31) return; // as Node.js's timers have it
  throw new RangeError(`${name}(): argument '${argument}' must be milliseconds from 0 to 2147483647, not ${value}`);
}

/** @throws TypeError for what is no state dict */
export function requireState(name: string, state: unknown): asserts state is StateDict | null {
  if (state !== null && !isOptions(state)) refuse(name, 'state', 'a state dict', state);
}

/** The options of a service, checked. */
export function readSettings<Input>(args: readonly unknown[]): Settings<Input> {
  const values = signature.read(args);
  const { state, name, max_batch_size, max_delay, max_queue, timeout, response_timeout, metrics } = values;
  const processors = availableParallelism();
  const workers = values.workers ?? Math.max(processors - 1, 1);
  requireAtLeast(1, 'workers', workers);
  const num_threads = values.num_threads ?? Math.max(Math.floor(processors / workers), 1);
  const collate_fn = values.collate_fn === undefined ? default_collate : values.collate_fn;
  requireState(NAME, state);
  requireString(NAME, 'name', name);
  requireAtLeast(1, 'num_threads', num_threads);
  requireAtLeast(1, 'max_batch_size', max_batch_size);
  requireNumber(NAME, 'max_delay', max_delay);
  requireTime(NAME, 'max_delay', max_delay);
  requireAtLeast(1, 'max_queue', max_queue);
  requireTime(NAME, 'timeout', timeout);
  requireTime(NAME, 'response_timeout', response_timeout);
  if (collate_fn !== null) requireFunction(NAME, 'collate_fn', collate_fn);
  requireBoolean(NAME, 'metrics', metrics);
  const { resource_limits } = values;
  if (resource_limits !== null && !isOptions(resource_limits))
    refuse(NAME, 'resource_limits', 'an object', resource_limits);
  const module = moduleUrl(NAME, values.module);
  return { ...values, module, workers, num_threads, collate_fn } as Settings<Input>;
}
