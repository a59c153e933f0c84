/** Collectives under way. */
import { DistBackendError, TorchError } from '../base/errors';
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { NativePart } from '../native/part';
import type { Tensor } from '../tensor/tensor';
import { milliseconds } from './timeout';

/** Whose collective it is, for messages. */
export interface Place {
  readonly rank: number;
  readonly operation: string;
}

/** What went wrong in a collective, with its rank and its name. */
export function placed(error: unknown, { rank, operation }: Place): unknown {
  if (!(error instanceof TorchError)) return error;
  const message = `[rank ${rank}] ${operation}: ${error.message}`;
  return new DistBackendError(message, { cause: error });
}

type Settle = (work: Work) => void;

const watched = new Map<NativePart, { work: Work; settle: Settle }>();
let bell: NativePart | undefined;

/** Calls `settle` in a turn of the event loop once the work is over. */
function watch(work: Work, settle: Settle): void {
  bell ??= call(native.bell_make);
  watched.set(work._part, { work, settle });
  call(native.work_watch, bell, work._part, arrived);
}

function arrived(): void {
  for (const part of call(native.works_over, bell!)) {
    const found = watched.get(part);
    watched.delete(part);
    found?.settle(found.work);
  }
}

/**
 * A collective that has begun. `await` waits for it while the event loop turns, `wait` without; until then its tensors
 * belong to it. https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.Work
 */
export class Work implements PromiseLike<true> {
  /** @internal */
  readonly _part: NativePart;
  readonly #place: Place;
  /** What it fills, in JavaScript's own order. */
  readonly #tensors: readonly Tensor[];
  #promise: Promise<true> | undefined;

  /** @internal */
  constructor(part: NativePart, place: Place, tensors: readonly Tensor[]) {
    this._part = part;
    this.#place = place;
    this.#tensors = tensors;
  }

  /**
   * Waits, and keeps the event loop from turning: so many seconds, or as long as the group's timeout says.
   * @throws DistBackendError, with the rank and the collective
   */
  wait(timeout = 0): true {
    try {
      call(native.work_wait, this._part, milliseconds(timeout));
    } catch (error) {
      throw placed(error, this.#place);
    }
    return true;
  }

  /** Whether it is over. What is sent or received is known to be over when it was waited for. */
  is_completed(): boolean {
    return call(native.work_is_completed, this._part);
  }

  /** Whether it is over, and nothing went wrong. */
  is_success(): boolean {
    return call(native.work_is_success, this._part);
  }

  /** The rank in the group that was received from. */
  source_rank(): number {
    return call(native.work_source_rank, this._part);
  }

  /** The tensors that it fills. */
  result(): readonly Tensor[] {
    return this.#tensors;
  }

  /** A future of the tensors that it fills. */
  get_future(): Future<readonly Tensor[]> {
    return new Future(this, () => this.#tensors);
  }

  /** @internal */
  _promise(): Promise<true> {
    this.#promise ??= new Promise((resolve) => watch(this, () => resolve(true))).then(() => this.wait());
    return this.#promise;
  }

  /** Calls one of the functions once it is over, while the event loop turns. */
  // biome-ignore lint/suspicious/noThenProperty: what makes `await work` work
  then<A = true, B = never>(
    onfulfilled?: ((value: true) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this._promise().then(onfulfilled, onrejected);
  }
}

/**
 * What a collective will give. `then` with one function is Python's: the function gets this future, and the one that is
 * returned has what it returns. With two functions it is a promise's, for `await`.
 * https://docs.pytorch.org/docs/2.13/futures.html#torch.futures.Future
 */
export class Future<Value> implements PromiseLike<Value> {
  /** @internal */
  readonly _work: Work | null;
  readonly #compute: () => Value;
  #value: { readonly value: Value } | undefined;

  /** @internal */
  constructor(work: Work | null, compute: () => Value) {
    this._work = work;
    this.#compute = compute;
  }

  /** Whether it is over. */
  done(): boolean {
    return this._work?.is_completed() ?? true;
  }

  /** Waits for the value, and keeps the event loop from turning. */
  wait(): Value {
    this._work?.wait();
    return this.#valueOf();
  }

  /**
   * The value of one that is over.
   * @throws TorchError before that
   */
  value(): Value {
    if (!this.done()) throw new TorchError('value() was called on a future that is not over: wait() for it');
    return this.wait();
  }

  /** A future of what the function makes of this one. */
  // biome-ignore lint/suspicious/noThenProperty: what makes `await future` work
  then<Next>(callback: (future: Future<Value>) => Next): Future<Next>;
  /** Calls one of the functions once it is over, while the event loop turns. */
  // biome-ignore lint/suspicious/noThenProperty: likewise
  then<A = Value, B = never>(
    onfulfilled: ((value: Value) => A | PromiseLike<A>) | null | undefined,
    onrejected: ((reason: unknown) => B | PromiseLike<B>) | null | undefined,
  ): Promise<A | B>;
  // biome-ignore lint/suspicious/noExplicitAny: one function of two kinds
  // biome-ignore lint/suspicious/noThenProperty: likewise
  then(first?: ((value: any) => unknown) | null, ...more: [((reason: unknown) => unknown)?] | [null]): any {
    const [second] = more;
    if (more.length === 0 && first) return new Future(this._work, () => first(this));
    const over = this._work?._promise() ?? Promise.resolve(true);
    return over.then(() => this.#valueOf()).then(first, second);
  }

  #valueOf(): Value {
    this.#value ??= { value: this.#compute() };
    return this.#value.value;
  }
}
