/** The elements of a tensor as the bytes of files: in order, little-endian, in pieces. */

import { dtypes } from '../base/types';
import type { Tensor } from '../tensor/tensor';
import { pieces } from './source';

/** Bytes that are copied at once: little beside the tensors. */
const MOST = 1 << 25;

function isPlain(x: Tensor): boolean {
  return x.device.type === 'cpu' && x.is_contiguous() && !x.is_conj() && !x.is_neg();
}

function asBytes(x: Tensor): Tensor {
  return x.reshape(-1).view(dtypes.uint8);
}

/** What lies elsewhere or out of order is copied piece by piece. */
function* bytesInOrder(x: Tensor): Generator<Uint8Array> {
  if (isPlain(x)) yield* pieces(asBytes(x));
  else if (x.nbytes <= MOST || x.dim() === 0) {
    yield* pieces(asBytes(x.cpu().resolve_conj().resolve_neg().contiguous()));
  } else {
    const rows = Math.max(1, Math.floor(MOST / (x.nbytes / x.shape[0]!)));
    for (let row = 0; row < x.shape[0]!; row += rows) {
      const count = Math.min(rows, x.shape[0]! - row);
      yield* bytesInOrder(count === 1 ? x.select(0, row) : x.narrow(0, row, count));
    }
  }
}

export function* tensorBytes(x: Tensor): Generator<Uint8Array> {
  if (x.numel() > 0) yield* bytesInOrder(x.detach());
}
