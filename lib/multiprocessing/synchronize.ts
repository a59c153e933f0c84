/**
 * What threads wait for each other with, as Python's multiprocessing has it: locks and events in shared memory. They go to
 * other threads in `share()`, and mean the same thing there.
 */
import { threadId } from 'node:worker_threads';
import { Signature } from '../arguments/signature';
import { AssertionError } from '../base/errors';
import { type Mode, withMode } from '../context/mode';

/** How long to wait for a lock. */
export interface AcquireOptions {
  /** Whether to wait at all. */
  block?: boolean;
  /** The most seconds to wait; null for as long as it takes. */
  timeout?: number | null;
}

export type AcquireArguments = [options?: AcquireOptions] | [block: boolean, timeout?: number | null | AcquireOptions];

/** Milliseconds that a wait may take from now. */
export function patience(timeout: number | null): number {
  return timeout === null ? Number.POSITIVE_INFINITY : Math.max(timeout, 0) * 1000;
}

/** Milliseconds for Atomics.wait that end with a wait begun at `start`. */
export function remaining(start: number, most: number): number {
  return most === Number.POSITIVE_INFINITY ? most : start + most - performance.now();
}

const State = { Free: 0, Held: 1, Awaited: 2 } as const;
const Cell = { State: 0, Owner: 1, Depth: 2 } as const;
/** Every thread of a process has a number from 0; here 0 is nobody. */
const me = threadId + 1;

/** What locks have in common: the `with` statement, and a word in shared memory. */
abstract class Guard {
  /** @internal */
  readonly cells = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * 3));

  abstract acquire(...args: AcquireArguments): boolean;
  abstract release(): void;

  /** Python's `with lock:`, as `lock.with(() => { … })` or `using _ = lock.with()`. */
  with(): Mode;
  with<Result>(callback: () => Result): Result;
  with<Result>(callback?: () => Result): Result | Mode {
    const enter = () => {
      this.acquire();
      return () => this.release();
    };
    return withMode(`${this.constructor.name}.with`, enter, callback);
  }

  /** @internal */
  protected take({ block, timeout }: Required<AcquireOptions>): boolean {
    const { cells } = this;
    if (Atomics.compareExchange(cells, Cell.State, State.Free, State.Held) === State.Free) return true;
    const [start, most] = [performance.now(), block ? patience(timeout) : 0];
    for (let left = most; left > 0; left = remaining(start, most)) {
      if (Atomics.exchange(cells, Cell.State, State.Awaited) === State.Free) return true;
      Atomics.wait(cells, Cell.State, State.Awaited, left);
    }
    return false;
  }

  /** @internal Whether it was held. */
  protected letGo(): boolean {
    const before = Atomics.exchange(this.cells, Cell.State, State.Free);
    if (before === State.Awaited) Atomics.notify(this.cells, Cell.State, 1);
    return before !== State.Free;
  }
}

const ofAcquire = new Signature<AcquireOptions>('acquire', { block: true, timeout: null });
const ofWait = new Signature<{ timeout?: number | null }>('wait', { timeout: null });

/** A lock that one thread at a time has. https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock */
export class LockType extends Guard {
  /** Waits until it is free and takes it. @returns whether it was taken: not when `block` is false or time runs out */
  acquire(...args: AcquireArguments): boolean {
    return this.take(ofAcquire.read(args));
  }

  /** Frees it; any thread may. @throws RangeError when nobody has it */
  release(): void {
    if (!this.letGo()) throw new RangeError('semaphore or lock released too many times');
  }
}

/** A lock that its owner may take several times. https://docs.python.org/3/library/multiprocessing.html#multiprocessing.RLock */
export class RLockType extends Guard {
  /** Takes it, or takes it once more. @returns whether it was taken */
  acquire(...args: AcquireArguments): boolean {
    const given = ofAcquire.read(args);
    if (!this.isMine() && !this.take(given)) return false;
    Atomics.store(this.cells, Cell.Owner, me);
    this.cells[Cell.Depth]!++;
    return true;
  }

  /** Gives it back; it is free after as many times as it was taken. @throws AssertionError in a thread that has it not */
  release(): void {
    if (!this.isMine()) throw new AssertionError('attempt to release recursive lock not owned by thread');
    if (--this.cells[Cell.Depth]! > 0) return;
    Atomics.store(this.cells, Cell.Owner, 0);
    this.letGo();
  }

  private isMine(): boolean {
    return Atomics.load(this.cells, Cell.Owner) === me;
  }
}

/** A flag that threads wait for. https://docs.python.org/3/library/threading.html#threading.Event */
export class EventType {
  /** @internal */
  readonly flag = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

  /** Whether it is set. */
  is_set(): boolean {
    return Atomics.load(this.flag, 0) === 1;
  }

  /** Sets the flag and wakes all that wait for it. */
  set(): void {
    Atomics.store(this.flag, 0, 1);
    Atomics.notify(this.flag, 0);
  }

  /** Takes it back, so that `wait` waits again. */
  clear(): void {
    Atomics.store(this.flag, 0, 0);
  }

  /** Waits until the flag is set, or for so many seconds. @returns whether it is set */
  wait(...args: [timeout?: number | null | { timeout?: number | null }]): boolean {
    const [start, most] = [performance.now(), patience(ofWait.read(args).timeout)];
    for (let left = most; left > 0 && !this.is_set(); left = remaining(start, most))
      Atomics.wait(this.flag, 0, 0, left);
    return this.is_set();
  }
}

/** A lock that one thread at a time has. https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Lock */
export function Lock(): LockType {
  return new LockType();
}

/** A lock that its owner may take several times. https://docs.python.org/3/library/multiprocessing.html#multiprocessing.RLock */
export function RLock(): RLockType {
  return new RLockType();
}

/** A flag that threads wait for. https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Event */
export function Event(): EventType {
  return new EventType();
}
