/** https://docs.pytorch.org/docs/2.13/generated/torch.nonzero.html */

import { type FlaggedFunction, python } from '../arguments/python';
import { TorchError } from '../base/errors';
import { callOperator } from '../operators/operator';
import type { Tensor } from '../tensor/tensor';

/**
 * The places of the elements that are not 0: (n, dim) of int64, or with `as_tuple` a tensor (n) for each dimension.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nonzero.html
 */
export const nonzero = python(
  'nonzero',
  ['input', '*', 'out', 'as_tuple'],
  (input: Tensor, out: Tensor | null = null, as_tuple: boolean = false): Tensor | Tensor[] => {
    if (as_tuple && out !== null) throw new TorchError('nonzero does not support the out kwarg when as_tuple is True');
    if (as_tuple) return callOperator<Tensor[]>('nonzero_numpy', input);
    return out === null ? callOperator<Tensor>('nonzero', input) : callOperator<Tensor>('nonzero.out', input, out);
  },
) as FlaggedFunction<
  [input: Tensor, out?: Tensor | null],
  readonly ['input', '*', 'out'],
  'as_tuple',
  Tensor[],
  Tensor
>;
