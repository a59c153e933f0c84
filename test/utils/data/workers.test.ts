/** Loaders with worker threads. */
import torch, { Tensor } from 'tsorch';
import { DataLoader, type DataLoaderOptions, get_worker_info, type MapDataset, TensorDataset } from 'tsorch/utils/data';
import golden from './golden/workers.json';
import * as made from './worker_datasets';

type AnyLoader = Iterable<unknown> & AsyncIterable<unknown>;

function plain(value: unknown): unknown {
  if (value instanceof Tensor) return value.tolist();
  return Array.isArray(value) ? value.map(plain) : value;
}

const loader = (dataset: unknown, options: object): AnyLoader =>
  new DataLoader(dataset as MapDataset<unknown>, { num_workers: 2, ...options } as DataLoaderOptions<unknown>);
const single = (dataset: unknown, options: object) => loader(dataset, { num_workers: 1, ...options });
const epochs = (of: AnyLoader, count = 1) => Array.from({ length: count }, () => plain([...of]));

async function readAsync(of: AsyncIterable<unknown>): Promise<unknown> {
  const batches: unknown[] = [];
  for await (const batch of of) batches.push(plain(batch));
  return batches;
}

/** Whether everything that threads had in hand is freed, when they have ended and dropped loaders are collected. */
async function nothingOnItsWay(): Promise<boolean> {
  for (let i = 0; i < 200 && torch.multiprocessing.in_transit() > 0; i++) {
    if (i % 20 === 0) torch.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return torch.multiprocessing.in_transit() === 0;
}

beforeAll(() => jest.spyOn(process, 'emitWarning').mockImplementation(() => {}));
afterEach(async () => expect(await nothingOnItsWay()).toBe(true));

describe('batches, order and random numbers are PyTorch’s', () => {
  const seeded = (seed: number) => new torch.Generator().manual_seed(seed);
  const { Draws, Counter, Info } = made;
  const cases: Record<string, () => [AnyLoader, epochs?: number]> = {
    shuffled: () => [loader(new Draws(10), { batch_size: 3, shuffle: true }), 2],
    'three workers': () => [loader(new Draws(8), { batch_size: 2, num_workers: 3 })],
    'more workers than batches': () => [loader(new Draws(3), { batch_size: 2, num_workers: 3 })],
    generator: () => [loader(new Draws(6), { batch_size: 2, shuffle: true, generator: seeded(5) })],
    persistent: () => [loader(new Draws(7), { batch_size: 2, shuffle: true, persistent_workers: true }), 3],
    'one by one': () => [loader(new Draws(4), { batch_size: null })],
    batch_sampler: () => [loader(new Draws(9), { batch_sampler: [[8, 0], [3], [5, 1, 2]] })],
    prefetch_factor: () => [loader(new Draws(9), { prefetch_factor: 1 })],
    stream: () => [loader(new Counter(10), { batch_size: 3 }), 2],
    'stream, uneven': () => [loader(new Counter(4), { num_workers: 3 })],
    'stream, drop_last': () => [loader(new Counter(11), { batch_size: 2, drop_last: true })],
    'stream, persistent': () => [loader(new Counter(7), { batch_size: 2, persistent_workers: true }), 2],
    'stream, one by one': () => [loader(new Counter(5), { batch_size: null })],
    information: () => [loader(new Info(), { batch_size: null, worker_init_fn: made.set_offset })],
  };
  type Result = { batches: unknown; next: number };

  test.each(Object.entries(golden.results as Record<string, Result>))('%s', (name, { batches, next }) => {
    torch.manual_seed(7);
    expect(epochs(...cases[name]!())).toEqual(batches);
    expect(torch.rand(1).item()).toBe(next);
  });

  test('also with for await', async () => {
    torch.manual_seed(7);
    const [of] = cases.shuffled!();
    const { batches, next } = golden.results.shuffled;
    expect([await readAsync(of), await readAsync(of)]).toEqual(batches);
    expect(torch.rand(1).item()).toBe(next);
  });
});

describe('what is handed to a worker', () => {
  test('tensors are not copied: the workers read the memory of the loop', () => {
    const rows = torch.zeros(4, 2);
    const of = single(new made.Rows(rows), { batch_size: 2, persistent_workers: true });
    expect(rows.is_shared()).toBe(false);
    expect(epochs(of).flat(3)).toEqual(Array(8).fill(0));
    expect(rows.is_shared()).toBe(true);
    rows.fill_(1);
    expect(epochs(of).flat(3)).toEqual(Array(8).fill(1));
  });

  test('lists, TensorDatasets, exported functions and operators', () => {
    expect(epochs(single([1, 2, 3], { batch_size: 2 }))).toEqual([[[1, 2], [3]]]);
    expect(epochs(single(new TensorDataset(torch.arange(3)), { batch_size: 2 }))).toEqual([[[[0, 1]], [[2]]]]);
    expect(epochs(single([1, 2, 3], { batch_size: 2, collate_fn: made.total }))).toEqual([[3, 3]]);
    expect(epochs(single(new made.Rows(torch.arange(2), made.halve), {}))).toEqual([[[0], [0.5]]]);
    expect(epochs(single(new made.Rows(torch.arange(2), torch.neg as never), {}))).toEqual([[[0], [-1]]]);
    const clamp = new torch.nn.Sequential(new torch.nn.ReLU());
    expect(epochs(single(new made.Rows(torch.tensor([-1, 2]), clamp), {}))).toEqual([[[0], [2]]]);
  });

  test('__reduce__, __getstate__ and __setstate__, as pickle has them', () => {
    expect(epochs(single(new made.Private(3), { batch_size: 4 }))).toEqual([[[0, 3, 6, 9]]]);
    expect(epochs(single(new made.Stateful('a'), { batch_size: 2 }))).toEqual([[['A0', 'A1']]]);
  });

  test('not what no other thread could import: the error names it', () => {
    class Local extends made.Rows {}
    const refuse =
      (dataset: unknown, options = {}) =>
      () =>
        single(dataset, options)[Symbol.iterator]();
    const rows = torch.zeros(2);
    expect(refuse(new Local(rows))).toThrow(
      "loader.dataset cannot go to another thread: the class 'Local' is not something that another thread could import",
    );
    expect(refuse(new made.Rows(rows, (x) => x))).toThrow(
      /^loader.dataset.transform cannot go to another thread: an anonymous function is not .*importable\(import.meta.url/,
    );
    const collate_fn = (batch: unknown[]) => batch;
    expect(refuse([1], { collate_fn })).toThrow("loader.collate_fn cannot go to another thread: the function 'coll");
    expect(refuse([Promise.resolve(1)])).toThrow(
      'loader.dataset[0] cannot go to another thread: it is of type Promise',
    );
    expect(refuse([rows.clone().requires_grad_().mul(2)])).toThrow(/Cowardly refusing/);
  });

  test('importable() stands in for an export', () => {
    const collate = (batch: unknown[]) => batch.length;
    torch.multiprocessing.importable(require.resolve('./worker_datasets'), { total: collate });
    expect(epochs(single([1, 2, 3], { batch_size: 2, collate_fn: collate }))).toEqual([[3, 3]]); // there it is `total`
    expect(() => torch.multiprocessing.importable('x', { y: 1 as never })).toThrow("importable(): 'y' must be a class");
  });
});

describe('errors', () => {
  const read =
    (what: string, options = {}) =>
    () => [...single(new made.Broken(what), options)];
  const failure = (run: () => unknown): Error & { code?: string } => {
    try {
      run();
    } catch (error) {
      return error as Error;
    }
    throw new Error('nothing was thrown');
  };

  test('arrive with their class and the stack of the worker', () => {
    const error = failure(read('range'));
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toMatch(
      /^Caught RangeError in DataLoader worker process 0\.\nOriginal RangeError: no sample 2\n +at Broken.__getitem__ .*worker_datasets/,
    );
    expect(failure(read('torch'))).toBeInstanceOf(torch.TorchError);
    expect(failure(read('text')).message).toBe('Caught Error in DataLoader worker process 0.\nOriginal just text');
  });

  test('of classes unknown here are TorchErrors, with what they tell', () => {
    const error = failure(read('own'));
    expect(error).toBeInstanceOf(torch.TorchError);
    expect(error.message).toMatch(/Caught Unreadable in [\s\S]*no data[\s\S]*Caused by Error: the disk is gone/);
    expect(error.code).toBe('ENODATA');
  });

  test('of for await', async () => {
    await expect(readAsync(single(new made.Broken('range'), {}))).rejects.toThrow(
      'Caught RangeError in DataLoader wor',
    );
  });

  test('leave persistent workers ready for the next epoch', () => {
    const of = single(new made.Broken('range'), { persistent_workers: true });
    for (let i = 0; i < 2; i++) expect(() => [...of]).toThrow('no sample 2');
  });

  test('of worker_init_fn and of a missing export', () => {
    expect(read('range', { worker_init_fn: made.halve })).toThrow(
      /^Caught TypeError in DataLoader worker process 0\.\nOriginal TypeError: x.div is not a function/,
    );
    const gone = () => 1;
    torch.multiprocessing.importable(require.resolve('./worker_datasets'), { gone });
    expect(read('range', { collate_fn: gone })).toThrow(/'gone' cannot be had from .*: it has no such export/);
  });

  test('a worker that goes is reported, in either loop', async () => {
    expect(read('range', { worker_init_fn: made.leave })).toThrow(
      /^DataLoader worker \(pid\(s\) \d+\) exited unexpectedly$/,
    );
    const asynchronous = readAsync(single([1], { worker_init_fn: made.leave }));
    await expect(asynchronous).rejects.toThrow(/exited unexpectedly/);
    expect(read('range', { worker_init_fn: made.crash })).toThrow(/Caught Error in .*\nOriginal Error: in a timer/);
  });

  test('of the sampler, at once or later', () => {
    const failing = (good: number) => ({
      *[Symbol.iterator]() {
        for (let i = 0; i < good; i++) yield 0;
        throw new RangeError('no order');
      },
    });
    const read = (good: number) => () => [...single([1], { sampler: failing(good) })];
    expect(read(1)).toThrow(new RangeError('no order'));
    expect(read(3)).toThrow(new RangeError('no order'));
  });

  test('timeout', async () => {
    const options = { worker_init_fn: made.sleep_forever, timeout: 0.2 };
    expect(() => [...single([1], options)]).toThrow('DataLoader timed out after 0.2 seconds');
    await expect(readAsync(single([1], options))).rejects.toThrow('DataLoader timed out after 0.2 seconds');
    expect(() => [...new DataLoader([1], { timeout: 1 })]).toThrow(
      '_SingleProcessDataLoaderIter requires timeout == 0',
    );
  });

  test('options', () => {
    const options = (more: object) => () => new DataLoader([1], more);
    expect(options({ num_workers: 1, prefetch_factor: -1 })).toThrow('prefetch_factor option should be non-negative');
    expect(() => [...single([1], { prefetch_factor: 0 })]).toThrow('prefetch_factor must be greater than 0');
    expect(options({ multiprocessing_context: 'spawn' })).toThrow(
      'multiprocessing_context can only be used with multi-process loading (num_workers > 0), but got num_workers=0',
    );
    expect(options({ num_workers: 1, multiprocessing_context: 'fork' })).toThrow(
      "should specify a valid start method in ['thread', 'spawn'], but got multiprocessing_context='fork'",
    );
    expect(options({ num_workers: 1, multiprocessing_context: 3 })).toThrow(TypeError);
    expect(new DataLoader([1], { num_workers: 1, multiprocessing_context: 'spawn' }).prefetch_factor).toBe(2);
    expect(new DataLoader([1]).prefetch_factor).toBeNull();
    jest.mocked(process.emitWarning).mockClear();
    new DataLoader([1], { num_workers: 1000 });
    expect(String(jest.mocked(process.emitWarning).mock.calls)).toMatch(/This DataLoader will create 1000 worker proc/);
  });
});

describe('loops', () => {
  test('workers may wait: samples are promises, and a plain loop reads them', () => {
    expect(epochs(single(new made.Later(), { batch_size: 2 }))).toEqual([[[0, 1], [2, 3], [4]]]);
  });

  test('in_order: false gives batches as they are ready', () => {
    // Worker 1 begins its third sample when the loop has taken its first.
    const order = epochs(loader(new made.Uneven(3), { in_order: false }))[0] as number[][];
    expect([...order].sort()).toEqual([[0], [1], [2], [3], [4], [5]]);
    expect(order[0]).toEqual([1]);
    expect((epochs(loader(new made.Uneven(2), {}))[0] as number[][]).flat()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('left early, by break, an error or return', async () => {
    const of = loader(new made.Draws(1000), {});
    for (const _ of of) break;
    expect(() => {
      for (const _ of of) throw new Error('enough');
    }).toThrow('enough');
    for await (const _ of of) break;
    const iterator = of[Symbol.iterator]();
    iterator.next();
    iterator.return!();
    expect(iterator.next().done).toBe(true);
  });

  test('left early and begun again by persistent workers', () => {
    const of = single([0, 1, 2, 3, 4, 5], { persistent_workers: true });
    const first = of[Symbol.iterator]();
    first.next();
    for (const _ of of) break;
    expect(first.next().done).toBe(true);
    expect(epochs(of, 2)).toEqual(Array(2).fill([[0], [1], [2], [3], [4], [5]]));
  });

  test('calls of next wait for one another', async () => {
    const iterator = single([0, 1, 2], {})[Symbol.asyncIterator]();
    const steps = await Promise.all([iterator.next(), iterator.next(), iterator.next(), iterator.next()]);
    expect(steps.map(({ done, value }) => (done ? 'done' : plain(value)))).toEqual([[0], [1], [2], 'done']);
  });

  test('a stream longer than it said warns', () => {
    jest.mocked(process.emitWarning).mockClear();
    const of = new DataLoader(new made.Counter(3, 2), { num_workers: 1 });
    expect(of.length).toBe(2);
    expect([...of].length).toBe(3);
    expect(String(jest.mocked(process.emitWarning).mock.calls)).toMatch(
      /was reported to be 2.*not properly configuring/,
    );
  });
});

test('there is no worker in the main thread', () => {
  expect(get_worker_info()).toBeNull();
});
