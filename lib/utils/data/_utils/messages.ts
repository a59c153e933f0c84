/** What the loop's thread and its workers tell each other. */
import type { MessagePort } from 'node:worker_threads';
import type { Packed } from '../../../multiprocessing/packing';
import type { Failure } from './failure';

/** What a worker is started with. */
export interface Start {
  readonly port: MessagePort;
  /** Shared by all: see Cell. */
  readonly signal: SharedArrayBuffer;
  readonly worker: number;
  readonly workers: number;
  readonly seed: number | bigint;
  /** The dataset and the functions: `Work`, packed. */
  readonly work: Packed;
  readonly batched: boolean;
  readonly drop_last: boolean;
  readonly pins: boolean;
}

export interface Work {
  dataset: unknown;
  collate_fn: (samples: never) => unknown;
  worker_init_fn: ((worker: number) => unknown) | null;
}

/** The places of the shared signal. */
export const Cell = {
  /** How many messages the workers have sent: the loop's thread sleeps on it. */
  Sent: 0,
  /** The current epoch: tasks of an earlier one are not worth doing. */
  Epoch: 1,
} as const;
export const CELLS = 2;

/** One index of the sampler to read. */
export interface Task {
  readonly epoch: number;
  readonly task: number;
  readonly index: Packed;
}

export type Reply =
  /** The worker has received its start; `thread` is its native identity. */
  | { readonly kind: 'started'; readonly worker: number; readonly thread: number }
  | { readonly kind: 'batch'; readonly worker: number; readonly epoch: number; task: number; readonly batch: Packed }
  | { readonly kind: 'failed'; readonly worker: number; readonly epoch: number; task: number; failure: Failure }
  /** The stream of this worker has ended. */
  | { readonly kind: 'ended'; readonly worker: number; readonly epoch: number; task: number }
  /** The worker goes, for a reason that no task has. */
  | { readonly kind: 'gone'; readonly worker: number; readonly failure: Failure | null };

export type Result = Extract<Reply, { task: number }>;
