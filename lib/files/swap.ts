/** Byte order. */

import type { DType } from '../base/types';
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { Tensor } from '../tensor/tensor';
import { pieces } from './source';

/** Turns the bytes of every element around, in place; of complex ones each part. */
export function swapBytes(bytes: Tensor, dtype: DType): void {
  const width = dtype.is_complex ? dtype.itemsize / 2 : dtype.itemsize;
  if (width === 1) return;
  let at = bytes.storage_offset();
  for (const piece of pieces(bytes)) {
    const whole = piece.subarray(0, piece.length - (piece.length % width));
    if (width === 2) whole.swap16();
    else if (width === 4) whole.swap32();
    else whole.swap64();
    call(native.storage_write, bytes, at, whole);
    at += piece.length;
  }
}
