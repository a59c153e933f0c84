/** Tables of vectors looked up by index. https://docs.pytorch.org/docs/2.13/nn.functional.html#sparse-functions */

import { AssertionError, NotImplementedError, warn } from '../../base/errors';
import { sameShape, sizeText } from '../../base/text';
import { dtypes } from '../../base/types';
import type { NNFunctions } from '../../generated/functions';
import { _nn, _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_functional';

/** Scales the rows that will be read down to `max_norm`, unseen by autograd. */
function renorm(weight: Tensor, input: Tensor, max_norm: number, norm_type: number): void {
  _torch.embedding_renorm_(weight.detach(), input, max_norm, norm_type);
}

function rowIndex(padding_idx: number | null, weight: Tensor): number {
  if (padding_idx === null) return -1;
  const rows = weight.size(0);
  if (padding_idx >= rows || padding_idx < -rows) throw new AssertionError('Padding_idx must be within num_embeddings');
  return padding_idx < 0 ? rows + padding_idx : padding_idx;
}

/**
 * The rows of `weight` (rows, width) at the indices of `input` (*): a tensor (*, width).
 * `padding_idx` gets no gradient; with `max_norm` the rows read are first scaled in place.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.embedding.html
 */
export function embedding(...args: signatures.EmbeddingArgs): Tensor {
  const [input, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse] = signatures.embedding.list(args);
  const padding = rowIndex(padding_idx, weight);
  const indices = max_norm === null ? input : input.contiguous();
  if (max_norm !== null) renorm(weight, indices, max_norm, norm_type);
  return _torch.embedding(weight, indices, padding, scale_grad_by_freq, sparse);
}

export type BagMode = 'sum' | 'mean' | 'max';
const bagModes: readonly string[] = ['sum', 'mean', 'max'];

interface Bags {
  input: Tensor;
  offsets: Tensor;
  per_sample_weights: Tensor | null;
}

/** A matrix of indices holds a bag in each row. */
function bagsOf(input: Tensor, offsets: Tensor | null, per_sample_weights: Tensor | null): Bags {
  if (input.dim() === 2) {
    if (offsets !== null) {
      throw new RangeError(
        'if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length sequences. ' +
          `However, found offsets of type ${offsets.constructor.name}`,
      );
    }
    const starts = _torch.arange(0, input.numel(), input.size(1), { dtype: input.dtype, device: input.device });
    return { input: input.reshape(-1), offsets: starts, per_sample_weights: per_sample_weights?.reshape(-1) ?? null };
  }
  if (input.dim() !== 1)
    throw new RangeError(`input has to be 1D or 2D Tensor, but got Tensor of dimension ${input.dim()}`);
  if (offsets === null) throw new RangeError('offsets has to be a 1D Tensor but got None');
  if (offsets.dim() !== 1) throw new RangeError('offsets has to be a 1D Tensor');
  return { input, offsets, per_sample_weights };
}

function checkBagMode(mode: string, scale_grad_by_freq: boolean, sparse: boolean): void {
  if (!bagModes.includes(mode)) throw new RangeError('mode has to be one of sum, mean or max');
  if (mode !== 'max') return;
  if (scale_grad_by_freq) throw new RangeError('max mode does not support scaling the gradient by the frequency');
  if (sparse) throw new RangeError('max mode does not support sparse weights');
}

/**
 * Sums, means or maxima of bags of rows: `input` (bags, n), or (n) with the start of each bag in `offsets`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.embedding_bag.html
 */
export function embedding_bag(...args: signatures.EmbeddingBagArgs): Tensor {
  let [
    input,
    weight,
    offsets,
    max_norm,
    norm_type,
    scale_grad_by_freq,
    mode,
    sparse,
    per_sample_weights,
    include_last_offset,
    padding_idx,
  ] = signatures.embedding_bag.list(args);
  if (weight.dtype === dtypes.int64 && input.is_floating_point()) {
    warn(
      'Argument order of nn.functional.embedding_bag was changed. Usage `embedding_bag(weight, input, ...)` is ' +
        'deprecated, and should now be `embedding_bag(input, weight, ...)`.',
    );
    [weight, input] = [input, weight];
  }
  if (per_sample_weights !== null && !sameShape(input.shape, per_sample_weights.shape)) {
    throw new RangeError(
      `embedding_bag: If per_sample_weights (${sizeText(per_sample_weights.shape)}) is not None, then it must have ` +
        `the same shape as the input (${sizeText(input.shape)})`,
    );
  }
  if (weight.dim() !== 2)
    throw new RangeError(`weight has to be a 2D Tensor, but got Tensor of dimension ${weight.dim()}`);
  const matrix = input.dim() === 2;
  const bags = bagsOf(input, offsets, per_sample_weights);
  checkBagMode(mode, scale_grad_by_freq, sparse);
  if (max_norm !== null) renorm(weight, bags.input, max_norm, norm_type);
  if (bags.per_sample_weights !== null && mode !== 'sum') {
    throw new NotImplementedError(
      "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' " +
        `(got mode='${mode}'). Please open a feature request on GitHub.`,
    );
  }
  const [result] = _torch.embedding_bag(
    weight,
    bags.input,
    bags.offsets,
    scale_grad_by_freq,
    bagModes.indexOf(mode),
    sparse,
    bags.per_sample_weights,
    matrix ? false : include_last_offset,
    padding_idx,
  );
  return result;
}

/**
 * One-hot rows: (*) of int64 → (*, num_classes); −1 counts one more class than the largest index.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.one_hot.html
 */
export const one_hot: NNFunctions['one_hot'] = _nn.one_hot;
