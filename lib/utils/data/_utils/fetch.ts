/** Batches from the indices of a sampler. */
import { gather, hasGetItems, isGatherer, readAll } from '../dataset';
import { default_collate } from './collate';
import { readerOf } from './protocol';

/** What a fetcher gives when the dataset has ended. */
export const END: unique symbol = Symbol('end');

export interface Fetcher<Batch> {
  fetch(index: unknown): Batch | typeof END;
  fetchAsync(index: unknown): Promise<Batch | typeof END>;
  /** Lets go of the dataset's iterator, if there is one. */
  close(): void;
}

export interface FetchOptions<Batch> {
  dataset: unknown;
  /** Whether an index is a list of indices, to be collated. */
  batched: boolean;
  drop_last: boolean;
  collate_fn: (samples: never) => Batch;
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

function refusePromise(value: unknown): void {
  if (isPromise(value)) {
    throw new TypeError("the dataset's samples are promises: read the DataLoader with `for await`");
  }
}

/** Reads a dataset by index. */
export class MapFetcher<Batch> implements Fetcher<Batch> {
  private readonly read: (key: unknown) => unknown;

  constructor(private readonly options: FetchOptions<Batch>) {
    this.read = readerOf<unknown, unknown>(options.dataset);
  }

  fetch(index: unknown): Batch {
    const { batched, collate_fn } = this.options;
    const whole = this.gathered(index);
    if (whole !== undefined) return whole;
    const samples = this.samples(index);
    refusePromise(batched ? (samples as unknown[])[0] : samples);
    return collate_fn(samples as never);
  }

  async fetchAsync(index: unknown): Promise<Batch> {
    const { batched, collate_fn } = this.options;
    const whole = this.gathered(index);
    if (whole !== undefined) return whole;
    const samples = batched ? await this.samplesInOrder(index as unknown[]) : await this.read(index);
    return collate_fn(samples as never);
  }

  close(): void {}

  private samples(index: unknown): unknown {
    return this.options.batched ? readAll(this.options.dataset, index as unknown[]) : this.read(index);
  }

  /**
   * One after the other, so that what samples draw at random does not depend on which is ready first; a dataset that
   * wants to read them together has `__getitems__`.
   */
  private async samplesInOrder(keys: unknown[]): Promise<unknown[]> {
    if (hasGetItems(this.options.dataset)) return Promise.all(await readAll(this.options.dataset, keys));
    const samples: unknown[] = [];
    for (const key of keys) {
      const sample = this.read(key);
      samples.push(isPromise(sample) ? await sample : sample);
    }
    return samples;
  }

  /** The batch in one go, where the dataset can and nobody asked for another collation. */
  private gathered(index: unknown): Batch | undefined {
    const { dataset, batched, collate_fn } = this.options;
    if (!batched || (collate_fn as unknown) !== default_collate || !isGatherer(dataset)) return undefined;
    return dataset[gather](index as number[]) as Batch | undefined;
  }
}

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>;

/** Reads a stream. */
export class IterableFetcher<Batch> implements Fetcher<Batch> {
  private readonly iterator: AnyIterator;
  private ended = false;

  constructor(
    private readonly options: FetchOptions<Batch>,
    async: boolean,
  ) {
    const source = options.dataset as Partial<AsyncIterable<unknown>> & Iterable<unknown>;
    const streams = async && typeof source[Symbol.asyncIterator] === 'function';
    this.iterator = streams ? source[Symbol.asyncIterator]!() : source[Symbol.iterator]();
  }

  fetch(index: unknown): Batch | typeof END {
    const { batched } = this.options;
    const samples: unknown[] = [];
    for (let left = batched ? (index as unknown[]).length : 1; left > 0 && !this.ended; left--) {
      const step = this.iterator.next() as IteratorResult<unknown>;
      refusePromise(step);
      if (step.done) this.ended = true;
      else {
        refusePromise(step.value);
        samples.push(step.value);
      }
    }
    return this.collated(samples, index);
  }

  async fetchAsync(index: unknown): Promise<Batch | typeof END> {
    const { batched } = this.options;
    const samples: unknown[] = [];
    for (let left = batched ? (index as unknown[]).length : 1; left > 0 && !this.ended; left--) {
      const step = await this.iterator.next();
      if (step.done) this.ended = true;
      else samples.push(await step.value);
    }
    return this.collated(samples, index);
  }

  close(): void {
    if (!this.ended) void this.iterator.return?.();
    this.ended = true;
  }

  private collated(samples: unknown[], index: unknown): Batch | typeof END {
    const { batched, drop_last, collate_fn } = this.options;
    if (samples.length === 0) return END;
    if (!batched) return collate_fn(samples[0] as never);
    return drop_last && samples.length < (index as unknown[]).length ? END : collate_fn(samples as never);
  }
}
