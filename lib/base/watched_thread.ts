/**
 * Worker threads whose end is noticed in synchronous code, where their `error` and `exit` events do not come: one that
 * cannot start, for want of file descriptors for example, never runs a line that could tell.
 */
import { closeSync, existsSync, openSync, readdirSync } from 'node:fs';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { isError } from './errors';

/** Linux shows the threads of a process here. */
const THREADS = '/proc/self/task';
/** An event loop takes four descriptors, and reading a file one more. */
const NEEDED_DESCRIPTORS = 5;

/** The threads of this process; undefined where the system does not show them. */
function threads(): string[] | undefined {
  try {
    return readdirSync(THREADS);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** What keeps so many threads from starting now, if anything. */
function shortage(threads = 1): NodeJS.ErrnoException | undefined {
  const needed = threads * NEEDED_DESCRIPTORS + 1; // this thread reads which threads there are
  const held: number[] = [];
  try {
    while (held.length < needed) held.push(openSync('/dev/null', 'r'));
    return undefined;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  } finally {
    for (const file of held) closeSync(file);
  }
}

/** An error of the system with what it kept from being done; `code` stays. */
function explained(what: string, cause: unknown): Error {
  const { code, message } = cause as NodeJS.ErrnoException;
  return Object.assign(new Error(`${what}: ${message}`, { cause }), code === undefined ? {} : { code });
}

/** The error, with the shortage that may be behind it. */
export function withShortage(error: unknown): unknown {
  const cause = shortage();
  return cause === undefined || !isError(error) ? error : explained(error.message, cause);
}

/**
 * Looks before threads start that are to run together: what one takes away from another while both start, nobody could
 * tell afterwards.
 * @throws Error of the system when there cannot be so many
 */
export function checkRoom(threads: number, name: string): void {
  const cause = shortage(threads);
  if (cause !== undefined) throw explained(`${name} could not be started`, cause);
}

export class WatchedThread {
  readonly worker: Worker;
  readonly id: number;
  /** What its `error` event said, if there was time for one. */
  private error: unknown;
  private exited = false;
  /** Fulfilled when its `error` and `exit` events have come. */
  readonly exit: Promise<void>;
  /** The system's names for the threads of which it is one. */
  private readonly candidates: readonly string[] | undefined;

  /**
   * Starts a thread that does not keep the process alive.
   * @throws Error of the system when there can be no further thread or file
   */
  constructor(
    private readonly name: string,
    file: string,
    options: WorkerOptions,
  ) {
    const before = this.starting(threads);
    this.worker = this.starting(() => new Worker(file, { ...options, name }));
    this.worker.on('error', (error) => {
      this.error = error;
    });
    this.exit = new Promise((resolve) => {
      this.worker.on('exit', () => {
        this.exited = true;
        resolve();
      });
    });
    this.worker.unref();
    this.id = this.worker.threadId;
    this.candidates = before && this.starting(threads)?.filter((thread) => !before.includes(thread));
  }

  private starting<Result>(step: () => Result): Result {
    try {
      return step();
    } catch (error) {
      void this.worker?.terminate();
      throw explained(`${this.name} could not be started`, error);
    }
  }

  hasEnded(): boolean {
    return this.exited || this.candidates?.every((thread) => !existsSync(`${THREADS}/${thread}`)) === true;
  }

  /** What ended it, where that can be known. */
  reason(): Error | undefined {
    const cause = this.error ?? shortage();
    return cause === undefined ? undefined : explained(`${this.name} ended`, cause);
  }
}
