/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.pad.html */

import { _nn } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_functional';

export type { PaddingMode } from '../../functional/spectral';

/**
 * Widens the last dimensions: `[left, right]` the last one, `[left, right, top, bottom]` the last two, …; negative
 * values narrow. Modes other than 'constant' pad the last 1 to 3 dimensions of (N, C, *) or (C, *).
 */
export function pad(...args: signatures.PadArgs): Tensor {
  const [input, pad, mode, value] = signatures.pad.list(args);
  return _nn.pad(input, pad, mode, value);
}
