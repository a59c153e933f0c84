/** Linear maps. https://docs.pytorch.org/docs/2.13/nn.functional.html#linear-functions */

import type { NNFunctions, TorchFunctions } from '../../generated/functions';
import { _nn, _torch } from '../../tensor/namespaces';

/**
 * x Wᵀ + b: input (*, in_features), weight (out_features, in_features), bias (out_features).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.linear.html
 */
export const linear: NNFunctions['linear'] = _nn.linear;

/**
 * x₁ᵀ A x₂ + b: weight (out_features, in1_features, in2_features).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.bilinear.html
 */
export const bilinear: TorchFunctions['bilinear'] = _torch.bilinear;
