/** One sample on its way through a service. */
import { DeadlineExceeded } from './errors';

export interface PredictOptions {
  /** Takes the request back: it is not computed if that has not begun, and its promise rejects with the signal's reason. */
  signal?: AbortSignal | null;
  /** The most milliseconds until the result; null for as long as it takes. The service's `timeout` if not given. */
  timeout?: number | null;
}

export class Request<Input, Output> {
  readonly result: Promise<Output>;
  readonly accepted = performance.now();
  /** Whether it has a result or an error; nobody waits for what comes after that. */
  settled = false;
  /** Whether it is computed in a batch of its own, after one that it was in has failed. */
  alone = false;
  private succeed!: (result: Output) => void;
  private fail!: (error: unknown) => void;
  private timer: NodeJS.Timeout | undefined;
  private readonly signal: AbortSignal | null;
  private readonly abort = () => this.reject(this.signal!.reason);

  /** `leave` is called once, when it is settled. */
  constructor(
    readonly input: Input,
    { signal = null, timeout = null }: PredictOptions,
    private readonly leave: (request: Request<Input, Output>, error: unknown) => void,
  ) {
    this.result = new Promise((resolve, reject) => {
      this.succeed = resolve;
      this.fail = reject;
    });
    this.signal = signal;
    signal?.addEventListener('abort', this.abort);
    if (timeout !== null) this.timer = setTimeout(() => this.expire(timeout), timeout);
  }

  private expire(timeout: number): void {
    this.reject(new DeadlineExceeded(`the request had no result within its timeout, ${timeout} ms`));
  }

  resolve(result: Output): void {
    if (this.settle(undefined)) this.succeed(result);
  }

  reject(error: unknown): void {
    if (this.settle(error)) this.fail(error);
  }

  private settle(error: unknown): boolean {
    if (this.settled) return false;
    this.settled = true;
    clearTimeout(this.timer);
    this.signal?.removeEventListener('abort', this.abort);
    this.leave(this, error);
    return true;
  }
}
