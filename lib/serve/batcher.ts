/** The requests that wait, and which of them go together. */
import type { Request } from './request';

export interface BatchOptions {
  readonly max_batch_size: number;
  readonly max_delay: number;
}

export class Batcher<Input, Output> {
  /** In the order of their arrival; a Set, since any of them may leave. */
  private readonly waiting = new Set<Request<Input, Output>>();
  /** Those that are computed alone, before the others. */
  private readonly alone = new Set<Request<Input, Output>>();

  constructor(private readonly options: BatchOptions) {}

  get length(): number {
    return this.waiting.size + this.alone.size;
  }

  add(request: Request<Input, Output>): void {
    (request.alone ? this.alone : this.waiting).add(request);
  }

  delete(request: Request<Input, Output>): void {
    this.waiting.delete(request);
    this.alone.delete(request);
  }

  /** Milliseconds until the next batch may begin: 0 when it may now, infinity when nobody waits. */
  delay(now: number): number {
    if (this.alone.size > 0 || this.waiting.size >= this.options.max_batch_size) return 0;
    for (const { accepted } of this.waiting) return Math.max(accepted + this.options.max_delay - now, 0);
    return Number.POSITIVE_INFINITY;
  }

  /** The next batch, which waits no longer. */
  take(): Request<Input, Output>[] {
    for (const request of this.alone) {
      this.alone.delete(request);
      return [request];
    }
    const batch: Request<Input, Output>[] = [];
    for (const request of this.waiting) {
      if (batch.length === this.options.max_batch_size) break;
      batch.push(request);
    }
    for (const request of batch) this.waiting.delete(request);
    return batch;
  }

  [Symbol.iterator](): Iterator<Request<Input, Output>> {
    return [...this.alone, ...this.waiting][Symbol.iterator]();
  }
}
