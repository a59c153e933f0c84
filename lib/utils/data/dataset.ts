/** Collections of samples. https://docs.pytorch.org/docs/2.13/data.html#dataset-types */

import { requireIterable, requireList, requireTensor } from '../../arguments/checks';
import { AssertionError, NotImplementedError, warn } from '../../base/errors';
import { native } from '../../native/addon';
import { call } from '../../native/frame';
import { isOptions } from '../../native/kinds';
import { default_generator } from '../../tensor/generator';
import type { Index } from '../../tensor/indexing';
import { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/utils_data';
import { lengthOf, listItem, readerOf, type Sized } from './_utils/protocol';
import { permutation } from './sampler';

/**
 * A map from keys to samples: subclasses implement `__getitem__(index)` and `__len__()`, where they can
 * `__getitems__(indices)` too. Python's `dataset[i]` is `dataset.index(i)`, `len(dataset)` is `dataset.length`.
 * Samples may be promises; then the loader is read with `for await`.
 * https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.Dataset
 */
export class Dataset<Sample = unknown, Key = number> {
  /** How many samples there are. */
  __len__?(): number;
  /** Several samples at once, for datasets that have a faster way to get them. */
  __getitems__?(keys: Key[]): Sample[];

  /** The sample of a key; every dataset has its own. */
  __getitem__(_key: Key): Sample {
    throw new NotImplementedError('Subclasses of Dataset should implement __getitem__.');
  }

  /** Python's `dataset[key]`. */
  index(key: Key): Sample {
    return this.__getitem__(key);
  }

  /** Python's `len(dataset)`. */
  get length(): number {
    if (this.__len__ === undefined) throw new TypeError(`object of type '${this.constructor.name}' has no len()`);
    return this.__len__();
  }

  /** Python's `dataset + other`: one after the other. */
  add(other: MapDataset<Sample>): Dataset<Sample> {
    return new ConcatDataset<Sample>([this as MapDataset<Sample>, other]);
  }
}

/** What serves as a dataset with indices: a Dataset, a Tensor, a list. */
export type MapDataset<Sample> = { readonly length: number; index(key: number): Sample } | readonly Sample[];

/**
 * A stream of samples: subclasses implement `__iter__`, or `[Symbol.iterator]`, or `[Symbol.asyncIterator]` for
 * `for await`. https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.IterableDataset
 */
export class IterableDataset<Sample = unknown> extends Dataset<Sample, never> implements Iterable<Sample> {
  /** The samples in their order; every dataset has its own. */
  __iter__?(): Iterator<Sample>;

  [Symbol.iterator](): Iterator<Sample> {
    if (this.__iter__ === undefined) {
      throw new NotImplementedError('Subclasses of IterableDataset should implement __iter__.');
    }
    return this.__iter__();
  }

  override add(other: IterableDataset<Sample>): IterableDataset<Sample>;
  override add(other: unknown): never;
  override add(other: unknown): IterableDataset<Sample> {
    return new ChainDataset<Sample>([this, other as IterableDataset<Sample>]);
  }
}

/** Streams one after the other. */
export class ChainDataset<Sample = unknown> extends IterableDataset<Sample> {
  readonly datasets: Iterable<IterableDataset<Sample>>;

  constructor(...args: signatures.ChainDatasetArgs<Sample>) {
    super();
    const { datasets } = signatures.ChainDataset.read(args);
    requireIterable('ChainDataset', 'datasets', datasets);
    this.datasets = datasets as Iterable<IterableDataset<Sample>>;
  }

  override *[Symbol.iterator](): Iterator<Sample> {
    for (const dataset of this.checked()) yield* dataset;
  }

  override get length(): number {
    let total = 0;
    for (const dataset of this.checked()) total += lengthOf(dataset);
    return total;
  }

  private *checked(): Iterable<IterableDataset<Sample>> {
    for (const dataset of this.datasets) {
      if (!(dataset instanceof IterableDataset)) throw new AssertionError('ChainDataset only supports IterableDataset');
      yield dataset;
    }
  }
}

/**
 * The key of a method that makes a batch at once, equal to the default collation of its samples; it gives undefined
 * where it cannot.
 */
export const gather: unique symbol = Symbol('gather');

export interface Gatherer {
  [gather](indices: readonly number[]): Tensor[] | undefined;
}

/** @internal */
export function isGatherer(dataset: unknown): dataset is Gatherer {
  return typeof (dataset as Partial<Gatherer>)[gather] === 'function';
}

/**
 * The samples are the rows of tensors, one of each.
 * https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.TensorDataset
 * @throws AssertionError for tensors of different lengths
 */
export class TensorDataset<Tensors extends readonly Tensor[] = Tensor[]>
  extends Dataset<{ -readonly [K in keyof Tensors]: Tensor }, Index>
  implements Gatherer
{
  readonly tensors: Tensors;

  constructor(...tensors: Tensors) {
    super();
    for (const each of tensors) requireTensor('TensorDataset', 'tensors', each);
    if (tensors.some((each) => each.length !== tensors[0]!.length))
      throw new AssertionError('Size mismatch between tensors');
    this.tensors = tensors;
  }

  override __getitem__(index: Index): { -readonly [K in keyof Tensors]: Tensor } {
    return this.tensors.map((each) => each.index(index)) as never;
  }

  override get length(): number {
    return this.tensors[0]!.length;
  }

  [gather](indices: readonly number[]): Tensor[] | undefined {
    const { __getitem__, index } = TensorDataset.prototype;
    if (this.__getitem__ !== __getitem__ || this.index !== index || !indices.every(Number.isSafeInteger))
      return undefined;
    return call(native.tensor_rows, this.tensors, indices) ?? undefined;
  }
}

/** The samples of several datasets side by side: in a list, or by name. */
class Stack<Sample> extends Dataset<Sample> {
  readonly datasets: MapDataset<unknown>[] | Record<string, MapDataset<unknown>>;

  constructor(...args: MapDataset<unknown>[] | [Record<string, MapDataset<unknown>>]) {
    super();
    const last = args[args.length - 1];
    const byName = isOptions(last) ? last : undefined;
    if (byName !== undefined && args.length > 1) {
      throw new RangeError(
        'Supported either ``tuple``- (via ``args``) or``dict``- (via ``kwargs``) like input/output, but both types are given.',
      );
    }
    this.datasets = (byName ?? args) as Stack<Sample>['datasets'];
    const all = Object.values(this.datasets);
    if (all.length === 0) throw new RangeError('At least one dataset should be passed');
    if (all.some((each) => lengthOf(each) !== this.length)) throw new RangeError('Size mismatch between datasets');
  }

  override __getitem__(index: number): Sample {
    return this.assemble((dataset) => readerOf<number, unknown>(dataset)(index));
  }

  override __getitems__(indices: number[]): Sample[] {
    const columns = new Map(Object.values(this.datasets).map((each) => [each, readColumn(each, indices)]));
    return indices.map((_, i) => this.assemble((dataset) => columns.get(dataset)![i]));
  }

  /** One value of each dataset, in the form of `datasets`. */
  private assemble(read: (dataset: MapDataset<unknown>) => unknown): Sample {
    if (Array.isArray(this.datasets)) return this.datasets.map(read) as Sample;
    return Object.fromEntries(Object.entries(this.datasets).map(([name, each]) => [name, read(each)])) as Sample;
  }

  override get length(): number {
    return lengthOf(Object.values(this.datasets)[0]);
  }
}

interface ManyReader {
  __getitems__(keys: unknown[]): unknown[];
}

/** Whether a dataset reads many samples together; a Subset does where what it is of does. */
export function hasGetItems(dataset: unknown): dataset is ManyReader {
  if (dataset instanceof Subset && !hasGetItems(dataset.dataset)) return false;
  return typeof (dataset as Partial<ManyReader>).__getitems__ === 'function';
}

/** Many samples of a dataset, at once where it can. */
export function readAll<Key, Sample>(dataset: unknown, keys: Key[]): Sample[] {
  return hasGetItems(dataset) ? (dataset.__getitems__(keys) as Sample[]) : keys.map(readerOf<Key, Sample>(dataset));
}

/** A column of a StackDataset. */
function readColumn(dataset: unknown, indices: number[]): unknown[] {
  const samples = readAll<number, unknown>(dataset, indices);
  if (samples.length === indices.length) return samples;
  const text = `Nested dataset's output size mismatch. Expected ${indices.length}, got ${samples.length}`;
  throw new RangeError(text);
}

type Samples<Datasets> = {
  -readonly [K in keyof Datasets]: Datasets[K] extends MapDataset<infer Sample> ? Sample : never;
};

interface StackConstructor {
  /** The samples of several datasets side by side, in arrays. */
  new <const Datasets extends readonly MapDataset<unknown>[]>(...datasets: Datasets): Stack<Samples<Datasets>>;
  /** The samples of several datasets side by side, by name. */
  new <Datasets extends Record<string, MapDataset<unknown>>>(datasets: Datasets): Stack<Samples<Datasets>>;
}

/** `new StackDataset(images, labels)`, `new StackDataset({ image: images, label: labels })`. */
export type StackDataset<Sample> = Stack<Sample>;
export const StackDataset = Stack as StackConstructor;
Object.defineProperty(Stack, 'name', { value: 'StackDataset' });

/** Datasets one after the other. */
export class ConcatDataset<Sample = unknown> extends Dataset<Sample> {
  readonly datasets: MapDataset<Sample>[];
  /** Where each dataset ends. */
  readonly cumulative_sizes: number[];

  constructor(...args: signatures.ConcatDatasetArgs<Sample>) {
    super();
    const { datasets } = signatures.ConcatDataset.read(args);
    requireIterable('ConcatDataset', 'datasets', datasets);
    this.datasets = [...datasets] as MapDataset<Sample>[];
    if (this.datasets.length === 0) throw new AssertionError('datasets should not be an empty iterable');
    if (this.datasets.some((each) => each instanceof IterableDataset)) {
      throw new AssertionError('ConcatDataset does not support IterableDataset');
    }
    this.cumulative_sizes = ConcatDataset.cumsum(this.datasets);
  }

  /** Where each of these datasets ends. */
  static cumsum(datasets: readonly MapDataset<unknown>[]): number[] {
    let end = 0;
    return datasets.map((each) => {
      end += lengthOf(each);
      return end;
    });
  }

  /** @deprecated for `cumulative_sizes` */
  get cummulative_sizes(): number[] {
    warn('cummulative_sizes attribute is renamed to cumulative_sizes', 'DeprecationWarning');
    return this.cumulative_sizes;
  }

  override __getitem__(index: number): Sample {
    if (index < -this.length) throw new RangeError('absolute value of index should not exceed dataset length');
    const at = index < 0 ? index + this.length : index;
    const which = this.cumulative_sizes.findIndex((end) => at < end);
    if (which < 0) throw new RangeError('list index out of range');
    const start = which === 0 ? 0 : this.cumulative_sizes[which - 1]!;
    return readerOf<number, Sample>(this.datasets[which])(at - start);
  }

  override get length(): number {
    return this.cumulative_sizes[this.cumulative_sizes.length - 1]!;
  }
}

/** Some samples of a dataset, by their indices. */
export class Subset<Sample = unknown> extends Dataset<Sample> implements Gatherer {
  readonly dataset: MapDataset<Sample>;
  readonly indices: readonly number[];

  constructor(...args: signatures.SubsetArgs<Sample>) {
    super();
    const { dataset, indices } = signatures.Subset.read(args);
    if (typeof (indices as Partial<Sized> | null)?.length !== 'number') requireIterable('Subset', 'indices', indices);
    this.dataset = dataset as MapDataset<Sample>;
    this.indices = Array.isArray(indices)
      ? indices
      : indices instanceof Tensor
        ? (indices.tolist() as number[])
        : Array.from(indices);
  }

  /** A list of indices goes to the dataset as a list, which a Tensor for one can read at once. */
  override __getitem__(index: number | number[]): Sample {
    const at = Array.isArray(index) ? index.map((i) => listItem(this.indices, i)) : listItem(this.indices, index);
    return readerOf<number | number[], Sample>(this.dataset)(at);
  }

  override __getitems__(indices: number[]): Sample[] {
    if (this.isRedefined()) return indices.map((i) => this.index(i));
    return readAll(
      this.dataset,
      indices.map((i) => listItem(this.indices, i)),
    );
  }

  /** A subclass may give other samples, one by one. */
  private isRedefined(): boolean {
    return this.__getitem__ !== Subset.prototype.__getitem__ || this.index !== Subset.prototype.index;
  }

  override get length(): number {
    return this.indices.length;
  }

  [gather](indices: readonly number[]): Tensor[] | undefined {
    if (!isGatherer(this.dataset) || this.isRedefined()) return undefined;
    return this.dataset[gather](indices.map((i) => listItem(this.indices, i)));
  }
}

/** The number of samples of each part; what rounding leaves over goes to the first parts, one each. */
function partLengths(count: number, fractions: readonly number[]): number[] {
  const lengths = fractions.map((fraction, i) => {
    if (fraction < 0 || fraction > 1) throw new RangeError(`Fraction at index ${i} is not between 0 and 1`);
    return Math.floor(count * fraction);
  });
  const left = count - sum(lengths);
  for (let i = 0; i < left; i++) lengths[i % lengths.length]!++;
  lengths.forEach((length, i) => {
    if (length === 0) warn(`Length of split at index ${i} is 0. This might result in an empty dataset.`);
  });
  return lengths;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/**
 * Random parts of a dataset, of the given lengths or fractions, without overlap.
 * https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.random_split
 */
export function random_split<Sample>(...args: signatures.RandomSplitArgs<Sample>): Subset<Sample>[] {
  const [dataset, lengths, generator] = signatures.random_split.list(args);
  requireList('random_split', 'lengths', lengths);
  const count = lengthOf(dataset);
  const total = sum(lengths);
  const areFractions = total <= 1 && 1 - total <= 1e-9;
  const parts = areFractions ? partLengths(count, lengths) : lengths;
  if (sum(parts) !== count) {
    throw new RangeError('Sum of input lengths does not equal the length of the input dataset!');
  }
  const indices = permutation(count, generator ?? default_generator());
  let end = 0;
  return parts.map((length) => {
    end += length;
    return new Subset(dataset as MapDataset<Sample>, indices.slice(end - length, end));
  });
}
