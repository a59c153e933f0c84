/** Softmax and its relatives. */

import { warn } from '../../base/errors';
import { memoryFormats } from '../../base/types';
import { _torch } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_functional';

/** The dimension PyTorch once chose by itself. */
function implicitDim(name: string, ndim: number): number {
  warn(`Implicit dimension choice for ${name} has been deprecated. Change the call to include dim=X as an argument.`);
  return ndim === 0 || ndim === 1 || ndim === 3 ? 0 : 1;
}

/** `_stacklevel` says in Python where a warning points; here only the place of `dtype` depends on it. */

/**
 * exp(x) over its sum along `dim`. With `dtype` the input is converted first.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.softmax.html
 */
export function softmax(...args: signatures.SoftmaxArgs): Tensor {
  const [input, dim, , dtype] = signatures.softmax.list(args);
  return input.softmax(dim ?? implicitDim('softmax', input.dim()), dtype);
}

/** softmax(−x). https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.softmin.html */
export function softmin(...args: signatures.SoftminArgs): Tensor {
  const [input, dim, , dtype] = signatures.softmin.list(args);
  return input.neg().softmax(dim ?? implicitDim('softmin', input.dim()), dtype);
}

/** log(softmax(x)), computed stably. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.log_softmax.html */
export function log_softmax(...args: signatures.LogSoftmaxArgs): Tensor {
  const [input, dim, , dtype] = signatures.log_softmax.list(args);
  return input.log_softmax(dim ?? implicitDim('log_softmax', input.dim()), dtype);
}

/** Contiguous whatever the strides of the input: random numbers are drawn in the order of memory. */
const inOrder = { memory_format: memoryFormats.contiguous_format };

/**
 * Samples from the Gumbel-softmax distribution of unnormalised log probabilities. `hard` gives one-hot samples whose
 * gradient is that of the soft ones. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.gumbel_softmax.html
 */
export function gumbel_softmax(...args: signatures.GumbelSoftmaxArgs): Tensor {
  const [logits, tau, hard, eps, dim] = signatures.gumbel_softmax.list(args);
  if (eps !== 1e-10) warn('`eps` parameter is deprecated and has no effect.');
  const gumbels = _torch.empty_like(logits, inOrder).exponential_().log().neg();
  const soft = logits.add(gumbels).div(tau).softmax(dim);
  if (!hard) return soft;
  const [, index] = soft.max(dim, true);
  const oneHot = _torch.zeros_like(logits, inOrder).scatter_(dim, index, 1);
  return oneHot.sub(soft.detach()).add(soft);
}
