/** How a mask applies to an input: true marks the elements that count. */

import { AssertionError, NotImplementedError, TorchError } from '../base/errors';
import { Complex, dtypes, layouts } from '../base/types';
import { isList, typeName } from '../native/kinds';
import { tensor as makeTensor } from '../tensor/creation';
import { _torch } from '../tensor/namespaces';
import { iinfo } from '../tensor/numeric_limits';
import type { Tensor } from '../tensor/tensor';

export type Dims = number | readonly number[] | null;

/** What a masked element is replaced by, so that it does not change the result. */
export type Identity = 'sum' | 'prod' | 'max' | 'min' | 'logsumexp' | 'norm' | 'median';

/** The dimensions in order, each once; none given are all. */
export function canonicalDims(dim: Dims, ndim: number): number[] {
  if (dim === null || (Array.isArray(dim) && dim.length === 0)) return Array.from({ length: ndim }, (_, i) => i);
  const isDims = typeof dim === 'number' || (isList(dim) && dim.every((d) => typeof d === 'number'));
  if (!isDims) {
    throw new TypeError(`dim must be int or tuple of ints, not ${typeName(dim)}`);
  }
  const last = Math.max(ndim, 1);
  const seen: number[] = [];
  for (const d of typeof dim === 'number' ? [dim] : dim) {
    if (seen.includes(d)) throw new TorchError(`dim=${d} appears multiple times in the list of dims`);
    if (d >= last || d < -last) {
      throw new RangeError(`Dimension out of range (expected to be in range of [${-last}, ${last - 1}], but got ${d})`);
    }
    seen.push(d < 0 ? d + last : d);
  }
  return seen.sort((a, b) => a - b);
}

/** Only dense tensors are reduced under a mask here. */
export function requireDense(name: string, input: Tensor): void {
  if (input.layout === layouts.strided) return;
  throw new RangeError(`masked ${name} expects strided tensor (got ${input.layout} tensor)`);
}

/** The mask as booleans of the input's shape. */
export function inputMask(input: Tensor, mask: Tensor): Tensor {
  if (mask.dim() > input.dim()) {
    throw new RangeError('_input_mask expected broadcastable mask (got mask dimensionality higher than of the input)');
  }
  const dense = mask.layout === layouts.strided ? mask : mask.to_dense();
  return dense.broadcast_to(input.shape).to(dtypes.bool);
}

/** The largest or the smallest number of the input's dtype. */
export function limit(input: Tensor, side: 'max' | 'min'): number | bigint {
  const { dtype } = input;
  const sign = side === 'max' ? 1 : -1;
  if (dtype.is_floating_point) return sign * Number.POSITIVE_INFINITY;
  if (dtype.is_complex || dtype === dtypes.bool) {
    throw new NotImplementedError(`identity of a${side} on ${dtype} input`);
  }
  return iinfo(dtype)[side];
}

function identityValue(kind: Identity, input: Tensor, order: number): number | bigint | Complex {
  switch (kind) {
    case 'sum':
      return 0;
    case 'prod':
      return 1;
    case 'max':
      return limit(input, 'min');
    case 'min':
      return limit(input, 'max');
    case 'logsumexp':
      return input.dtype.is_complex ? new Complex(Number.NEGATIVE_INFINITY, 0) : limit(input, 'min');
    case 'norm':
      if (order !== Number.NEGATIVE_INFINITY) return 0;
      if (!input.dtype.is_floating_point) throw new AssertionError(`input must be floating point, got ${input.dtype}`);
      return Number.POSITIVE_INFINITY;
    case 'median':
      return Number.NaN;
  }
}

/** The input with masked elements replaced by what leaves the result alone. */
export function masked(kind: Identity, input: Tensor, mask: Tensor | null, order = 2): Tensor {
  if (mask === null) return input;
  const { dtype, device } = input;
  const fill = makeTensor(identityValue(kind, input, order), { dtype, device });
  return _torch.where(inputMask(input, mask), input, fill);
}
