/** Reductions that leave masked elements out. https://docs.pytorch.org/docs/2.13/masked.html#reductions */

import { python } from '../arguments/python';
import { AssertionError } from '../base/errors';
import { type DType, dtypes } from '../base/types';
import { _linalg, _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import { canonicalDims, type Dims, type Identity, inputMask, limit, masked, requireDense } from './mask';
import { isSparse, reduceSparse } from './sparse';

/** Sums and products of small integers are int64. */
function widened(dtype: DType): DType {
  const small = [dtypes.uint8, dtypes.bool, dtypes.int8, dtypes.int16, dtypes.int32];
  return small.includes(dtype) ? dtypes.int64 : dtype;
}

/** The sum along dimensions, all by default. https://docs.pytorch.org/docs/2.13/generated/torch.masked.sum.html */
export const sum = python(
  'sum',
  ['input', 'dim', '*', 'keepdim', 'dtype', 'mask'],
  (
    input: Tensor,
    dim: Dims = null,
    keepdim: boolean | null = false,
    dtype: DType | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    const type = dtype ?? widened(input.dtype);
    if (isSparse(input)) {
      return reduceSparse('sum', input, mask, canonicalDims(dim, input.dim()), keepdim ?? false, type, 0);
    }
    requireDense('sum', input);
    return _torch.sum(masked('sum', input, mask), canonicalDims(dim, input.dim()), keepdim ?? false, { dtype: type });
  },
);

/**
 * The product along dimensions, all by default, of the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.prod.html
 */
export const prod = python(
  'prod',
  ['input', 'dim', '*', 'keepdim', 'dtype', 'mask'],
  (
    input: Tensor,
    dim: Dims = null,
    keepdim: boolean | null = false,
    dtype: DType | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    const dims = canonicalDims(dim, input.dim());
    const type = dtype ?? widened(input.dtype);
    if (isSparse(input)) return reduceSparse('prod', input, mask, dims, keepdim ?? false, type, 1);
    requireDense('prod', input);
    const start = masked('prod', input, mask).to(type);
    return dims.reverse().reduce((result, d) => result.prod(d, keepdim ?? false), start);
  },
);

/** A running sum or product. */
function cumulative(name: 'cumsum' | 'cumprod', kind: Identity) {
  return python(
    name,
    ['input', 'dim', '*', 'dtype', 'mask'],
    (input: Tensor, dim: number, dtype: DType | null = null, mask: Tensor | null = null): Tensor => {
      requireDense(name, input);
      const [along] = canonicalDims(dim, input.dim()) as [number];
      return _torch[name](masked(kind, input, mask), along, { dtype: dtype ?? input.dtype });
    },
  );
}

/**
 * The running sum along `dim`; elements that do not count are taken for 0.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.cumsum.html
 */
export const cumsum = cumulative('cumsum', 'sum');

/**
 * The running product along `dim`; elements that do not count are taken for 1.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.cumprod.html
 */
export const cumprod = cumulative('cumprod', 'prod');

/** What an extreme starts from. */
function identity(kind: 'max' | 'min', input: Tensor): number | bigint {
  return limit(input, kind === 'max' ? 'min' : 'max');
}

function extreme(name: 'amax' | 'amin', kind: 'max' | 'min') {
  return python(
    name,
    ['input', 'dim', '*', 'keepdim', 'dtype', 'mask'],
    (
      input: Tensor,
      dim: Dims = null,
      keepdim: boolean | null = false,
      dtype: DType | null = null,
      mask: Tensor | null = null,
    ): Tensor => {
      const dims = canonicalDims(dim, input.dim());
      if (isSparse(input)) {
        const fill = identity(kind, input);
        return reduceSparse(name, input, mask, dims, keepdim ?? false, dtype ?? input.dtype, fill);
      }
      requireDense(name, input);
      const reduced = _torch[name](masked(kind, input, mask), dims, keepdim ?? false);
      return reduced.to(dtype ?? input.dtype);
    },
  );
}

/**
 * The maximum along dimensions, all by default, of the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.amax.html
 */
export const amax = extreme('amax', 'max');

/**
 * The minimum along dimensions, all by default, of the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.amin.html
 */
export const amin = extreme('amin', 'min');

function place(name: 'argmax' | 'argmin', kind: Identity) {
  return python(
    name,
    ['input', 'dim', '*', 'keepdim', 'dtype', 'mask'],
    (
      input: Tensor,
      dim: number | null = null,
      keepdim: boolean | null = false,
      dtype: DType | null = null,
      mask: Tensor | null = null,
    ): Tensor => {
      requireDense(name, input);
      return _torch[name](masked(kind, input, mask), dim, keepdim ?? false).to(dtype ?? input.dtype);
    },
  );
}

/**
 * The place of the maximum along `dim`, or in the flattened input, among the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.argmax.html
 */
export const argmax = place('argmax', 'max');

/**
 * The place of the minimum along `dim`, or in the flattened input, among the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.argmin.html
 */
export const argmin = place('argmin', 'min');

/** How many elements count along the dimensions. */
function countOf(input: Tensor, mask: Tensor | null, dim: Dims, keepdim: boolean): Tensor {
  const ones = mask ?? _torch.ones(input.shape, { dtype: dtypes.int64, device: input.device });
  return sum(ones, dim, { keepdim, dtype: dtypes.int64 });
}

/**
 * The mean along dimensions, all by default, of the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.mean.html
 * @throws RangeError for a dtype that has no fractions
 */
export const mean = python(
  'mean',
  ['input', 'dim', '*', 'keepdim', 'dtype', 'mask'],
  (
    input: Tensor,
    dim: Dims = null,
    keepdim: boolean | null = false,
    dtype: DType | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    const type = dtype ?? input.dtype;
    if (!type.is_floating_point && !type.is_complex) {
      throw new RangeError(
        `mean(): Could not infer output dtype. ${dtype === null ? 'Input' : 'Optional'} dtype must be either a ` +
          `floating point or complex dtype. Got: ${type}`,
      );
    }
    requireDense('mean', input);
    const which = mask === null ? null : inputMask(input, mask);
    const total = sum(input, dim, { keepdim, dtype: type, mask: which });
    return total.div(countOf(input, which, dim, keepdim ?? false));
  },
);

/**
 * The median along `dim` of the elements that count: NaN where none does.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.median.html
 * @throws RangeError for whole numbers when none does
 */
export const median = python(
  'median',
  ['input', 'dim', '*', 'keepdim', 'dtype', 'mask'],
  (
    input: Tensor,
    dim: number = -1,
    keepdim: boolean = false,
    dtype: DType | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    requireDense('median', input);
    const [along] = canonicalDims(dim, input.dim()) as [number];
    const isFloat = input.is_floating_point();
    const numbers = isFloat ? input : input.to(dtypes.float32);
    const [output] = _torch.nanmedian(masked('median', numbers, mask), along, keepdim);
    if (isFloat) return output;
    if (output.isnan().any().is_nonzero()) {
      throw new RangeError('masked median expects no fully masked out rows if dtype is not floating point');
    }
    return output.to(dtype ?? input.dtype);
  },
);

/**
 * The logarithm of the sum of exponentials along dimensions, all by default, of the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.logsumexp.html
 */
export const logsumexp = python(
  'logsumexp',
  ['input', 'dim', '*', 'keepdim', 'dtype', 'mask'],
  (
    input: Tensor,
    dim: Dims = null,
    keepdim: boolean = false,
    dtype: DType | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    requireDense('logsumexp', input);
    const dims = canonicalDims(dim, input.dim());
    return _torch.logsumexp(masked('logsumexp', input, mask), dims, keepdim).to(dtype ?? input.dtype);
  },
);

/** log(exp(input) + exp(other)), each under its mask. https://docs.pytorch.org/docs/2.13/generated/torch.masked.logaddexp.html */
export const logaddexp = python(
  'logaddexp',
  ['input', 'other', '*', 'dtype', 'input_mask', 'other_mask'],
  (
    input: Tensor,
    other: Tensor,
    dtype: DType | null = null,
    input_mask: Tensor | null = null,
    other_mask: Tensor | null = null,
  ): Tensor => {
    requireDense('logaddexp', input);
    requireDense('logaddexp', other);
    const result = _torch.logaddexp(masked('max', input, input_mask), masked('max', other, other_mask));
    return result.to(dtype ?? input.dtype);
  },
);

/**
 * The norm of order `ord` along dimensions, all by default, of the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.norm.html
 */
export const norm = python(
  'norm',
  ['input', 'ord', 'dim', '*', 'keepdim', 'dtype', 'mask'],
  (
    input: Tensor,
    ord: number | null = 2,
    dim: Dims = null,
    keepdim: boolean | null = false,
    dtype: DType | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    requireDense('norm', input);
    const order = ord ?? 2;
    const dims = canonicalDims(dim, input.dim());
    const numbers = masked('norm', input, mask, order);
    return _linalg.vector_norm(numbers, order, dims, keepdim ?? false, { dtype: dtype ?? input.dtype });
  },
);

type Correction = number | null;

/** The variance, the count of each group corrected by the degrees of freedom taken off it. */
function variance(
  input: Tensor,
  dim: Dims,
  unbiased: boolean | null,
  correction: Correction,
  keepdim: boolean,
  given: DType | null,
  mask: Tensor | null,
): Tensor {
  if (unbiased !== null && correction !== null) {
    throw new AssertionError('Only one of unbiased and correction may be given');
  }
  requireDense('std/var', input);
  const off = correction ?? (unbiased === false ? 0 : 1);
  const numeric = (type: DType) => (type.is_floating_point || type.is_complex ? type : dtypes.float32);
  const dtype = given ?? numeric(input.dtype);
  const type = numeric(dtype);
  const which = mask === null ? null : inputMask(input, mask);
  const count = countOf(input, which, dim, true);
  const center = sum(input, dim, { keepdim: true, dtype, mask: which }).div(count);
  const distance = input.sub(center);
  const total = sum(distance.mul(distance.conj()), dim, { keepdim, dtype: type, mask: which });
  const groups = keepdim ? count : count.reshape(total.shape);
  const freedom = off === 0 ? groups : groups.to(type.to_real()).sub(off).clamp_min(0);
  return total.div(freedom).to(dtype);
}

const spreadParameters = ['input', 'dim', 'unbiased', '*', 'correction', 'keepdim', 'dtype', 'mask'] as const;

/**
 * The variance along dimensions, all by default, of the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.var.html
 */
const variance_ = python(
  'var',
  spreadParameters,
  (
    input: Tensor,
    dim: Dims = null,
    unbiased: boolean | null = null,
    correction: Correction = null,
    keepdim: boolean | null = false,
    dtype: DType | null = null,
    mask: Tensor | null = null,
  ): Tensor => variance(input, dim, unbiased, correction, keepdim ?? false, dtype, mask),
);

export { variance_ as var };

/**
 * The standard deviation along dimensions, all by default, of the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.std.html
 */
export const std = python(
  'std',
  spreadParameters,
  (
    input: Tensor,
    dim: Dims = null,
    unbiased: boolean | null = null,
    correction: Correction = null,
    keepdim: boolean | null = false,
    dtype: DType | null = null,
    mask: Tensor | null = null,
  ): Tensor => variance(input, dim, unbiased, correction, keepdim ?? false, dtype, mask).sqrt(),
);
