/** Losses on how near or far pairs and triples are. https://docs.pytorch.org/docs/2.13/nn.functional.html#loss-functions */

import { python } from '../../arguments/python';
import { TorchError } from '../../base/errors';
import { sizeText } from '../../base/text';
import { _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import { legacyReduction, type Reduction } from './reduction';

/**
 * max(0, −y(x₁ − x₂) + margin) with targets of ±1.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.margin_ranking_loss.html
 */
export const margin_ranking_loss = python(
  'margin_ranking_loss',
  ['input1', 'input2', 'target', 'margin', 'size_average', 'reduce', 'reduction'],
  (
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: number = 0,
    size_average: boolean | null = null,
    reduce: boolean | null = null,
    reduction: Reduction = 'mean',
  ): Tensor => {
    const how = legacyReduction(size_average, reduce, reduction);
    if (input1.dim() !== input2.dim() || input1.dim() !== target.dim()) {
      const [first, second, third] = [input1, input2, target].map((x) => sizeText(x.shape));
      throw new TorchError(
        'margin_ranking_loss : All input tensors should have same dimension but got sizes: ' +
          `input1: ${first}, input2: ${second}, target: ${third} `,
      );
    }
    return _torch.margin_ranking_loss(input1, input2, target, margin, how);
  },
);

/**
 * x where the target is 1, max(0, margin − x) where it is −1.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.hinge_embedding_loss.html
 */
export const hinge_embedding_loss = python(
  'hinge_embedding_loss',
  ['input', 'target', 'margin', 'size_average', 'reduce', 'reduction'],
  (
    input: Tensor,
    target: Tensor,
    margin: number = 1,
    size_average: boolean | null = null,
    reduce: boolean | null = null,
    reduction: Reduction = 'mean',
  ): Tensor => _torch.hinge_embedding_loss(input, target, margin, legacyReduction(size_average, reduce, reduction)),
);

/**
 * 1 − cos where the target is 1, max(0, cos − margin) where it is −1.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.cosine_embedding_loss.html
 */
export const cosine_embedding_loss = python(
  'cosine_embedding_loss',
  ['input1', 'input2', 'target', 'margin', 'size_average', 'reduce', 'reduction'],
  (
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: number = 0,
    size_average: boolean | null = null,
    reduce: boolean | null = null,
    reduction: Reduction = 'mean',
  ): Tensor =>
    _torch.cosine_embedding_loss(input1, input2, target, margin, legacyReduction(size_average, reduce, reduction)),
);

function checkMargin(margin: number): void {
  if (margin <= 0) throw new RangeError(`margin must be greater than 0, got ${margin}`);
}

/**
 * max(0, d(anchor, positive) − d(anchor, negative) + margin) with the p-norm as distance.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.triplet_margin_loss.html
 */
export const triplet_margin_loss = python(
  'triplet_margin_loss',
  ['anchor', 'positive', 'negative', 'margin', 'p', 'eps', 'swap', 'size_average', 'reduce', 'reduction'],
  (
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: number = 1,
    p: number = 2,
    eps: number = 1e-6,
    swap: boolean = false,
    size_average: boolean | null = null,
    reduce: boolean | null = null,
    reduction: Reduction = 'mean',
  ): Tensor => {
    const how = legacyReduction(size_average, reduce, reduction);
    checkMargin(margin);
    return _torch.triplet_margin_loss(anchor, positive, negative, margin, p, eps, swap, how);
  },
);

/** A distance between the vectors of two tensors. */
export type DistanceFunction = (x: Tensor, y: Tensor) => Tensor;

/**
 * The triplet margin loss with a distance of one's own.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.triplet_margin_with_distance_loss.html
 */
export const triplet_margin_with_distance_loss = python(
  'triplet_margin_with_distance_loss',
  ['anchor', 'positive', 'negative', '*', 'distance_function', 'margin', 'swap', 'reduction'],
  (
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    distance_function: DistanceFunction | null = null,
    margin: number = 1,
    swap: boolean = false,
    reduction: Reduction = 'mean',
  ): Tensor => {
    if (!['mean', 'sum', 'none'].includes(reduction)) {
      throw new RangeError(`${reduction} is not a valid value for reduction`);
    }
    checkMargin(margin);
    checkSameDims(anchor, positive, negative);
    const distance = distance_function ?? ((x: Tensor, y: Tensor) => _torch.pairwise_distance(x, y));
    const near = distance(anchor, positive);
    const direct = distance(anchor, negative);
    const far = swap ? direct.minimum(distance(positive, negative)) : direct;
    const loss = near.add(margin).sub(far).clamp_min(0);
    return reduction === 'sum' ? loss.sum() : reduction === 'mean' ? loss.mean() : loss;
  },
);

function checkSameDims(anchor: Tensor, positive: Tensor, negative: Tensor): void {
  const [a, p, n] = [anchor.dim(), positive.dim(), negative.dim()];
  if (a === p && p === n) return;
  throw new TorchError(
    'The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: ' +
      `anchor ${a}D, positive ${p}D, and negative ${n}D inputs`,
  );
}
