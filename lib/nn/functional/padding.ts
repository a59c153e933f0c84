/** https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.pad.html */

import { python } from '../../arguments/python';
import { _nn } from '../../tensor/namespaces';
import type { Tensor } from '../../tensor/tensor';

export type PaddingMode = 'constant' | 'reflect' | 'replicate' | 'circular';

/**
 * Widens the last dimensions: `[left, right]` the last one, `[left, right, top, bottom]` the last two, …; negative
 * values narrow. Modes other than 'constant' pad the last 1 to 3 dimensions of (N, C, *) or (C, *).
 */
export const pad = python(
  'pad',
  ['input', 'pad', 'mode', 'value'],
  (input: Tensor, pad: readonly number[], mode: PaddingMode = 'constant', value: number | null = null): Tensor =>
    _nn.pad(input, pad, mode, value),
);
