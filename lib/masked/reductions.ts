/** Reductions that leave masked elements out. https://docs.pytorch.org/docs/2.13/masked.html#reductions */

import { AssertionError } from '../base/errors';
import { type DType, dtypes, layouts } from '../base/types';
import { _linalg, _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import * as signatures from './generated/masked';
import { canonicalDims, type Dims, type Identity, inputMask, limit, masked, requireDense } from './mask';
import { isSparse, meanOfCsr, reduceSparse, type SparseReduction } from './sparse';

/** Sums and products of small integers are int64. */
function widened(dtype: DType): DType {
  const small = [dtypes.uint8, dtypes.bool, dtypes.int8, dtypes.int16, dtypes.int32];
  return small.includes(dtype) ? dtypes.int64 : dtype;
}

/** A reduction along dimensions. */
interface Reduction {
  /** What masked elements are taken for. */
  readonly identity: Identity;
  /** What elements that a sparse tensor does not store are taken for; missing where sparse tensors are not reduced. */
  readonly sparse?: (input: Tensor) => number | bigint;
  /** The dtype of the result, unless one is given. */
  readonly dtype?: (dtype: DType) => DType;
  readonly dense: (x: Tensor, dims: number[], keepdim: boolean, dtype: DType) => Tensor;
}

const reductions = {
  sum: {
    identity: 'sum',
    sparse: () => 0,
    dtype: widened,
    dense: (x, dims, keepdim, dtype) => _torch.sum(x, dims, keepdim, { dtype }),
  },
  prod: {
    identity: 'prod',
    sparse: () => 1,
    dtype: widened,
    dense: (x, dims, keepdim, dtype) => dims.reverse().reduce((result, d) => result.prod(d, keepdim), x.to(dtype)),
  },
  amax: {
    identity: 'max',
    sparse: (input) => limit(input, 'min'),
    dense: (x, dims, keepdim, dtype) => _torch.amax(x, dims, keepdim).to(dtype),
  },
  amin: {
    identity: 'min',
    sparse: (input) => limit(input, 'max'),
    dense: (x, dims, keepdim, dtype) => _torch.amin(x, dims, keepdim).to(dtype),
  },
  logsumexp: {
    identity: 'logsumexp',
    dense: (x, dims, keepdim, dtype) => _torch.logsumexp(x, dims, keepdim).to(dtype),
  },
} satisfies Record<string, Reduction>;

function reduce(
  name: keyof typeof reductions,
  [input, dim, keepdim, given, mask]: signatures.SumList | signatures.LogsumexpList,
): Tensor {
  const { identity, sparse, dtype, dense }: Reduction = reductions[name];
  const dims = canonicalDims(dim, input.dim());
  const type = given ?? dtype?.(input.dtype) ?? input.dtype;
  if (sparse !== undefined && isSparse(input)) {
    return reduceSparse(name as SparseReduction, input, mask, dims, keepdim ?? false, type, sparse(input));
  }
  requireDense(name, input);
  return dense(masked(identity, input, mask), dims, keepdim ?? false, type);
}

/** The sum along dimensions, all by default. https://docs.pytorch.org/docs/2.13/generated/torch.masked.sum.html */
export function sum(...args: signatures.SumArgs): Tensor {
  return reduce('sum', signatures.sum.list(args));
}

/**
 * The product along dimensions, all by default, of the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.prod.html
 */
export function prod(...args: signatures.ProdArgs): Tensor {
  return reduce('prod', signatures.prod.list(args));
}

/**
 * The maximum along dimensions, all by default, of the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.amax.html
 */
export function amax(...args: signatures.AmaxArgs): Tensor {
  return reduce('amax', signatures.amax.list(args));
}

/**
 * The minimum along dimensions, all by default, of the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.amin.html
 */
export function amin(...args: signatures.AminArgs): Tensor {
  return reduce('amin', signatures.amin.list(args));
}

/**
 * The logarithm of the sum of exponentials along dimensions, all by default, of the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.logsumexp.html
 */
export function logsumexp(...args: signatures.LogsumexpArgs): Tensor {
  return reduce('logsumexp', signatures.logsumexp.list(args));
}

/** A running sum or product. */
function cumulative(
  name: 'cumsum' | 'cumprod',
  identity: Identity,
  [input, dim, dtype, mask]: signatures.CumsumList,
): Tensor {
  requireDense(name, input);
  const [along] = canonicalDims(dim, input.dim()) as [number];
  return _torch[name](masked(identity, input, mask), along, { dtype: dtype ?? input.dtype });
}

/**
 * The running sum along `dim`; elements that do not count are taken for 0.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.cumsum.html
 */
export function cumsum(...args: signatures.CumsumArgs): Tensor {
  return cumulative('cumsum', 'sum', signatures.cumsum.list(args));
}

/**
 * The running product along `dim`; elements that do not count are taken for 1.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.cumprod.html
 */
export function cumprod(...args: signatures.CumprodArgs): Tensor {
  return cumulative('cumprod', 'prod', signatures.cumprod.list(args));
}

/** Where an extreme is. */
function place(
  name: 'argmax' | 'argmin',
  identity: Identity,
  [input, dim, keepdim, dtype, mask]: signatures.ArgmaxList,
): Tensor {
  requireDense(name, input);
  return _torch[name](masked(identity, input, mask), dim, keepdim ?? false).to(dtype ?? input.dtype);
}

/**
 * The place of the maximum along `dim`, or in the flattened input, among the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.argmax.html
 */
export function argmax(...args: signatures.ArgmaxArgs): Tensor {
  return place('argmax', 'max', signatures.argmax.list(args));
}

/**
 * The place of the minimum along `dim`, or in the flattened input, among the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.argmin.html
 */
export function argmin(...args: signatures.ArgminArgs): Tensor {
  return place('argmin', 'min', signatures.argmin.list(args));
}

/** How many elements count along the dimensions. */
function countOf(input: Tensor, mask: Tensor | null, dim: Dims, keepdim: boolean): Tensor {
  const ones = mask ?? _torch.ones(input.shape, { dtype: dtypes.int64, device: input.device });
  return sum(ones, dim, { keepdim, dtype: dtypes.int64 });
}

/**
 * The mean along dimensions, all by default, of the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.mean.html
 * @throws RangeError for a dtype that has no fractions, for layouts but strided and CSR, and for CSR without a mask
 */
export function mean(...args: signatures.MeanArgs): Tensor {
  const [input, dim, keepdim, dtype, mask] = signatures.mean.list(args);
  const type = dtype ?? input.dtype;
  if (!type.is_floating_point && !type.is_complex) {
    throw new RangeError(
      `mean(): Could not infer output dtype. ${dtype === null ? 'Input' : 'Optional'} dtype must be either a ` +
        `floating point or complex dtype. Got: ${type}`,
    );
  }
  if (input.layout === layouts.sparse_csr) {
    return meanOfCsr(input, mask, canonicalDims(dim, input.dim()), keepdim ?? false, type);
  }
  if (input.layout !== layouts.strided) {
    throw new RangeError(`masked mean expects strided or sparse_csr tensor (got ${input.layout} tensor)`);
  }
  const which = mask === null ? null : inputMask(input, mask);
  const total = sum(input, dim, { keepdim, dtype: type, mask: which });
  return total.div(countOf(input, which, dim, keepdim ?? false));
}

/**
 * The median along `dim` of the elements that count: NaN where none does.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.median.html
 * @throws RangeError for whole numbers when none does
 */
export function median(...args: signatures.MedianArgs): Tensor {
  const [input, dim, keepdim, dtype, mask] = signatures.median.list(args);
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
}

/** log(exp(input) + exp(other)), each under its mask. https://docs.pytorch.org/docs/2.13/generated/torch.masked.logaddexp.html */
export function logaddexp(...args: signatures.LogaddexpArgs): Tensor {
  const [input, other, dtype, input_mask, other_mask] = signatures.logaddexp.list(args);
  requireDense('logaddexp', input);
  requireDense('logaddexp', other);
  const result = _torch.logaddexp(masked('max', input, input_mask), masked('max', other, other_mask));
  return result.to(dtype ?? input.dtype);
}

/**
 * The norm of order `ord` along dimensions, all by default, of the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.norm.html
 */
export function norm(...args: signatures.NormArgs): Tensor {
  const [input, ord, dim, keepdim, dtype, mask] = signatures.norm.list(args);
  requireDense('norm', input);
  const order = ord ?? 2;
  const dims = canonicalDims(dim, input.dim());
  const numbers = masked('norm', input, mask, order);
  return _linalg.vector_norm(numbers, order, dims, keepdim ?? false, { dtype: dtype ?? input.dtype });
}

/** The variance, the count of each group corrected by the degrees of freedom taken off it. */
function variance([input, dim, unbiased, correction, keep, given, mask]: signatures.VarList): Tensor {
  const keepdim = keep ?? false;
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

/**
 * The variance along dimensions, all by default, of the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.var.html
 */
function variance_(...args: signatures.VarArgs): Tensor {
  return variance(signatures.var_.list(args));
}

export { variance_ as var };

/**
 * The standard deviation along dimensions, all by default, of the elements that count.
 * https://docs.pytorch.org/docs/2.13/generated/torch.masked.std.html
 */
export function std(...args: signatures.StdArgs): Tensor {
  return variance(signatures.std.list(args)).sqrt();
}
