/** What distributions by a probability or its log odds share. */
import type { Tensor } from '../tensor/tensor';
import { logits_to_probs, probs_to_logits } from './utils';

/** @throws RangeError unless exactly one of the two is given */
export function checkEither(probs: unknown, logits: unknown): void {
  if ((probs === null) === (logits === null)) {
    throw new RangeError('Either `probs` or `logits` must be specified, but not both.');
  }
}

/** Each of the two from the other. */
export const binaryParameters = {
  logits: ({ probs }: { probs: Tensor }): Tensor => probs_to_logits(probs, true),
  probs: ({ logits }: { logits: Tensor }): Tensor => logits_to_probs(logits, true),
};

/** 0, …, count − 1 along the first dimension, with the others of size 1 or those of the batch. */
export function enumerated(values: Tensor, batch_shape: readonly number[], expand: boolean): Tensor {
  const column = values.view([-1, ...batch_shape.map(() => 1)]);
  return expand ? column.expand([-1, ...batch_shape]) : column;
}
