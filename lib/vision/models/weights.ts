/** Weights of models. */

import type { StateDict } from '../../face/tensors';
import type { Module } from '../../nn';
import { load } from '../../serialization';

/** A state_dict, or the path of a `.pt` or `.pth` file with one (torchvision's own among them); null for random ones. */
export interface WeightsOptions {
  weights?: StateDict | string | null;
}

/** Loads weights into a new model. */
export function withWeights<M extends Module>(model: M, { weights }: WeightsOptions): M {
  if (weights === null || weights === undefined) return model;
  model.load_state_dict(typeof weights === 'string' ? load<StateDict>(weights) : weights);
  return model;
}
