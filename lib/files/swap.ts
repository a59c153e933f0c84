/** Byte order. */

import type { Tensor } from '../tensor';
import type { DType } from '../types';
import { pieces } from './source';

/** Turns the bytes of every element around, in place; of complex ones each part. */
export function swapBytes(bytes: Tensor, dtype: DType): void {
  const width = dtype.is_complex ? dtype.itemsize / 2 : dtype.itemsize;
  for (const piece of width === 1 ? [] : pieces(bytes)) {
    const buffer = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    if (width === 2) buffer.swap16();
    else if (width === 4) buffer.swap32();
    else buffer.swap64();
  }
}
