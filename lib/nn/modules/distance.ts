/** Distances. https://docs.pytorch.org/docs/2.13/nn.html#distance-functions */

import type { Tensor } from '../../tensor/tensor';
import * as F from '../functional';
import * as signatures from '../generated/nn';
import { Module } from './module';

/** The p-norm of differences: (N, D), (N, D) → (N). https://docs.pytorch.org/docs/2.13/generated/torch.nn.PairwiseDistance.html */
export class PairwiseDistance extends Module {
  norm: number;
  eps: number;
  keepdim: boolean;

  constructor(...args: signatures.PairwiseDistanceArgs) {
    super();
    const { p, eps, keepdim } = signatures.PairwiseDistance.read(args);
    this.norm = p;
    this.eps = eps;
    this.keepdim = keepdim;
  }

  override forward(x1: Tensor, x2: Tensor): Tensor {
    return F.pairwise_distance(x1, x2, this.norm, this.eps, this.keepdim);
  }
}

/** The cosine of the angle along `dim`. https://docs.pytorch.org/docs/2.13/generated/torch.nn.CosineSimilarity.html */
export class CosineSimilarity extends Module {
  dim: number;
  eps: number;

  constructor(...args: signatures.CosineSimilarityArgs) {
    super();
    const { dim, eps } = signatures.CosineSimilarity.read(args);
    this.dim = dim;
    this.eps = eps;
  }

  override forward(x1: Tensor, x2: Tensor): Tensor {
    return F.cosine_similarity(x1, x2, this.dim, this.eps);
  }
}
