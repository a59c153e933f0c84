/** Numbers and names that `torch` has as they are. */

import { memoryFormats } from '../base/types';
import { hasFeature } from '../context/flags';

export const e = Math.E;
export const pi = Math.PI;
export const inf = Number.POSITIVE_INFINITY;
export const nan = Number.NaN;

/** A new dimension in an index. */
export const newaxis = null;

export const legacy_contiguous_format = memoryFormats.contiguous_format;

export const has_lapack = hasFeature('lapack');
export const has_mkl = hasFeature('mkl');
export const has_openmp = hasFeature('openmp');
/** Fourier transforms: always there. */
export const has_spectral = true;
