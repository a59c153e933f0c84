/** The orders in which samples are drawn. https://docs.pytorch.org/docs/2.13/data.html#data-loading-order-and-sampler */

import { NotImplementedError } from '../../base/errors';
import { tupleText, valueText } from '../../base/python_text';
import { dtypes } from '../../base/types';
import { callOperator } from '../../operators/operator';
import { as_tensor } from '../../tensor/creation';
import { Generator } from '../../tensor/generator';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/utils_data';
import { lengthOf, listItem, type Sized } from './_utils/protocol';

/**
 * A base for orders of one's own: implement `__iter__` (or `[Symbol.iterator]`) and, where it is known, `__len__`
 * (or `get length()`). https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.Sampler
 */
export class Sampler<Index = number> implements Iterable<Index> {
  /** The indices of an epoch; every sampler has its own. */
  __iter__?(): Iterator<Index>;
  /** How many indices an epoch has. */
  __len__?(): number;

  [Symbol.iterator](): Iterator<Index> {
    if (this.__iter__ === undefined) throw new NotImplementedError('Subclasses of Sampler should implement __iter__.');
    return this.__iter__();
  }

  /** Python's `len(sampler)`. */
  get length(): number {
    if (this.__len__ === undefined) throw new TypeError(`object of type '${this.constructor.name}' has no len()`);
    return this.__len__();
  }
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0;
}

/** A number from the default stream, which seeds a stream of its own. */
function freshGenerator(): Generator {
  return new Generator().manual_seed(randomSeed());
}

/** 63 random bits, drawn as PyTorch draws them. */
export function randomSeed(generator: Generator | null = null): number {
  const seed = callOperator<Tensor>('empty.memory_format', [], dtypes.int64);
  return callOperator<Tensor>('random_', seed, generator).item();
}

/** A random order of `0 … n−1`. */
export function permutation(n: number, generator: Generator | null): number[] {
  return callOperator<Tensor>('randperm.generator', n, generator, dtypes.int64).tolist() as number[];
}

/** All elements, in order. */
export class SequentialSampler extends Sampler {
  readonly data_source: Sized;

  constructor(...args: signatures.SequentialSamplerArgs) {
    super();
    this.data_source = signatures.SequentialSampler.read(args).data_source;
  }

  override *[Symbol.iterator](): Iterator<number> {
    const count = lengthOf(this.data_source);
    for (let i = 0; i < count; i++) yield i;
  }

  override get length(): number {
    return lengthOf(this.data_source);
  }
}

/** All elements in a random order, or as many random ones as wanted. */
export class RandomSampler extends Sampler {
  readonly data_source: Sized;
  readonly replacement: boolean;
  readonly generator: Generator | null;
  private readonly drawn: number | null;

  constructor(...args: signatures.RandomSamplerArgs) {
    super();
    const given = signatures.RandomSampler.read(args);
    this.data_source = given.data_source;
    this.replacement = given.replacement;
    this.drawn = given.num_samples;
    this.generator = given.generator;
    if (typeof this.replacement !== 'boolean') {
      throw new TypeError(`replacement should be a boolean value, but got replacement=${valueText(this.replacement)}`);
    }
    if (!isCount(this.num_samples)) {
      throw new RangeError(
        `num_samples should be a positive integer value, but got num_samples=${valueText(this.num_samples)}`,
      );
    }
  }

  get num_samples(): number {
    return this.drawn ?? lengthOf(this.data_source);
  }

  override *[Symbol.iterator](): Iterator<number> {
    const generator = this.generator ?? freshGenerator();
    const count = lengthOf(this.data_source);
    if (this.replacement) yield* this.withReplacement(count, generator);
    else yield* this.permutations(count, generator);
  }

  /** In blocks of 32, as PyTorch's stream goes. */
  private *withReplacement(count: number, generator: Generator): Iterable<number> {
    for (let left = this.num_samples; left >= 0; left -= 32) {
      const block = [Math.min(left, 32)];
      yield* callOperator<Tensor>('randint.generator', count, block, generator, dtypes.int64).tolist() as number[];
    }
  }

  private *permutations(count: number, generator: Generator): Iterable<number> {
    for (let left = this.num_samples; left >= 0; left -= count) yield* permutation(count, generator).slice(0, left);
  }

  override get length(): number {
    return this.num_samples;
  }
}

/** The given indices in a random order. */
export class SubsetRandomSampler<Index = number> extends Sampler<Index> {
  readonly indices: ArrayLike<Index>;
  readonly generator: Generator | null;

  constructor(...args: signatures.SubsetRandomSamplerArgs<Index>) {
    super();
    const given = signatures.SubsetRandomSampler.read(args);
    this.indices = given.indices as ArrayLike<Index>;
    this.generator = given.generator;
  }

  override *[Symbol.iterator](): Iterator<Index> {
    for (const i of permutation(this.indices.length, this.generator)) yield listItem(this.indices, i);
  }

  override get length(): number {
    return this.indices.length;
  }
}

/** Indices drawn in proportion to their weights. */
export class WeightedRandomSampler extends Sampler {
  readonly weights: Tensor;
  readonly num_samples: number;
  readonly replacement: boolean;
  readonly generator: Generator | null;

  constructor(...args: signatures.WeightedRandomSamplerArgs) {
    super();
    const given = signatures.WeightedRandomSampler.read(args);
    const { num_samples, replacement } = given;
    if (!isCount(num_samples)) {
      throw new RangeError(
        `num_samples should be a positive integer value, but got num_samples=${valueText(num_samples)}`,
      );
    }
    if (typeof replacement !== 'boolean') {
      throw new RangeError(`replacement should be a boolean value, but got replacement=${valueText(replacement)}`);
    }
    this.weights = as_tensor(given.weights, { dtype: dtypes.float64 });
    if (this.weights.ndim !== 1) {
      const shape = tupleText(this.weights.shape);
      throw new RangeError(`weights should be a 1d sequence but given weights have shape ${shape}`);
    }
    this.num_samples = num_samples;
    this.replacement = replacement;
    this.generator = given.generator;
  }

  override *[Symbol.iterator](): Iterator<number> {
    const { weights, num_samples, replacement, generator } = this;
    yield* callOperator<Tensor>('multinomial', weights, num_samples, replacement, generator).tolist() as number[];
  }

  override get length(): number {
    return this.num_samples;
  }
}

/** The indices of another sampler in lists of `batch_size`; `drop_last` leaves out a shorter last one. */
export class BatchSampler<Index = number> extends Sampler<Index[]> {
  readonly sampler: Iterable<Index>;
  readonly batch_size: number;
  readonly drop_last: boolean;

  constructor(...args: signatures.BatchSamplerArgs<Index>) {
    super();
    const { sampler, batch_size, drop_last } = signatures.BatchSampler.read(args);
    if (!isCount(batch_size)) {
      throw new RangeError(
        `batch_size should be a positive integer value, but got batch_size=${valueText(batch_size)}`,
      );
    }
    if (typeof drop_last !== 'boolean') {
      throw new RangeError(`drop_last should be a boolean value, but got drop_last=${valueText(drop_last)}`);
    }
    this.sampler = sampler as Iterable<Index>;
    this.batch_size = batch_size;
    this.drop_last = drop_last;
  }

  override *[Symbol.iterator](): Iterator<Index[]> {
    let batch: Index[] = [];
    for (const index of this.sampler) {
      batch.push(index);
      if (batch.length < this.batch_size) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0 && !this.drop_last) yield batch;
  }

  override get length(): number {
    const batches = lengthOf(this.sampler) / this.batch_size;
    return this.drop_last ? Math.floor(batches) : Math.ceil(batches);
  }
}
