/** The states of recurrent modules. */
import { callOperator } from '../../operators/operator';
import type { Tensor } from '../../tensor/tensor';

/** The hidden state and the cell state. */
export type LSTMState = readonly [h: Tensor, c: Tensor];

/** A column of zeros for (batch, width): a trace gives it the size of its input, where a number would stay for good. */
export function tracedZeros(x: Tensor): Tensor {
  return callOperator('zeros_like', x.narrow(-1, 0, 1));
}
