/** Single steps of recurrent modules. https://docs.pytorch.org/docs/2.13/nn.html#recurrent-layers */

import { TorchError } from '../../base/errors';
import { tracing } from '../../context/tracing';
import { callOperator } from '../../operators/operator';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn';
import * as init from '../init';
import type { Parameter } from '../parameter';
import { emptyParameter } from './factory';
import { Module } from './module';
import { type LSTMState, tracedZeros } from './rnn_states';

type CellWeights = readonly [w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | null, b_hh: Tensor | null];

/** What the cells share. */
export class RNNCellBase extends Module {
  input_size: number;
  hidden_size: number;
  bias: boolean;
  declare weight_ih: Parameter;
  declare weight_hh: Parameter;
  declare bias_ih: Parameter | null;
  declare bias_hh: Parameter | null;

  constructor(...args: signatures.RNNCellBaseArgs) {
    super();
    const { input_size, hidden_size, bias, num_chunks, ...factory } = signatures.RNNCellBase.read(args);
    const rows = num_chunks * hidden_size;
    this.input_size = input_size;
    this.hidden_size = hidden_size;
    this.bias = bias;
    this.weight_ih = emptyParameter([rows, input_size], factory);
    this.weight_hh = emptyParameter([rows, hidden_size], factory);
    this.register_parameter('bias_ih', bias ? emptyParameter([rows], factory) : null);
    this.register_parameter('bias_hh', bias ? emptyParameter([rows], factory) : null);
    this.reset_parameters();
  }

  /** Draws new weights. */
  reset_parameters(): void {
    const bound = this.hidden_size > 0 ? 1 / Math.sqrt(this.hidden_size) : 0;
    for (const weight of this.parameters()) init.uniform_(weight, -bound, bound);
  }

  protected get weights(): CellWeights {
    return [this.weight_ih, this.weight_hh, this.bias_ih, this.bias_hh];
  }

  /** Makes the input and the states (zeros when there are none) a batch, calls `step`, and undoes it. */
  protected step(
    name: string,
    input: Tensor,
    states: readonly Tensor[] | null,
    count: number,
    step: (input: Tensor, states: readonly Tensor[]) => Tensor[],
  ): Tensor[] {
    const ndim = input.dim();
    if (ndim !== 1 && ndim !== 2) {
      throw new RangeError(`${name}: Expected input to be 1D or 2D, got ${ndim}D instead`);
    }
    states?.forEach((state, i) => {
      const dim = state.dim();
      if (dim === 1 || dim === 2) return;
      const what = count > 1 ? `hx[${i}]` : 'hidden';
      throw new RangeError(`${name}: Expected ${what} to be 1D or 2D, got ${dim}D instead`);
    });
    const batched = ndim === 2;
    const batch = batched ? input : input.unsqueeze(0);
    const fresh = () =>
      tracing.current === null
        ? batch.new_zeros([batch.size(0), this.hidden_size])
        : tracedZeros(batch).expand([-1, this.hidden_size]).contiguous();
    const given = states?.map((state) => (batched ? state : state.unsqueeze(0)));
    const results = step(batch, given ?? new Array<Tensor>(count).fill(fresh()));
    return batched ? results : results.map((result) => result.squeeze(0));
  }

  override extra_repr(): string {
    const parts = [`${this.input_size}, ${this.hidden_size}`];
    if (!this.bias) parts.push('bias=False');
    return parts.join(', ');
  }
}

/** One step of an RNN: (N, input_size), (N, hidden_size) → (N, hidden_size). https://docs.pytorch.org/docs/2.13/generated/torch.nn.RNNCell.html */
export class RNNCell extends RNNCellBase {
  nonlinearity: 'tanh' | 'relu';

  constructor(...args: signatures.RNNCellArgs) {
    const { nonlinearity, ...options } = signatures.RNNCell.read(args);
    super({ ...options, num_chunks: 1 });
    this.nonlinearity = nonlinearity;
  }

  override forward(input: Tensor, hx: Tensor | null = null): Tensor {
    const { nonlinearity } = this;
    if (nonlinearity !== 'tanh' && nonlinearity !== 'relu') {
      throw new TorchError(`Unknown nonlinearity: ${nonlinearity}`);
    }
    const step = (x: Tensor, [h]: readonly Tensor[]): Tensor[] => [
      callOperator(`rnn_${nonlinearity}_cell`, x, h, ...this.weights),
    ];
    return this.step('RNNCell', input, hx === null ? null : [hx], 1, step)[0]!;
  }

  override extra_repr(): string {
    const suffix = this.nonlinearity === 'tanh' ? '' : `, nonlinearity=${this.nonlinearity}`;
    return super.extra_repr() + suffix;
  }
}

/** One step of an LSTM: the next hidden and cell state. https://docs.pytorch.org/docs/2.13/generated/torch.nn.LSTMCell.html */
export class LSTMCell extends RNNCellBase {
  constructor(...args: signatures.LSTMCellArgs) {
    super({ ...signatures.LSTMCell.read(args), num_chunks: 4 });
  }

  override forward(input: Tensor, hx: LSTMState | null = null): [Tensor, Tensor] {
    const step = (x: Tensor, states: readonly Tensor[]): Tensor[] =>
      callOperator('lstm_cell', x, states, ...this.weights);
    return this.step('LSTMCell', input, hx, 2, step) as [Tensor, Tensor];
  }
}

/** One step of a GRU. https://docs.pytorch.org/docs/2.13/generated/torch.nn.GRUCell.html */
export class GRUCell extends RNNCellBase {
  constructor(...args: signatures.GRUCellArgs) {
    super({ ...signatures.GRUCell.read(args), num_chunks: 3 });
  }

  override forward(input: Tensor, hx: Tensor | null = null): Tensor {
    const step = (x: Tensor, [h]: readonly Tensor[]): Tensor[] => [callOperator('gru_cell', x, h, ...this.weights)];
    return this.step('GRUCell', input, hx === null ? null : [hx], 1, step)[0]!;
  }
}
