/** Choices about memory and precision of LinearCrossEntropyLoss. */

import { type DType, dtypes } from '../../base/types';
import * as signatures from '../generated/nn';
import { fields } from './repr';

const sumDTypes: readonly DType[] = [dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64];

/**
 * How `linear_cross_entropy` goes through the vocabulary and the batch: in chunks of which size, and in which dtype it sums.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.LinearCrossEntropyOptions.html
 */
export class LinearCrossEntropyOptions {
  readonly allow_retain_graph: boolean;
  readonly batch_chunk_size: number | null;
  readonly chunking_method: string | null;
  readonly acc_policy: 'accurate' | 'balanced' | 'compact' | 'auto';
  readonly acc_dtype: DType | null;

  constructor(...args: signatures.LinearCrossEntropyOptionsArgs) {
    const options = signatures.LinearCrossEntropyOptions.read(args);
    const { batch_chunk_size, chunking_method, acc_policy, acc_dtype } = options;
    if (!['auto', 'accurate', 'balanced', 'compact'].includes(acc_policy)) {
      throw new RangeError(`invalid acc_policy: '${acc_policy}'`);
    }
    if (chunking_method !== null && !/^(auto|aspect_ratio(:0*[1-9]\d*)?)$/.test(chunking_method)) {
      throw new RangeError(`invalid chunking_method: '${chunking_method}'`);
    }
    if (batch_chunk_size !== null && !(Number.isInteger(batch_chunk_size) && batch_chunk_size > 0)) {
      throw new RangeError(`batch_chunk_size must be positive int or None, got ${batch_chunk_size}`);
    }
    if (acc_dtype !== null && !sumDTypes.includes(acc_dtype)) {
      throw new RangeError(
        `acc_dtype must be one of {None, torch.float16, torch.bfloat16, torch.float32, torch.float64}, got ${acc_dtype}. Pass acc_dtype=None to let the op pick automatically.`,
      );
    }
    this.allow_retain_graph = options.allow_retain_graph;
    this.batch_chunk_size = batch_chunk_size;
    this.chunking_method = chunking_method;
    this.acc_policy = acc_policy;
    this.acc_dtype = acc_dtype;
  }

  toString(): string {
    const { allow_retain_graph, batch_chunk_size, chunking_method, acc_policy, acc_dtype } = this;
    const shown = { allow_retain_graph, batch_chunk_size, chunking_method, acc_policy, acc_dtype };
    return `LinearCrossEntropyOptions(${fields(shown)})`;
  }
}
