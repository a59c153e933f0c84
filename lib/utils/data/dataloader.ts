/** Batches of a dataset. https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.DataLoader */
import { NotImplementedError, warn } from '../../errors';
import { native } from '../../native/addon';
import { call } from '../../native/frame';
import { named, REQUIRED } from '../../operators/keywords';
import type { Generator } from '../../random';
import { Device } from '../../types';
import { type Collated, type Converted, default_collate, default_convert } from './_utils/collate';
import { END, type Fetcher, IterableFetcher, MapFetcher } from './_utils/fetch';
import { pinned } from './_utils/pin_memory';
import { lengthOf } from './_utils/protocol';
import { type Dataset, IterableDataset, type MapDataset } from './dataset';
import { BatchSampler, RandomSampler, randomSeed, SequentialSampler } from './sampler';

/** The keywords of a DataLoader, as in Python. */
export interface DataLoaderOptions<Sample = unknown, Size extends number | null = number, Batch = unknown> {
  /** Samples a batch; null reads samples one by one, without collation. */
  batch_size?: Size;
  /** A new random order every epoch. */
  shuffle?: boolean | null;
  sampler?: Iterable<unknown> | null;
  batch_sampler?: Iterable<readonly unknown[]> | null;
  num_workers?: number;
  collate_fn?: ((samples: Size extends null ? Awaited<Sample> : Awaited<Sample>[]) => Batch) | null;
  pin_memory?: boolean;
  /** Leaves out a last batch that is not full. */
  drop_last?: boolean;
  timeout?: number;
  worker_init_fn?: ((worker: number) => void) | null;
  multiprocessing_context?: null;
  generator?: Generator | null;
  prefetch_factor?: number | null;
  persistent_workers?: boolean;
  pin_memory_device?: string;
  in_order?: boolean;
}

type Batched<Sample, Size> = Size extends null ? Converted<Awaited<Sample>> : Collated<Awaited<Sample>>;

const parameters = {
  dataset: REQUIRED,
  batch_size: 1,
  shuffle: null,
  sampler: null,
  batch_sampler: null,
  num_workers: 0,
  collate_fn: null,
  pin_memory: false,
  drop_last: false,
  timeout: 0,
  worker_init_fn: null,
  multiprocessing_context: null,
  generator: null,
  prefetch_factor: null,
  persistent_workers: false,
  pin_memory_device: '',
  in_order: true,
};
const KEYWORD_ONLY = 4;

type Given = Required<DataLoaderOptions<unknown, number | null>> & { dataset: unknown };

/** The options that only worker threads could follow. */
function checkWorkers({ num_workers, timeout, prefetch_factor, persistent_workers }: Given): void {
  if (num_workers < 0) {
    throw new RangeError('num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.');
  }
  if (timeout < 0) throw new RangeError('timeout option should be non-negative');
  if (num_workers > 0) {
    throw new NotImplementedError(`DataLoader: num_workers=${num_workers} is not supported yet; use num_workers=0.`);
  }
  if (prefetch_factor !== null) {
    throw new RangeError(
      'prefetch_factor option could only be specified in multiprocessing.' +
        'let num_workers > 0 to enable multiprocessing, otherwise set prefetch_factor to None.',
    );
  }
  if (persistent_workers) throw new RangeError('persistent_workers option needs num_workers > 0');
  if (timeout !== 0) throw new RangeError('timeout option needs num_workers > 0');
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
  if (call<number>(native.device_count, new Device('cuda')) > 0) return true;
  warn("'pin_memory' argument is set as true but no accelerator is found, then device pinned memory won't be used.");
  return false;
}

/**
 * Reads a dataset in batches: `for (const [x, y] of new DataLoader(dataset, { batch_size: 64, shuffle: true }))`, or
 * with `for await` when samples are promises. Each loop is an epoch; the order of a shuffled one follows the seed as
 * in PyTorch. `len(loader)` is `loader.length`.
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
  worker_init_fn: ((worker: number) => void) | null;
  generator: Generator | null;
  prefetch_factor: number | null;
  in_order: boolean;
  /** The length a stream was said to have; more samples than that are worth a warning. */
  private promised: number | undefined;

  constructor(dataset: Dataset<Sample, never> | MapDataset<Sample>, options?: DataLoaderOptions<Sample, Size, Batch>);
  constructor(
    dataset: Dataset<Sample, never> | MapDataset<Sample>,
    batch_size: Size,
    shuffle?: boolean | null | DataLoaderOptions<Sample, Size, Batch>,
    ...more: unknown[]
  );
  constructor(...args: unknown[]) {
    const given = named<Given>('DataLoader', parameters, args, KEYWORD_ONLY);
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
    this.prefetch_factor = given.prefetch_factor;
    this.persistent_workers = given.persistent_workers;
    this.in_order = given.in_order;
    this.freeze();
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

  /** Starts an epoch: draws the seed that PyTorch gives its workers, so that the random stream goes on as there. */
  private begin(async: boolean): Epoch<Batch> {
    const indices = (this.batch_sampler ?? this.sampler)[Symbol.iterator]();
    randomSeed(this.generator);
    const finished = this.finisher();
    return { indices, fetcher: this.fetcher(async), finished };
  }

  /** What happens to every batch at last. */
  private finisher(): (batch: Batch) => Batch {
    const pins = canPin(this.pin_memory);
    let count = 0;
    return (batch) => {
      count++;
      if (this.promised !== undefined && count > this.promised) {
        warn(
          `Length of IterableDataset ${this.dataset.constructor.name} was reported to be ${this.promised} ` +
            `(when accessing len(dataloader)), but ${count} samples have been fetched. `,
        );
      }
      return pins ? pinned(batch) : batch;
    };
  }

  [Symbol.iterator](): IterableIterator<Batch> {
    return batches(this.begin(false));
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Batch> {
    return batchesAsync(this.begin(true));
  }
}

interface Epoch<Batch> {
  indices: Iterator<unknown>;
  fetcher: Fetcher<Batch>;
  finished: (batch: Batch) => Batch;
}

function* batches<Batch>({ indices, fetcher, finished }: Epoch<Batch>): IterableIterator<Batch> {
  try {
    for (let step = indices.next(); !step.done; step = indices.next()) {
      const batch = fetcher.fetch(step.value);
      if (batch === END) return;
      yield finished(batch);
    }
  } finally {
    indices.return?.();
    fetcher.close();
  }
}

async function* batchesAsync<Batch>({ indices, fetcher, finished }: Epoch<Batch>): AsyncIterableIterator<Batch> {
  try {
    for (let step = indices.next(); !step.done; step = indices.next()) {
      const batch = await fetcher.fetchAsync(step.value);
      if (batch === END) return;
      yield finished(batch);
    }
  } finally {
    indices.return?.();
    fetcher.close();
  }
}

/** Inside a worker, which one it is; null in the main thread. */
export function get_worker_info(): null {
  return null;
}
