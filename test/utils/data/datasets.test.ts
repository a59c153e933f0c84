import torch, { type Tensor } from 'tsorch';
import {
  ChainDataset,
  ConcatDataset,
  Dataset,
  IterableDataset,
  random_split,
  StackDataset,
  Subset,
  TensorDataset,
} from 'tsorch/utils/data';

class Squares extends Dataset<number> {
  constructor(private readonly count: number) {
    super();
  }
  override __getitem__(index: number): number {
    return index ** 2;
  }
  override __len__(): number {
    return this.count;
  }
}

class Count extends IterableDataset<number> {
  constructor(private readonly end: number) {
    super();
  }
  override *__iter__(): Iterator<number> {
    for (let i = 0; i < this.end; i++) yield i;
  }
  override __len__(): number {
    return this.end;
  }
}

const samples = <Sample>(dataset: { length: number; index(i: number): Sample }) =>
  Array.from({ length: dataset.length }, (_, i) => dataset.index(i));

test('a dataset has a length and is indexed', () => {
  const squares = new Squares(4);
  expect(squares.length).toBe(4);
  expect(squares.index(3)).toBe(9);
  expect(() => new Dataset().length).toThrow(new TypeError("object of type 'Dataset' has no len()"));
  expect(() => new Dataset().index(0)).toThrow('Subclasses of Dataset should implement __getitem__.');
  expect(() => [...new IterableDataset()]).toThrow('Subclasses of IterableDataset should implement __iter__.');
});

test('TensorDataset gives the rows of its tensors', () => {
  const x = torch.arange(6).reshape(3, 2);
  const dataset = new TensorDataset(x, torch.tensor([1, 2, 3]));
  expect(dataset.length).toBe(3);
  const [row, label]: [Tensor, Tensor] = dataset.index(-1);
  expect(row.tolist()).toEqual([4, 5]);
  expect(label.item()).toBe(3);
  expect(dataset.index(':2')[0].shape).toEqual([2, 2]);
  expect(dataset.tensors[0]).toBe(x);
  expect(() => dataset.index(3)).toThrow(/index 3 is out of bounds for dimension 0 with size 3/);
  expect(() => new TensorDataset(x, torch.ones(2))).toThrow('Size mismatch between tensors');
});

test('ConcatDataset goes through its datasets', () => {
  const both = new Squares(3).add(new Squares(2));
  expect(samples(both)).toEqual([0, 1, 4, 0, 1]);
  expect(both.index(-1)).toBe(1);
  expect(both.index(-5)).toBe(0);
  expect(() => both.index(-6)).toThrow('absolute value of index should not exceed dataset length');
  expect(() => both.index(5)).toThrow(RangeError);
  const mixed = new ConcatDataset<unknown>([[7, 8], new Squares(1), torch.tensor([5])]);
  expect(mixed.cumulative_sizes).toEqual([2, 3, 4]);
  expect(ConcatDataset.cumsum([[7, 8], [1]])).toEqual([2, 3]);
  expect(mixed.index(1)).toBe(8);
  expect((mixed.index(3) as Tensor).item()).toBe(5);
  expect(() => new ConcatDataset([])).toThrow('datasets should not be an empty iterable');
  expect(() => new ConcatDataset([new Count(1) as never])).toThrow('ConcatDataset does not support IterableDataset');
});

test('ChainDataset goes through its streams', () => {
  const chain = new Count(2).add(new Count(3));
  expect(chain).toBeInstanceOf(ChainDataset);
  expect([...chain]).toEqual([0, 1, 0, 1, 2]);
  expect(chain.length).toBe(5);
  expect(() => [...new ChainDataset([[1] as never])]).toThrow(
    expect.objectContaining({ name: 'AssertionError', message: 'ChainDataset only supports IterableDataset' }),
  );
});

test('StackDataset puts datasets side by side', () => {
  const pairs = new StackDataset(new Squares(3), ['a', 'b', 'c']);
  const pair: [number, string] = pairs.index(2);
  expect(pair).toEqual([4, 'c']);
  const named = new StackDataset({ square: new Squares(3), name: ['a', 'b', 'c'] });
  const sample: { square: number; name: string } = named.index(1);
  expect(sample).toEqual({ square: 1, name: 'b' });
  expect(named.length).toBe(3);
  expect(named.__getitems__!([0, 2])).toEqual([
    { square: 0, name: 'a' },
    { square: 4, name: 'c' },
  ]);
  expect(() => new StackDataset(new Squares(2), new Squares(3))).toThrow('Size mismatch between datasets');
  expect(() => new StackDataset()).toThrow('At least one dataset should be passed');
  expect(() => new StackDataset([1], { b: [1] } as never)).toThrow(
    /^Supported either ``tuple``- \(via ``args``\) or``dict`/,
  );
  class Short extends Squares {
    override __getitems__() {
      return [0];
    }
  }
  const short = new StackDataset([1, 2], new Short(2));
  expect(() => short.__getitems__!([0, 1])).toThrow("Nested dataset's output size mismatch. Expected 2, got 1");
});

test('Subset gives some samples of a dataset', () => {
  const subset = new Subset(new Squares(10), [5, 1, 1]);
  expect(samples(subset)).toEqual([25, 1, 1]);
  expect(subset.index(-3)).toBe(25);
  expect(subset.__getitems__([0, 2])).toEqual([25, 1]);
  expect(samples(new Subset(new Squares(10), torch.tensor([2n, 3n])))).toEqual([4, 9]);
  expect(() => subset.index(3)).toThrow(new RangeError('list index out of range'));
  const rows = new Subset(torch.arange(6).reshape(3, 2) as never, [2, 0]);
  expect((rows.__getitem__([0, 1]) as Tensor).tolist()).toEqual([
    [4, 5],
    [0, 1],
  ]);
});

test('random_split wants lengths or fractions that make up the whole', () => {
  expect(random_split(new Squares(10), [0.5, 0.25, 0.25]).map((part) => part.length)).toEqual([6, 2, 2]);
  expect(random_split(new Squares(1), [1])[0]!.length).toBe(1);
  expect(() => random_split(new Squares(10), [3, 3])).toThrow(
    'Sum of input lengths does not equal the length of the input dataset!',
  );
  expect(() => random_split(new Squares(10), [1.5, -0.5])).toThrow('Fraction at index 0 is not between 0 and 1');
});

test('datasets over others take them by name', () => {
  expect([...new Subset([5, 6, 7], { indices: [2, 0] }).__getitems__([0, 1])]).toEqual([7, 5]);
  expect(new ConcatDataset({ datasets: [[1], [2, 3]] }).index(2)).toBe(3);
  expect(() => new Subset([1], 3 as never)).toThrow("Subset(): argument 'indices' must be iterable, not number");
});
