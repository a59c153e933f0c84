/** What a service and its workers tell each other. */
import type { MessagePort } from 'node:worker_threads';
import type { Failure } from '../face/system';
import type { StateDict } from '../face/tensors';
import type { Shared } from '../multiprocessing';

/** What a worker is started with. */
export interface Start {
  readonly port: MessagePort;
  /** The URL of the module that makes the model. */
  readonly module: string;
  readonly state: Shared<StateDict> | null;
  /** How many threads libtorch may use for this worker's operators. */
  readonly num_threads: number;
  /** Batches to run before the first request. */
  readonly warm_up: readonly Shared<unknown>[];
}

export interface Job {
  readonly batch: Shared<unknown>;
}

export type Reply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly result: Shared<unknown> }
  /** The model threw; before `ready`, the worker could not start. */
  | { readonly kind: 'failed'; readonly failure: Failure };
