/** Tensors over bytes. */

import type { DType } from '../base/types';
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { Tensor } from '../tensor/tensor';

/** The strides of a tensor whose last dimension is the closest in memory. */
export function contiguousStrides(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let dim = shape.length - 2; dim >= 0; dim--) strides[dim] = strides[dim + 1]! * Math.max(shape[dim + 1]!, 1);
  return strides;
}

/** Part of the bytes, with a storage of its own over the same memory. */
export function partOf(bytes: Tensor, first: number, length: number): Tensor {
  return call(native.storage_part, bytes, first, length);
}

/**
 * The elements that the storage of `bytes` holds.
 * @throws RangeError when it is too small
 */
export function typed(
  bytes: Tensor,
  dtype: DType,
  shape: readonly number[],
  strides: readonly number[] = contiguousStrides(shape),
): Tensor {
  const aligned = bytes.device.type !== 'cpu' || bytes.data_ptr() % dtype.itemsize === 0 ? bytes : bytes.clone();
  return call(native.tensor_over_storage, aligned, dtype, 0, shape, strides);
}
