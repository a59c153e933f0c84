/** Normalisations that leave masked elements out. https://docs.pytorch.org/docs/2.13/masked.html#normalizations */

import { python } from '../arguments/python';
import type { DType } from '../base/types';
import * as dense from '../nn/functional/softmax';
import { _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import { canonicalDims, type Identity, masked, requireDense } from './mask';
import { norm } from './reductions';

const denseOf = { softmax: dense.softmax, log_softmax: dense.log_softmax, softmin: dense.softmin };

function softmaxOf(name: keyof typeof denseOf, kind: Identity) {
  return python(
    name,
    ['input', 'dim', '*', 'dtype', 'mask'],
    (input: Tensor, dim: number, dtype: DType | null = null, mask: Tensor | null = null): Tensor => {
      requireDense(name, input);
      const [along] = canonicalDims(dim, input.dim()) as [number];
      return denseOf[name](masked(kind, input, mask), along, 3, dtype ?? input.dtype);
    },
  );
}

/**
 * The softmax along `dim` of the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.softmax.html
 */
export const softmax = softmaxOf('softmax', 'max');

/**
 * The logarithm of the softmax along `dim` of the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.log_softmax.html
 */
export const log_softmax = softmaxOf('log_softmax', 'max');

/**
 * The softmin along `dim` of the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.softmin.html
 */
export const softmin = softmaxOf('softmin', 'min');

/** Divides by the norm along `dim`, at least `eps`. https://docs.pytorch.org/docs/2.13/generated/torch.masked.normalize.html */
export const normalize = python(
  'normalize',
  ['input', 'ord', 'dim', '*', 'eps', 'dtype', 'mask'],
  (
    input: Tensor,
    ord: number,
    dim: number,
    eps: number = 1e-12,
    dtype: DType | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    requireDense('normalize', input);
    const length = norm(input, ord, dim, { keepdim: true, dtype: dtype ?? input.dtype, mask });
    const least = length.new_full([], eps);
    return _torch.divide(masked('sum', input, mask), _torch.maximum(length, least));
  },
);
