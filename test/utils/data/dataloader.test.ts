import torch, { Tensor } from 'tsorch';
import {
  _utils,
  BatchSampler,
  DataLoader,
  Dataset,
  default_collate,
  default_convert,
  get_worker_info,
  IterableDataset,
  RandomSampler,
  Sampler,
  SequentialSampler,
  Subset,
  TensorDataset,
} from 'tsorch/utils/data';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

function plain(value: unknown): unknown {
  if (value instanceof Tensor) return value.tolist();
  return Array.isArray(value) ? value.map(plain) : value;
}

describe('default_collate', () => {
  test('stacks tensors and typed arrays', () => {
    const batch: Tensor = default_collate([torch.ones(2), torch.zeros(2)]);
    expect(batch.tolist()).toEqual([
      [1, 1],
      [0, 0],
    ]);
    expect(default_collate([Int32Array.of(1, 2), Int32Array.of(3, 4)]).dtype).toBe(torch.int32);
  });

  test('makes tensors of numbers', () => {
    expect(String(default_collate([0, 1, 2]))).toBe('tensor([0, 1, 2])');
    expect(String(default_collate([0.5, 1]))).toBe('tensor([0.5000, 1.0000], dtype=torch.float64)');
    expect(String(default_collate([1n, 2n ** 60n]))).toBe('tensor([                  1, 1152921504606846976])');
    expect(String(default_collate([true, false]))).toBe('tensor([ True, False])');
    expect(String(default_collate([1, 2.5]))).toBe('tensor([1.0000, 2.5000], dtype=torch.float64)');
    expect(String(default_collate([2, true, 3n]))).toBe('tensor([2, 1, 3])');
    expect(String(default_collate([true, 2]))).toBe('tensor([1, 2])');
    expect(String(default_collate([2n, 2.5]))).toBe('tensor([2.0000, 2.5000])'); // by the first, as in Python
    expect(
      String(
        default_collate([
          { a: 1, b: 2.5 },
          { a: 2, b: 3 },
        ]).b,
      ),
    ).toMatch('float64'); // prettier-ignore
  });

  test('goes into lists, objects and Maps, and leaves strings', () => {
    const pairs: [Tensor, string[]] = default_collate<[number, string]>([
      [1, 'a'],
      [2, 'b'],
    ]);
    expect(plain(pairs)).toEqual([
      [1, 2],
      ['a', 'b'],
    ]);
    const records: { x: Tensor; y: { z: Tensor } } = default_collate([
      { x: 1, y: { z: torch.ones(1) } },
      { x: 2, y: { z: torch.zeros(1) } },
    ]);
    expect(records.y.z.tolist()).toEqual([[1], [0]]);
    const map = default_collate([new Map([['k', 1]]), new Map([['k', 5]])]);
    expect(map.get('k')!.tolist()).toEqual([1, 5]);
  });

  test('keeps the names of named results', () => {
    const rows = [torch.tensor([1, 5]).max(0), torch.tensor([7, 2]).max(0)];
    const batch = default_collate(rows) as unknown as { values: Tensor; indices: Tensor };
    expect(batch.values.tolist()).toEqual([5, 7]);
    expect(batch.indices.tolist()).toEqual([1, 0]);
  });

  test('refuses what it does not know', () => {
    expect(() => default_collate([])).toThrow(new RangeError('list index out of range'));
    expect(() => default_collate([null])).toThrow(
      new TypeError('default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found null'),
    );
    expect(() => default_collate([[1], [1, 2]])).toThrow('each element in list of batch should be of equal size');
    expect(() => default_collate([torch.eye(2).to_sparse()])).toThrow(/Batches of sparse tensors/);
    expect(() => default_collate([torch.ones(2), torch.ones(3)])).toThrow(/stack expects each tensor to be equal size/);
  });

  test('learns classes', () => {
    class Point {
      constructor(readonly x: number) {}
    }
    const map = _utils.collate.default_collate_fn_map;
    map.set(Point, (batch: Point[]) => batch.map((point) => point.x));
    try {
      expect(default_collate([new Point(1), new Point(2)])).toEqual([1, 2]);
    } finally {
      map.delete(Point);
    }
    expect(_utils.collate.collate([new Point(3)], { collate_fn_map: new Map([[Point, () => 'point']]) })).toBe('point');
  });

  test('default_convert makes tensors of typed arrays only', () => {
    const converted = default_convert({ a: Float32Array.of(1), b: 2, c: ['x'] });
    expect(converted.a.tolist()).toEqual([1]);
    expect(converted.b).toBe(2);
    expect(converted.c).toEqual(['x']);
  });
});

describe('DataLoader', () => {
  const dataset = new TensorDataset(torch.arange(10).reshape(5, 2), torch.arange(5));

  test('reads batches of tensors', () => {
    const loader = new DataLoader(dataset, { batch_size: 2 });
    expect(loader.length).toBe(3);
    const shapes: number[][] = [];
    for (const [x, y] of loader) shapes.push([...x.shape, ...y.shape]);
    expect(shapes).toEqual([
      [2, 2, 2],
      [2, 2, 2],
      [1, 2, 1],
    ]);
    expect(new DataLoader(dataset, { batch_size: 2, drop_last: true }).length).toBe(2);
    expect(loader.batch_size).toBe(2);
    expect(loader.sampler).toBeInstanceOf(SequentialSampler);
    expect(loader.batch_sampler).toBeInstanceOf(BatchSampler);
    expect(loader.dataset).toBe(dataset);
  });

  test('copies: batches do not share the memory of the dataset', () => {
    const x = torch.zeros(4, 2);
    for (const [batch] of new DataLoader(new TensorDataset(x), { batch_size: 2 })) batch.fill_(1);
    expect(x.sum().item()).toBe(0);
  });

  test.each([
    ['strided', torch.arange(24).reshape(4, 3, 2).transpose(1, 2)],
    ['channels last', torch.randn(4, 3, 2, 2).contiguous({ memory_format: torch.channels_last })],
    ['complex', torch.randn(4, 2, { dtype: torch.complex64 })],
    ['bool', torch.tensor([true, false, true, false])],
    ['scalars', torch.arange(4)],
    ['empty rows', torch.ones(4, 0)],
  ])('gives what collating the rows gives: %s', (_, x) => {
    const rows = new TensorDataset(x);
    const stacked = torch.stack([rows.index(0)[0], rows.index(1)[0]]);
    const [[batch]] = [...new DataLoader(rows, { batch_size: 2 })] as [[Tensor]];
    expect(batch.tolist()).toEqual(stacked.tolist());
    expect([batch.dtype, batch.stride()]).toEqual([stacked.dtype, stacked.stride()]);
  });

  test('keeps the graph of rows that require grad', () => {
    const x = torch.ones(4, 2, { requires_grad: true });
    const [[batch]] = [...new DataLoader(new TensorDataset(x), { batch_size: 4 })] as [[Tensor]];
    expect(batch.grad_fn!.name()).toBe('StackBackward0');
    batch.sum().backward();
    expect(x.grad!.sum().item()).toBe(8);
  });

  test('reads subsets, lists and tensors', () => {
    expect(plain([...new DataLoader(new Subset(dataset, [4, 0]), { batch_size: 2 })])).toEqual([
      [
        [
          [8, 9],
          [0, 1],
        ],
        [4, 0],
      ],
    ]);
    expect(plain([...new DataLoader([1, 2, 3], { batch_size: 2 })])).toEqual([[1, 2], [3]]);
    expect(plain([...new DataLoader(torch.arange(3), 2)])).toEqual([[0, 1], [2]]);
  });

  test('takes samplers, batch samplers and collate functions', () => {
    class Odd extends Sampler {
      override *[Symbol.iterator]() {
        yield* [1, 3];
      }
      override get length() {
        return 2;
      }
    }
    const odd = new DataLoader(dataset, { sampler: new Odd(), batch_size: 2 });
    expect(odd.length).toBe(1);
    expect(plain([...odd])).toEqual([
      [
        [
          [2, 3],
          [6, 7],
        ],
        [1, 3],
      ],
    ]);
    const lists = new DataLoader(range(5), { batch_sampler: [[0, 4], [2]] });
    expect(plain([...lists])).toEqual([[0, 4], [2]]);
    const sums = new DataLoader(range(5), { batch_size: 2, collate_fn: (batch) => batch.reduce((a, b) => a + b, 0) });
    const totals: number[] = [...sums];
    expect(totals).toEqual([1, 5, 4]);
    for (const dataset of [new Map([['a', 1]]), { a: 1 }]) {
      const keyed = new DataLoader(dataset as never, { sampler: ['a'], batch_size: null });
      expect([...keyed]).toEqual([1]);
    }
  });

  test('without batches gives samples as they are', () => {
    const loader = new DataLoader(range(3), { batch_size: null });
    expect(loader.length).toBe(3);
    const samples: number[] = [...loader];
    expect(samples).toEqual([0, 1, 2]);
  });

  test('calls __getitems__ once a batch', () => {
    const calls: number[][] = [];
    class Bulk extends Dataset<number> {
      override __getitem__(index: number): number {
        return index;
      }
      override __getitems__(indices: number[]): number[] {
        calls.push(indices);
        return indices.map((i) => 10 * i);
      }
      override __len__() {
        return 3;
      }
    }
    expect(plain([...new DataLoader(new Bulk(), { batch_size: 2 })])).toEqual([[0, 10], [20]]);
    expect(calls).toEqual([[0, 1], [2]]);
  });

  test('refuses options that contradict each other', () => {
    const options = (more: object) => () => new DataLoader(dataset, more);
    expect(options({ num_workers: -1 })).toThrow(/num_workers option should be non-negative/);
    expect(options({ timeout: -1 })).toThrow('timeout option should be non-negative');
    expect(options({ prefetch_factor: 2 })).toThrow(/prefetch_factor option could only be specified/);
    expect(options({ persistent_workers: true })).toThrow('persistent_workers option needs num_workers > 0');
    expect(options({ sampler: [1], shuffle: true })).toThrow('sampler option is mutually exclusive with shuffle');
    expect(options({ batch_sampler: [[1]], batch_size: 3 })).toThrow(/batch_sampler option is mutually exclusive/);
    expect(options({ batch_size: null, drop_last: true })).toThrow(/disables auto-batching/);
    expect(options({ batch_size: 0 })).toThrow(/batch_size should be a positive integer value/);
    expect(options({ size: 3 })).toThrow(
      new TypeError("DataLoader.__init__() got an unexpected keyword argument 'size'"),
    );
    expect(() => new DataLoader([], { shuffle: true })).toThrow(/num_samples should be a positive integer value/);
    const loader = new DataLoader(dataset) as { batch_size: number };
    expect(() => {
      loader.batch_size = 3;
    }).toThrow('batch_size attribute should not be set after DataLoader is initialized');
  });

  test('an error of the dataset goes to the loop', () => {
    class Broken extends Dataset<number> {
      override __getitem__(): number {
        throw new Error('no such file');
      }
      override __len__() {
        return 2;
      }
    }
    expect(() => [...new DataLoader(new Broken())]).toThrow('no such file');
  });
});

describe('streams', () => {
  class Count extends IterableDataset<number> {
    closed = 0;
    constructor(
      private readonly end: number,
      private readonly said = end,
    ) {
      super();
    }
    override *__iter__() {
      try {
        for (let i = 0; i < this.end; i++) yield i;
      } finally {
        this.closed++;
      }
    }
    override __len__() {
      return this.said;
    }
  }

  test('are read in batches or one by one', () => {
    expect(plain([...new DataLoader(new Count(5), { batch_size: 2 })])).toEqual([[0, 1], [2, 3], [4]]);
    expect(plain([...new DataLoader(new Count(5), { batch_size: 2, drop_last: true })])).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect([...new DataLoader(new Count(2), { batch_size: null })]).toEqual([0, 1]);
    expect(new DataLoader(new Count(5), { batch_size: 2 }).length).toBe(3);
  });

  test('are closed when the loop is left early', () => {
    const stream = new Count(5);
    for (const _ of new DataLoader(stream)) break;
    expect(stream.closed).toBe(1);
  });

  test('take no order', () => {
    expect(() => new DataLoader(new Count(5), { shuffle: true })).toThrow(
      'DataLoader with IterableDataset: expected unspecified shuffle option, but got shuffle=True',
    );
    expect(() => new DataLoader(new Count(5), { sampler: new RandomSampler(range(3)) })).toThrow(
      /expected unspecified sampler option/,
    );
  });

  test('warn when they are longer than they said', () => {
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const loader = new DataLoader(new Count(3, 2));
    expect(loader.length).toBe(2);
    expect([...loader].length).toBe(3);
    expect(warned.mock.calls.map(String).join()).toMatch(/was reported to be 2.*but 3 samples/);
    warned.mockRestore();
  });
});

describe('for await', () => {
  class Slow extends Dataset<Promise<number>> {
    override async __getitem__(index: number): Promise<number> {
      await new Promise((resolve) => setTimeout(resolve, 5 - index));
      if (index === 4) throw new Error('unreadable');
      return index;
    }
    override __len__() {
      return 4;
    }
  }

  test('waits for samples that are promises', async () => {
    const batches: Tensor[] = [];
    for await (const batch of new DataLoader(new Slow(), { batch_size: 3 })) batches.push(batch);
    expect(plain(batches)).toEqual([[0, 1, 2], [3]]);
    const samples: number[] = [];
    for await (const sample of new DataLoader(new Slow(), { batch_size: null })) samples.push(sample);
    expect(samples).toEqual([0, 1, 2, 3]);
  });

  test('reads samples one after the other, so that a seed decides what they draw', async () => {
    class Augmented extends Dataset<Promise<Tensor>> {
      override async __getitem__(index: number): Promise<Tensor> {
        await new Promise((resolve) => setTimeout(resolve, 6 - 2 * index));
        return torch.rand(1);
      }
      override __len__() {
        return 3;
      }
    }
    torch.manual_seed(1);
    const drawn: unknown[] = [];
    const subset = new Subset(new Augmented(), [0, 1, 2]);
    for await (const batch of new DataLoader(subset, { batch_size: 3 })) drawn.push(...batch.flatten());
    torch.manual_seed(1);
    torch.empty([], { dtype: torch.int64 }).random_(); // the seed that the workers would get
    expect(plain(drawn)).toEqual([0, 1, 2].map(() => torch.rand(1).item()));
  });

  test('reads samples together with __getitems__', async () => {
    class Together extends Dataset<Promise<number>> {
      override async __getitem__(index: number): Promise<number> {
        return index;
      }
      override __getitems__(indices: number[]): Promise<number>[] {
        return Promise.all(indices.map((i) => this.__getitem__(10 * i))) as never;
      }
      override __len__() {
        return 3;
      }
    }
    const batches: unknown[] = [];
    for await (const batch of new DataLoader(new Together(), { batch_size: 2 })) batches.push(plain(batch));
    expect(batches).toEqual([[0, 10], [20]]);
  });

  test('reads plain datasets and asynchronous streams', async () => {
    const plainBatches: Tensor[] = [];
    for await (const batch of new DataLoader(range(3), 2)) plainBatches.push(batch);
    expect(plain(plainBatches)).toEqual([[0, 1], [2]]);
    class Stream extends IterableDataset<number> {
      async *[Symbol.asyncIterator]() {
        yield* [1, 2, 3];
      }
    }
    const streamed: Tensor[] = [];
    for await (const batch of new DataLoader(new Stream(), { batch_size: 2 })) streamed.push(batch);
    expect(plain(streamed)).toEqual([[1, 2], [3]]);
  });

  test('a plain loop over promises says so, and errors arrive', async () => {
    expect(() => [...new DataLoader(new Slow())]).toThrow('read the DataLoader with `for await`');
    const read = async () => {
      for await (const _ of new DataLoader(new Slow(), { sampler: [4] }));
    };
    await expect(read()).rejects.toThrow('unreadable');
  });
});

test('there is no worker in the main thread', () => {
  expect(get_worker_info()).toBeNull();
});
