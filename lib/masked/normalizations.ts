/** Normalisations that leave masked elements out. https://docs.pytorch.org/docs/2.13/masked.html#normalizations */

import * as dense from '../nn/functional/softmax';
import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import * as signatures from './generated/masked';
import { canonicalDims, type Identity, masked, requireDense } from './mask';
import { norm } from './reductions';

const denseOf = { softmax: dense.softmax, log_softmax: dense.log_softmax, softmin: dense.softmin };

function softmaxOf(
  name: keyof typeof denseOf,
  identity: Identity,
  [input, dim, dtype, mask]: signatures.SoftmaxList,
): Tensor {
  requireDense(name, input);
  const [along] = canonicalDims(dim, input.dim()) as [number];
  return denseOf[name](masked(identity, input, mask), along, 3, dtype ?? input.dtype);
}

/**
 * The softmax along `dim` of the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.softmax.html
 */
export function softmax(...args: signatures.SoftmaxArgs): Tensor {
  return softmaxOf('softmax', 'max', signatures.softmax.list(args));
}

/**
 * The logarithm of the softmax along `dim` of the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.log_softmax.html
 */
export function log_softmax(...args: signatures.LogSoftmaxArgs): Tensor {
  return softmaxOf('log_softmax', 'max', signatures.log_softmax.list(args));
}

/**
 * The softmin along `dim` of the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.softmin.html
 */
export function softmin(...args: signatures.SoftminArgs): Tensor {
  return softmaxOf('softmin', 'min', signatures.softmin.list(args));
}

/** Divides by the norm along `dim`, at least `eps`. https://docs.pytorch.org/docs/2.13/generated/torch.masked.normalize.html */
export function normalize(...args: signatures.NormalizeArgs): Tensor {
  const [input, ord, dim, eps, dtype, mask] = signatures.normalize.list(args);
  requireDense('normalize', input);
  const length = norm(input, ord, dim, { keepdim: true, dtype: dtype ?? input.dtype, mask });
  const least = length.new_full([], eps);
  return _torch.divide(masked('sum', input, mask), _torch.maximum(length, least));
}
