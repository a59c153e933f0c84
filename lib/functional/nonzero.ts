/** https://docs.pytorch.org/docs/2.13/generated/torch.nonzero.html */

import { TorchError } from '../base/errors';
import { callOperator } from '../operators/operator';
import type { Tensor } from '../tensor/tensor';
import * as signatures from './generated/torch';

/** A tensor for each dimension, or all in one. */
export type NonzeroResult<AsTuple extends boolean> = AsTuple extends true ? Tensor[] : Tensor;

/**
 * The places of the elements that are not 0: (n, dim) of int64, or with `as_tuple` a tensor (n) for each dimension.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nonzero.html
 */
export function nonzero<Flag extends boolean = false>(...args: signatures.NonzeroArgs<Flag>): NonzeroResult<Flag> {
  const [input, as_tuple, out] = signatures.nonzero.list(args);
  if (as_tuple && out !== null) throw new TorchError('nonzero does not support the out kwarg when as_tuple is True');
  if (as_tuple) return callOperator('nonzero_numpy', input);
  return out === null ? callOperator('nonzero', input) : callOperator('nonzero.out', input, out);
}
