/**
 * The vmap from before functorch. PyTorch still uses it where a batch goes through the engine or a dual level, for
 * which functorch's has no rules.
 */

import { isTensor } from '../arguments/checks';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { callOperator } from '../operators/operator';
import type { Tensor } from '../tensor/tensor';

/** Runs a function of single examples on batches along the first dimension; nulls go through, in and out. */
export function overBatches(
  fn: (...examples: (Tensor | null)[]) => readonly (Tensor | null)[],
  batches: readonly (Tensor | null)[],
): (Tensor | null)[] {
  const size = batches.find(isTensor)?.shape[0] ?? 0;
  const level = call(native.func_enter_batch);
  try {
    const examples = batches.map((batch) => batch && callOperator<Tensor>('_add_batch_dim', batch, 0, level));
    return fn(...examples).map((result) => result && callOperator<Tensor>('_remove_batch_dim', result, level, size, 0));
  } finally {
    call(native.func_exit_batch);
  }
}
