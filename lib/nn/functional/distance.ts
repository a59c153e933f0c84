/** Distances and similarities. https://docs.pytorch.org/docs/2.13/nn.functional.html#distance-functions */

import type { TorchFunctions } from '../../generated/functions';
import { _torch } from '../../tensor/namespaces';

/** The p-norm of x₁ − x₂ + eps over the last dimension. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.pairwise_distance.html */
export const pairwise_distance: TorchFunctions['pairwise_distance'] = _torch.pairwise_distance;

/** The distances between all pairs of rows, one for each pair. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.pdist.html */
export const pdist: TorchFunctions['pdist'] = _torch.pdist;

/** x₁ · x₂ over the product of their norms along `dim`. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.cosine_similarity.html */
export const cosine_similarity: TorchFunctions['cosine_similarity'] = _torch.cosine_similarity;
