/** Distances. https://docs.pytorch.org/docs/2.13/nn.html#distance-functions */
import type { Tensor } from '../../tensor';
import { type ArgumentsOf, signature } from '../arguments';
import * as F from '../functional';
import { Module } from './module';

const ofPairwise = signature<{ p?: number; eps?: number; keepdim?: boolean }>()(
  'PairwiseDistance.__init__',
  ['p', 'eps', 'keepdim'],
  { p: 2, eps: 1e-6, keepdim: false },
);

/** The p-norm of differences: (N, D), (N, D) → (N). https://docs.pytorch.org/docs/2.13/generated/torch.nn.PairwiseDistance.html */
export class PairwiseDistance extends Module {
  norm: number;
  eps: number;
  keepdim: boolean;

  constructor(...args: ArgumentsOf<typeof ofPairwise>) {
    super();
    const { p, eps, keepdim } = ofPairwise.read(args);
    this.norm = p;
    this.eps = eps;
    this.keepdim = keepdim;
  }

  override forward(x1: Tensor, x2: Tensor): Tensor {
    return F.pairwise_distance(x1, x2, this.norm, this.eps, this.keepdim);
  }
}

const ofCosine = signature<{ dim?: number; eps?: number }>()('CosineSimilarity.__init__', ['dim', 'eps'], {
  dim: 1,
  eps: 1e-8,
});

/** The cosine of the angle along `dim`. https://docs.pytorch.org/docs/2.13/generated/torch.nn.CosineSimilarity.html */
export class CosineSimilarity extends Module {
  dim: number;
  eps: number;

  constructor(...args: ArgumentsOf<typeof ofCosine>) {
    super();
    const { dim, eps } = ofCosine.read(args);
    this.dim = dim;
    this.eps = eps;
  }

  override forward(x1: Tensor, x2: Tensor): Tensor {
    return F.cosine_similarity(x1, x2, this.dim, this.eps);
  }
}
