/** Losses on how near or far pairs and triples are. https://docs.pytorch.org/docs/2.13/nn.functional.html#loss-functions */

import { TorchError } from '../../base/errors';
import { sizeText } from '../../base/text';
import { _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_functional';
import { legacyReduction } from './reduction';

/**
 * max(0, −y(x₁ − x₂) + margin) with targets of ±1.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.margin_ranking_loss.html
 */
export function margin_ranking_loss(...args: signatures.MarginRankingLossArgs): Tensor {
  const [input1, input2, target, margin, size_average, reduce, reduction] = signatures.margin_ranking_loss.list(args);
  const how = legacyReduction(size_average, reduce, reduction);
  if (input1.dim() !== input2.dim() || input1.dim() !== target.dim()) {
    const [first, second, third] = [input1, input2, target].map((x) => sizeText(x.shape));
    throw new TorchError(
      'margin_ranking_loss : All input tensors should have same dimension but got sizes: ' +
        `input1: ${first}, input2: ${second}, target: ${third} `,
    );
  }
  return _torch.margin_ranking_loss(input1, input2, target, margin, how);
}

/**
 * x where the target is 1, max(0, margin − x) where it is −1.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.hinge_embedding_loss.html
 */
export function hinge_embedding_loss(...args: signatures.HingeEmbeddingLossArgs): Tensor {
  const [input, target, margin, size_average, reduce, reduction] = signatures.hinge_embedding_loss.list(args);
  return _torch.hinge_embedding_loss(input, target, margin, legacyReduction(size_average, reduce, reduction));
}

/**
 * 1 − cos where the target is 1, max(0, cos − margin) where it is −1.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.cosine_embedding_loss.html
 */
export function cosine_embedding_loss(...args: signatures.CosineEmbeddingLossArgs): Tensor {
  const [input1, input2, target, margin, size_average, reduce, reduction] = signatures.cosine_embedding_loss.list(args);
  return _torch.cosine_embedding_loss(input1, input2, target, margin, legacyReduction(size_average, reduce, reduction));
}

function checkMargin(margin: number): void {
  if (margin <= 0) throw new RangeError(`margin must be greater than 0, got ${margin}`);
}

/**
 * max(0, d(anchor, positive) − d(anchor, negative) + margin) with the p-norm as distance.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.triplet_margin_loss.html
 */
export function triplet_margin_loss(...args: signatures.TripletMarginLossArgs): Tensor {
  const [anchor, positive, negative, margin, p, eps, swap, size_average, reduce, reduction] =
    signatures.triplet_margin_loss.list(args);
  const how = legacyReduction(size_average, reduce, reduction);
  checkMargin(margin);
  return _torch.triplet_margin_loss(anchor, positive, negative, margin, p, eps, swap, how);
}

/** A distance between the vectors of two tensors. */
export type DistanceFunction = (x: Tensor, y: Tensor) => Tensor;

/**
 * The triplet margin loss with a distance of one's own.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.triplet_margin_with_distance_loss.html
 */
export function triplet_margin_with_distance_loss(...args: signatures.TripletMarginWithDistanceLossArgs): Tensor {
  const [anchor, positive, negative, distance_function, margin, swap, reduction] =
    signatures.triplet_margin_with_distance_loss.list(args);
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
}

function checkSameDims(anchor: Tensor, positive: Tensor, negative: Tensor): void {
  const [a, p, n] = [anchor.dim(), positive.dim(), negative.dim()];
  if (a === p && p === n) return;
  throw new TorchError(
    'The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: ' +
      `anchor ${a}D, positive ${p}D, and negative ${n}D inputs`,
  );
}
