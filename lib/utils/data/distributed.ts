/** A dataset divided among processes. https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.distributed.DistributedSampler */
import { requireCount } from '../../arguments/checks';
import { get_rank, get_world_size } from '../../distributed';
import { Generator } from '../../tensor/generator';
import * as signatures from '../generated/utils_data';
import { lengthOf, type Sized } from './_utils/protocol';
import { permutation, Sampler } from './sampler';

/**
 * Every `num_replicas`-th index from `rank` on, of one order that all processes agree on. Both are the default process
 * group's where they are not given.
 * https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.distributed.DistributedSampler
 */
export class DistributedSampler extends Sampler {
  readonly dataset: Sized;
  readonly num_replicas: number;
  readonly rank: number;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly drop_last: boolean;
  readonly num_samples: number;
  readonly total_size: number;
  epoch = 0;

  constructor(...args: signatures.DistributedSamplerArgs) {
    super();
    const given = signatures.DistributedSampler.read(args);
    const { dataset } = given;
    const num_replicas = given.num_replicas ?? get_world_size();
    const rank = given.rank ?? get_rank();
    requireCount('DistributedSampler', 'num_replicas', num_replicas);
    requireCount('DistributedSampler', 'rank', rank);
    if (rank >= num_replicas || rank < 0) {
      throw new RangeError(`Invalid rank ${rank}, rank should be in the interval [0, ${num_replicas - 1}]`);
    }
    this.dataset = dataset;
    this.num_replicas = num_replicas;
    this.rank = rank;
    this.shuffle = given.shuffle;
    this.seed = given.seed;
    this.drop_last = given.drop_last;
    const share = lengthOf(dataset) / num_replicas;
    this.num_samples = this.drop_last ? Math.floor(share) : Math.ceil(share);
    this.total_size = this.num_samples * num_replicas;
  }

  /** Call it before each epoch, with its number, for another order. */
  set_epoch(...args: signatures.DistributedSamplerSetEpochArgs): void {
    [this.epoch] = signatures.DistributedSampler_set_epoch.list(args);
  }

  override *[Symbol.iterator](): Iterator<number> {
    const count = lengthOf(this.dataset);
    const order = this.shuffle ? permutation(count, new Generator().manual_seed(this.seed + this.epoch)) : undefined;
    for (let i = this.rank; i < this.total_size; i += this.num_replicas) {
      const wrapped = i % count; // the last ones begin again
      yield order === undefined ? wrapped : order[wrapped]!;
    }
  }

  override get length(): number {
    return this.num_samples;
  }
}
