/** The jobs of this thread: so many run at a time, the others wait for their turn. */
import { inspect } from 'node:util';
import { TorchError } from '../base/errors';
import { get_num_interop_threads } from '../context/flags';
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { NativePart } from '../native/part';
import type { Recorded } from './recording';

/** There is no room for another job: what came in has to wait, or go elsewhere. */
export class QueueFullError extends TorchError {
  override name = 'QueueFullError';
}

interface Waiting {
  readonly recorded: Recorded<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
  readonly signal: AbortSignal | undefined;
  readonly abort: () => void;
}

/**
 * What `torch.run_async` has to do: `running` jobs have a thread each, `waiting` ones not yet. Beyond `limit` waiting jobs
 * a further one is refused with a QueueFullError; `await torch.async_queue.room()` waits until one would not be.
 */
export class AsyncQueue {
  #limit = 1024;
  readonly #waiting: Waiting[] = [];
  readonly #running = new Map<NativePart, Waiting>();
  #inRoom: (() => void)[] = [];

  /** How many jobs may wait. */
  get limit(): number {
    return this.#limit;
  }

  set limit(value: number) {
    if (!(Number.isSafeInteger(value) && value >= 0) && value !== Number.POSITIVE_INFINITY) {
      throw new RangeError(`torch.async_queue.limit must be a number of jobs, but got ${inspect(value)}`);
    }
    this.#limit = value;
    this.#letIn();
  }

  /** How many jobs run. */
  get running(): number {
    return this.#running.size;
  }

  /** How many jobs wait for a thread. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Waits until another job would be taken. */
  async room(): Promise<void> {
    while (this.#isFull) await new Promise<void>((resolve) => this.#inRoom.push(resolve));
  }

  get #isFull(): boolean {
    return this.#waiting.length >= this.#limit && this.#running.size >= get_num_interop_threads();
  }

  /** @internal */
  requireRoom(): void {
    if (!this.#isFull) return;
    throw new QueueFullError(
      `torch.run_async: ${this.running} jobs run and ${this.waiting} wait, which is torch.async_queue.limit; ` +
        'wait for torch.async_queue.room()',
    );
  }

  /** @internal */
  add<Result>(recorded: Recorded<Result>, signal: AbortSignal | undefined): Promise<Result> {
    return new Promise((resolve, reject) => {
      const abort = () => this.#abort(entry);
      const entry: Waiting = { recorded, resolve: resolve as Waiting['resolve'], reject, signal, abort };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(entry);
      this.#start();
    });
  }

  /** Each operator of a job gets its share of the threads, so that all jobs together use as many as there are. */
  #start(): void {
    const most = get_num_interop_threads();
    while (this.#running.size < most && this.#waiting.length > 0) {
      const entry = this.#waiting.shift()!;
      this.#running.set(entry.recorded.job, entry);
      const busy = Math.min(most, this.#running.size + this.#waiting.length);
      const threads = Math.max(1, Math.floor(call(native.get_num_threads) / busy));
      call(native.job_start, entry.recorded.job, threads, this.#arrived);
    }
    this.#letIn();
  }

  readonly #arrived = (): void => {
    const over = call(native.jobs_over).map((job) => this.#running.get(job)!);
    for (const { recorded } of over) this.#running.delete(recorded.job);
    this.#start();
    for (const entry of over) settle(entry);
  };

  #abort(entry: Waiting): void {
    const place = this.#waiting.indexOf(entry);
    if (place >= 0) this.#waiting.splice(place, 1);
    else call(native.job_cancel, entry.recorded.job);
    entry.reject(entry.signal!.reason);
    this.#letIn();
  }

  #letIn(): void {
    if (this.#isFull) return;
    const waiting = this.#inRoom;
    this.#inRoom = [];
    for (const resolve of waiting) resolve();
  }

  [inspect.custom](): string {
    return `AsyncQueue { running: ${this.running}, waiting: ${this.waiting}, limit: ${this.limit} }`;
  }
}

function settle({ recorded, resolve, reject, signal, abort }: Waiting): void {
  signal?.removeEventListener('abort', abort);
  if (signal?.aborted) return;
  try {
    resolve(recorded.finish());
  } catch (error) {
    reject(error);
  }
}

export const async_queue = new AsyncQueue();
