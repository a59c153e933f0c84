/** Batches of a dataset. https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.DataLoader */
import { availableParallelism } from 'node:os';
import type { Values } from '../../arguments/signature';
import { AssertionError, TorchError, warn } from '../../base/errors';
import { Device } from '../../base/types';
import { inRange } from '../../context/profiling';
import { pack } from '../../multiprocessing/packing';
import { native } from '../../native/addon';
import { call } from '../../native/frame';
import { typeName } from '../../native/kinds';
import type { Generator } from '../../tensor/generator';
import * as signatures from '../generated/utils_data';
import { type Collated, type Converted, default_collate, default_convert } from './_utils/collate';
import { END, type Fetcher, IterableFetcher, MapFetcher } from './_utils/fetch';
import type { Work } from './_utils/messages';
import { AsyncParallelIterator, ParallelEpoch, ParallelIterator } from './_utils/parallel';
import { pinned } from './_utils/pin_memory';
import { abandoned, WorkerPool } from './_utils/pool';
import { lengthOf } from './_utils/protocol';
import { turn } from './_utils/turn';
import { isImporting } from './_utils/worker_info';
import { IterableDataset, type MapDataset } from './dataset';
import { BatchSampler, RandomSampler, randomSeed, SequentialSampler } from './sampler';

type Batched<Sample, Size> = Size extends null ? Converted<Awaited<Sample>> : Collated<Awaited<Sample>>;

type Given = Values<signatures.DataLoaderArguments<unknown, number | null>>;

/** How a worker can be started; Python's `spawn` is the same: nothing is inherited, and modules are imported. */
const START_METHODS = ['thread', 'spawn'];

function checkWorkers({ num_workers, timeout, prefetch_factor, persistent_workers, ...given }: Given): void {
  if (num_workers < 0) {
    throw new RangeError('num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.');
  }
  if (timeout < 0) throw new RangeError('timeout option should be non-negative');
  if (num_workers === 0 && prefetch_factor !== null) {
    throw new RangeError(
      'prefetch_factor option could only be specified in multiprocessing.' +
        'let num_workers > 0 to enable multiprocessing, otherwise set prefetch_factor to None.',
    );
  }
  if (prefetch_factor !== null && prefetch_factor < 0) {
    throw new RangeError('prefetch_factor option should be non-negative');
  }
  if (persistent_workers && num_workers === 0) {
    throw new RangeError('persistent_workers option needs num_workers > 0');
  }
  checkContext(given.multiprocessing_context, num_workers);
}

function checkContext(context: unknown, workers: number): void {
  if (context === null) return;
  if (workers === 0) {
    throw new RangeError(
      `multiprocessing_context can only be used with multi-process loading (num_workers > 0), but got num_workers=${workers}`,
    );
  }
  if (typeof context !== 'string') {
    throw new TypeError(
      `multiprocessing_context option should be a string specifying the start method, but got ${typeName(context)}`,
    );
  }
  if (!START_METHODS.includes(context)) {
    const methods = START_METHODS.map((method) => `'${method}'`).join(', ');
    throw new RangeError(
      `multiprocessing_context option should specify a valid start method in [${methods}], ` +
        `but got multiprocessing_context='${context}'`,
    );
  }
}

/** Warns when there are more workers than processors. */
function checkCount(workers: number): void {
  const most = availableParallelism();
  if (workers <= most) return;
  warn(
    `This DataLoader will create ${workers} worker processes in total. Our suggested max number of worker in current ` +
      `system is ${most}, which is smaller than what this DataLoader is going to create. Please be aware that ` +
      'excessive worker creation might get DataLoader running slow or even freeze, lower the worker number to avoid ' +
      'potential slowness/freeze if necessary.',
  );
}

function checkStream({ shuffle, sampler, batch_sampler }: Given): void {
  const refuse = (option: string, value: unknown) => {
    const text = `DataLoader with IterableDataset: expected unspecified ${option} option, but got ${option}=${value}`;
    throw new RangeError(text);
  };
  if (shuffle) refuse('shuffle', 'True');
  if (sampler !== null) refuse('sampler', sampler);
  if (batch_sampler !== null) refuse('batch_sampler', batch_sampler);
}

function checkSamplers({ batch_size, shuffle, sampler, batch_sampler, drop_last }: Given): void {
  if (sampler !== null && shuffle) throw new RangeError('sampler option is mutually exclusive with shuffle');
  if (batch_sampler !== null && (batch_size !== 1 || shuffle || sampler !== null || drop_last)) {
    throw new RangeError('batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last');
  }
  if (batch_sampler === null && batch_size === null && drop_last) {
    throw new RangeError('batch_size=None option disables auto-batching and is mutually exclusive with drop_last');
  }
}

/** The order of a stream is its own. */
function* forever(): Iterable<null> {
  for (;;) yield null;
}

function defaultSampler({ dataset, shuffle, generator }: Given): Iterable<unknown> {
  if (dataset instanceof IterableDataset) return { [Symbol.iterator]: () => forever()[Symbol.iterator]() };
  const source = dataset as { length: number };
  return shuffle ? new RandomSampler(source, { generator }) : new SequentialSampler(source);
}

/** Whether memory can be pinned for a device; a warning says when it was asked for in vain. */
function canPin(wanted: boolean): boolean {
  if (!wanted) return false;
  if (call(native.device_count, new Device('cuda')) > 0) return true;
  warn("'pin_memory' argument is set as true but no accelerator is found, then device pinned memory won't be used.");
  return false;
}

/**
 * Reads a dataset in batches: `for (const [x, y] of new DataLoader(dataset, { batch_size: 64, shuffle: true }))`, or
 * with `for await` when samples are promises. Each loop is an epoch; the order of a shuffled one follows the seed as
 * in PyTorch. `len(loader)` is `loader.length`.
 * https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.DataLoader
 */
export class DataLoader<Sample, Size extends number | null = number, Batch = Batched<Sample, Size>>
  implements Iterable<Batch>, AsyncIterable<Batch>
{
  readonly dataset: MapDataset<Sample> | IterableDataset<Sample>;
  readonly batch_size: number | null;
  readonly sampler: Iterable<unknown>;
  readonly batch_sampler: Iterable<readonly unknown[]> | null;
  readonly drop_last: boolean;
  readonly persistent_workers: boolean;
  num_workers: number;
  collate_fn: (samples: never) => Batch;
  pin_memory: boolean;
  pin_memory_device: string;
  timeout: number;
  worker_init_fn: ((worker: number) => unknown) | null;
  multiprocessing_context: string | null;
  generator: Generator | null;
  prefetch_factor: number | null;
  in_order: boolean;
  /** Workers that stay between epochs, and the number of the current one. */
  private pool: WorkerPool | undefined;
  private epoch = 0;
  private current: ParallelEpoch<Batch> | undefined;
  /** The length a stream was said to have; more samples than that are worth a warning. */
  private promised: number | undefined;

  constructor(...args: signatures.DataLoaderArgs<Sample, Size, Batch>) {
    const given = signatures.DataLoader.read(args);
    checkWorkers(given);
    if (given.dataset instanceof IterableDataset) checkStream(given);
    checkSamplers(given);
    this.dataset = given.dataset as MapDataset<Sample>;
    this.sampler = given.sampler ?? defaultSampler(given);
    this.batch_size = given.batch_sampler === null ? given.batch_size : null;
    this.drop_last = given.drop_last;
    this.batch_sampler = given.batch_sampler ?? this.defaultBatches();
    this.collate_fn = (given.collate_fn ?? (this.batch_sampler ? default_collate : default_convert)) as never;
    this.num_workers = given.num_workers;
    this.pin_memory = given.pin_memory;
    this.pin_memory_device = given.pin_memory_device;
    this.timeout = given.timeout;
    this.worker_init_fn = given.worker_init_fn;
    this.generator = given.generator;
    this.multiprocessing_context = given.multiprocessing_context;
    this.prefetch_factor = given.prefetch_factor ?? (given.num_workers > 0 ? 2 : null);
    this.persistent_workers = given.persistent_workers;
    this.in_order = given.in_order;
    this.freeze();
    if (this.num_workers > 0) checkCount(this.num_workers);
  }

  private defaultBatches(): BatchSampler<unknown> | null {
    return this.batch_size === null ? null : new BatchSampler(this.sampler, this.batch_size, this.drop_last);
  }

  /** What the order depends on stays as it was made. */
  private freeze(): void {
    for (const name of ['batch_size', 'batch_sampler', 'sampler', 'drop_last', 'dataset', 'persistent_workers']) {
      const value = this[name as keyof this];
      const refuse = () => {
        throw new RangeError(`${name} attribute should not be set after DataLoader is initialized`);
      };
      Object.defineProperty(this, name, { enumerable: true, get: () => value, set: refuse });
    }
  }

  /** The number of batches of an epoch. */
  get length(): number {
    if (!(this.dataset instanceof IterableDataset)) return lengthOf(this.batch_sampler ?? this.sampler);
    const count = lengthOf(this.dataset);
    this.promised = count;
    if (this.batch_size === null) return count;
    return this.drop_last ? Math.floor(count / this.batch_size) : Math.ceil(count / this.batch_size);
  }

  private fetcher(async: boolean): Fetcher<Batch> {
    const { dataset, collate_fn, drop_last } = this;
    const options = { dataset, collate_fn, drop_last, batched: this.batch_sampler !== null };
    return dataset instanceof IterableDataset ? new IterableFetcher(options, async) : new MapFetcher(options);
  }

  /** The indices of an epoch. */
  private indices(): Iterator<unknown> {
    return (this.batch_sampler ?? this.sampler)[Symbol.iterator]();
  }

  /** Starts an epoch: draws the seed that PyTorch gives its workers, so that the random stream goes on as there. */
  private begin(async: boolean): Epoch<Batch> {
    if (this.timeout !== 0) throw new AssertionError('_SingleProcessDataLoaderIter requires timeout == 0');
    const pins = canPin(this.pin_memory);
    const indices = this.indices();
    randomSeed(this.generator);
    const finished = this.finisher();
    const pinning = (batch: Batch) => finished(pins ? pinned(batch) : batch);
    return { indices, fetcher: this.fetcher(async), finished: pinning };
  }

  /** Checks a batch when it is handed out. */
  private finisher(): (batch: Batch) => Batch {
    let count = 0;
    return (batch) => {
      count++;
      if (this.promised !== undefined && count > this.promised) warn(this.tooMany(this.promised, count));
      return batch;
    };
  }

  private tooMany(promised: number, count: number): string {
    const text =
      `Length of IterableDataset ${this.dataset.constructor.name} was reported to be ${promised} ` +
      `(when accessing len(dataloader)), but ${count} samples have been fetched. `;
    if (this.num_workers === 0) return text;
    return (
      `${text}For multiprocessing data-loading, this could be caused by not properly configuring the IterableDataset ` +
      'replica at each worker. Please see https://pytorch.org/docs/stable/data.html#torch.utils.data.IterableDataset ' +
      'for examples.'
    );
  }

  /** Starts an epoch of the workers. */
  private beginParallel(): { epoch: ParallelEpoch<Batch>; pool: WorkerPool } {
    if (isImporting()) {
      throw new TorchError(
        'A DataLoader with workers was started while a worker was importing the module of its dataset: every worker ' +
          'imports that module again. Let what starts the training run in the main thread only: ' +
          '`if (isMainThread) { … }`, with isMainThread of node:worker_threads.',
      );
    }
    const prefetch_factor = this.prefetch_factor ?? 2;
    if (prefetch_factor <= 0) throw new AssertionError('prefetch_factor must be greater than 0');
    void this.current?.close();
    const indices = this.indices();
    const stays = this.persistent_workers && this.pool !== undefined && !this.pool.closed;
    const pool = stays ? this.pool! : this.launch();
    const { in_order, timeout, persistent_workers: persistent } = this;
    const options = { indices, prefetch_factor, in_order, timeout, persistent, finished: this.finisher() };
    try {
      const epoch = new ParallelEpoch<Batch>(pool, this.epoch++, options);
      if (persistent) this.current = epoch;
      return { epoch, pool };
    } catch (error) {
      void pool.close(); // the sampler threw when the first tasks were handed out
      throw error;
    }
  }

  /** Starts the workers with seeds of one base seed. */
  private launch(): WorkerPool {
    const base = randomSeed(this.generator);
    const pins = canPin(this.pin_memory);
    const { dataset, collate_fn, worker_init_fn, drop_last, num_workers: workers } = this;
    const batched = this.batch_sampler !== null;
    const pool = new WorkerPool(workers, (worker) => {
      const work = pack({ dataset, collate_fn, worker_init_fn } satisfies Work, 'loader');
      return { worker, workers, seed: seedOf(base, worker), work, batched, drop_last, pins };
    });
    if (this.persistent_workers) {
      this.pool = pool;
      abandoned.register(this, pool);
    }
    return pool;
  }

  [Symbol.iterator](): IterableIterator<Batch> {
    if (this.num_workers === 0) return batches(this.begin(false));
    const { epoch, pool } = this.beginParallel();
    return this.watched(new ParallelIterator(epoch), pool);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Batch> {
    if (this.num_workers === 0) return batchesAsync(this.begin(true));
    const { epoch, pool } = this.beginParallel();
    return this.watched(new AsyncParallelIterator(epoch), pool);
  }

  /** Workers that do not stay end with their loop, also when it is dropped half-way. */
  private watched<Loop extends object>(loop: Loop, pool: WorkerPool): Loop {
    if (!this.persistent_workers) abandoned.register(loop, pool);
    return loop;
  }
}

/** The seeds of workers follow one another; beyond 2^53 they are bigints, as `item()` gives them. */
function seedOf(base: number | bigint, worker: number): number | bigint {
  const seed = BigInt(base) + BigInt(worker);
  return Number.isSafeInteger(Number(seed)) ? Number(seed) : seed;
}

interface Epoch<Batch> {
  indices: Iterator<unknown>;
  fetcher: Fetcher<Batch>;
  finished: (batch: Batch) => Batch;
}

/** How profiles name the getting of a batch. */
const inThisThread = () => 'enumerate(DataLoader)#_SingleProcessDataLoaderIter.__next__';

function nextBatch<Batch>({ indices, fetcher, finished }: Epoch<Batch>): Batch | typeof END {
  const step = indices.next();
  const batch = step.done ? END : fetcher.fetch(step.value);
  return batch === END ? END : finished(batch);
}

function* batches<Batch>(epoch: Epoch<Batch>): IterableIterator<Batch> {
  const { indices, fetcher } = epoch;
  try {
    for (;;) {
      const batch = inRange(inThisThread, () => nextBatch(epoch));
      if (batch === END) return;
      yield batch;
    }
  } finally {
    indices.return?.();
    fetcher.close();
  }
}

async function nextBatchAsync<Batch>({ indices, fetcher, finished }: Epoch<Batch>): Promise<Batch | typeof END> {
  const step = indices.next();
  if (step.done) return END;
  await turn();
  const batch = await inRange(inThisThread, () => fetcher.fetchAsync(step.value));
  return batch === END ? END : finished(batch);
}

async function* batchesAsync<Batch>(epoch: Epoch<Batch>): AsyncIterableIterator<Batch> {
  const { indices, fetcher } = epoch;
  try {
    for (;;) {
      const batch = await nextBatchAsync(epoch);
      if (batch === END) return;
      yield batch;
    }
  } finally {
    indices.return?.();
    fetcher.close();
  }
}

export { default_collate, default_convert } from './_utils/collate';
export { get_worker_info } from './_utils/worker_info';
