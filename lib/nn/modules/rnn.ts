/** Recurrent modules. https://docs.pytorch.org/docs/2.13/nn.html#recurrent-layers */

import type { Values } from '../../arguments/signature';
import { no_grad } from '../../autograd/grad_mode';
import { cudnn } from '../../backends/cudnn';
import { TorchError, warn } from '../../base/errors';
import { listText, sameShape, tupleText } from '../../base/text';
import { is_autocast_enabled } from '../../context/autocast';
import { tracing } from '../../context/tracing';
import { isList, typeName } from '../../native/kinds';
import { callOperator } from '../../operators/operator';
import { Tensor } from '../../tensor/tensor';
import type { Factory } from '../arguments';
import * as signatures from '../generated/nn';
import type { GRUForwardOptions, LSTMForwardOptions, RNNForwardOptions } from '../generated/nn_calls';
import * as init from '../init';
import type { Parameter } from '../parameter';
import { PackedSequence } from '../utils/rnn';
import { emptyParameter, zeros } from './factory';
import { Module } from './module';
import { propertiesOf, stateOf } from './registry';
import { float, repr } from './repr';
import { type LSTMState, tracedZeros } from './rnn_states';

type Mode = signatures.RNNBaseArguments['mode'];

/** How many gates each kind has; cuDNN's number of it. */
const kinds: Readonly<Record<Mode, { gates: number; cudnn: number }>> = {
  RNN_RELU: { gates: 1, cudnn: 0 },
  RNN_TANH: { gates: 1, cudnn: 1 },
  LSTM: { gates: 4, cudnn: 2 },
  GRU: { gates: 3, cudnn: 3 },
};

/** The operator of each kind. */
const operators: Readonly<Record<Mode, string>> = {
  RNN_RELU: 'rnn_relu',
  RNN_TANH: 'rnn_tanh',
  LSTM: 'lstm',
  GRU: 'gru',
};

type AllOptions = Values<signatures.RNNBaseArguments>;

/** A sequence (L, N, *), (N, L, *) or (L, *), or packed ones. */
type Sequence = Tensor | PackedSequence;

/** An input as the operators take it. */
interface Prepared {
  data: Tensor;
  packed: PackedSequence | null;
  /** It had a batch dimension. */
  batched: boolean;
}

function checkOptions(o: AllOptions): void {
  if (typeof o.dropout !== 'number' || !(o.dropout >= 0 && o.dropout <= 1)) {
    throw new RangeError(
      'dropout should be a number in range [0, 1] representing the probability of an element being zeroed',
    );
  }
  if (o.dropout > 0 && o.num_layers === 1) {
    warn(
      `dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers greater than 1, but got dropout=${repr(o.dropout)} and num_layers=${o.num_layers}`,
    );
  }
  for (const name of ['bias', 'batch_first'] as const) {
    if (typeof o[name] !== 'boolean') throw new TypeError(`${name} should be of type bool, got: ${typeName(o[name])}`);
  }
  for (const name of ['input_size', 'hidden_size'] as const) {
    if (!Number.isInteger(o[name])) throw new TypeError(`${name} should be of type int, got: ${typeName(o[name])}`);
    if (o[name] <= 0) throw new RangeError(`${name} must be greater than zero`);
  }
  if (typeof o.num_layers !== 'number')
    throw new TypeError(`num_layers should be of type int, got: ${typeName(o.num_layers)}`);
  if (o.num_layers <= 0) throw new RangeError('num_layers must be greater than zero');
  if (o.proj_size < 0) {
    throw new RangeError('proj_size should be a positive integer or zero to disable projections');
  }
  if (o.proj_size >= o.hidden_size) throw new RangeError('proj_size has to be smaller than hidden_size');
  if (!Object.hasOwn(kinds, o.mode)) throw new RangeError(`Unrecognized RNN mode: ${o.mode}`);
}

/** What RNN, LSTM and GRU share. https://docs.pytorch.org/docs/2.13/generated/torch.nn.RNNBase.html */
export class RNNBase extends Module {
  mode: Mode;
  input_size: number;
  hidden_size: number;
  num_layers: number;
  bias: boolean;
  batch_first: boolean;
  dropout: number;
  bidirectional: boolean;
  proj_size: number;
  /** The names of the weights in the order of the operators' list, layer by layer. */
  private layers: readonly (readonly string[])[];

  constructor(...args: signatures.RNNBaseArgs) {
    super();
    const options = signatures.RNNBase.read(args);
    checkOptions(options);
    this.mode = options.mode;
    this.input_size = options.input_size;
    this.hidden_size = options.hidden_size;
    this.num_layers = options.num_layers;
    this.bias = options.bias;
    this.batch_first = options.batch_first;
    this.dropout = options.dropout;
    this.bidirectional = options.bidirectional;
    this.proj_size = options.proj_size;
    this.layers = this.makeWeights(options);
    this.flatten_parameters();
    this.reset_parameters();
  }

  private get directions(): number {
    return this.bidirectional ? 2 : 1;
  }

  /** The size of what a layer hands on. */
  private get outputSize(): number {
    return this.proj_size > 0 ? this.proj_size : this.hidden_size;
  }

  private makeWeights(factory: Factory): string[][] {
    const { hidden_size, bias, proj_size } = this;
    const gates = kinds[this.mode].gates * hidden_size;
    const layers: string[][] = [];
    for (let layer = 0; layer < this.num_layers; layer++) {
      const inputs = layer === 0 ? this.input_size : this.outputSize * this.directions;
      const shapes: [string, number[]][] = [
        ['weight_ih', [gates, inputs]],
        ['weight_hh', [gates, this.outputSize]],
      ];
      if (bias) shapes.push(['bias_ih', [gates]], ['bias_hh', [gates]]);
      if (proj_size > 0) shapes.push(['weight_hr', [proj_size, hidden_size]]);
      for (const suffix of this.bidirectional ? ['', '_reverse'] : ['']) {
        const names = shapes.map(([name]) => `${name}_l${layer}${suffix}`);
        names.forEach((name, i) => {
          propertiesOf(this)[name] = emptyParameter(shapes[i]![1], factory);
        });
        layers.push(names);
      }
    }
    return layers;
  }

  /** @internal What Python's attributes say beyond those of the same name here. */
  __setstate__({ _all_weights }: { _all_weights?: unknown }): void {
    if (!isList(_all_weights) || !_all_weights.flat().every((name) => stateOf(this).parameters.has(name))) {
      throw new TypeError(`cannot load ${this._get_name()}: it does not name its weights`);
    }
    this.layers = _all_weights as string[][];
  }

  /** The weights of each layer and direction. */
  get all_weights(): Parameter[][] {
    return this.layers.map((names) => names.map((name) => propertiesOf(this)[name] as Parameter));
  }

  /** @internal The weights in one list. */
  get _flat_weights(): Parameter[] {
    return this.all_weights.flat();
  }

  /** Puts the weights next to each other, which cuDNN wants; does nothing on other devices. */
  flatten_parameters(): void {
    const weights = this._flat_weights;
    const dtype = weights[0]!.dtype;
    const fits = weights.every((weight) => weight?.is_cuda && weight.dtype === dtype);
    if (!fits || !cudnn.enabled || !dtype.is_floating_point) return;
    if (new Set(weights.map((weight) => weight.data_ptr())).size !== weights.length) return;
    if (!callOperator<boolean>('_use_cudnn_rnn_flatten_weight')) return;
    no_grad(() =>
      callOperator(
        '_cudnn_rnn_flatten_weight',
        weights,
        this.layers[0]!.length,
        this.input_size,
        kinds[this.mode].cudnn,
        this.hidden_size,
        this.proj_size,
        this.num_layers,
        this.batch_first,
        this.bidirectional,
      ),
    );
  }

  override _apply(fn: (tensor: Tensor) => Tensor, recurse = true): this {
    super._apply(fn, recurse);
    this.flatten_parameters();
    return this;
  }

  /** Draws new weights. */
  reset_parameters(): void {
    const bound = 1 / Math.sqrt(this.hidden_size);
    for (const weight of this.parameters()) init.uniform_(weight, -bound, bound);
  }

  override extra_repr(): string {
    const parts = [`${this.input_size}, ${this.hidden_size}`];
    if (this.proj_size !== 0) parts.push(`proj_size=${this.proj_size}`);
    if (this.num_layers !== 1) parts.push(`num_layers=${this.num_layers}`);
    if (!this.bias) parts.push('bias=False');
    if (this.batch_first) parts.push('batch_first=True');
    if (this.dropout !== 0) parts.push(`dropout=${float(this.dropout)}`);
    if (this.bidirectional) parts.push('bidirectional=True');
    return parts.join(', ');
  }

  // ---- running

  /**
   * Runs over a sequence from these states (none for zeros): the last layer's outputs and the states at the end.
   * An LSTM has two states, the others one.
   */
  protected run(input: Sequence, states: readonly Tensor[] | null): [Sequence, Tensor[]] {
    const prepared = this.prepare(input);
    const { data, packed, batched } = prepared;
    const start = states === null ? this.zeroStates(prepared) : this.givenStates(states, prepared);
    this.check_forward_args(data, this.mode === 'LSTM' ? start : start[0]!, packed?.batch_sizes ?? null);
    const [output, ...end] = this.compute(prepared, start);
    if (packed !== null) {
      const { batch_sizes, sorted_indices, unsorted_indices } = packed;
      const sequence = new PackedSequence(output, batch_sizes, sorted_indices, unsorted_indices);
      return [sequence, this.permuted(end, unsorted_indices)];
    }
    if (batched) return [output, end];
    return [output.squeeze(this.batch_first ? 0 : 1), end.map((state) => state.squeeze(1))];
  }

  private prepare(input: Sequence): Prepared {
    if (input instanceof PackedSequence) {
      return { data: input.data, packed: input, batched: true };
    }
    const ndim = input.dim();
    if (ndim !== 2 && ndim !== 3) {
      const [name, what] = this.mode.startsWith('RNN') ? ['RNN', 'tensor '] : [this.mode, ''];
      throw new RangeError(`${name}: Expected input to be 2D or 3D, got ${ndim}D ${what}instead`);
    }
    const batched = ndim === 3;
    const data = batched ? input : input.unsqueeze(this.batch_first ? 0 : 1);
    return { data, packed: null, batched };
  }

  private zeroStates({ data, packed }: Prepared): Tensor[] {
    const factory = { device: data.device, dtype: data.dtype };
    const sizes = this.stateSizes(data, packed?.batch_sizes ?? null);
    if (tracing.current === null || packed !== null) return sizes.map((size) => zeros(size, factory));
    const column = tracedZeros(data.select(this.batch_first ? 1 : 0, 0));
    return sizes.map(([layers, , width]) => column.expand([layers!, -1, width!]).contiguous());
  }

  /** @internal The sizes of the states for an input. */
  protected stateSizes(input: Tensor, batch_sizes: Tensor | null): number[][] {
    return [this.get_expected_hidden_size(input, batch_sizes)];
  }

  /** @internal The size of a state: (layers · directions, N, size). */
  protected stateSize(input: Tensor, batch_sizes: Tensor | null, size: number): number[] {
    const batch = batch_sizes === null ? input.size(this.batch_first ? 0 : 1) : Number(batch_sizes.index(0).item());
    return [this.num_layers * this.directions, batch, size];
  }

  /** The size that the hidden state must have for an input, or for packed ones with these `batch_sizes`. */
  get_expected_hidden_size(input: Tensor, batch_sizes: Tensor | null): number[] {
    return this.stateSize(input, batch_sizes, this.outputSize);
  }

  /** Checks the size of a state. @throws TorchError for another one; `msg` has a `{}` for each of the two */
  check_hidden_size(
    hx: Tensor,
    expected_hidden_size: readonly number[],
    msg = 'Expected hidden size {}, got {}',
  ): void {
    if (sameShape(hx.shape, expected_hidden_size)) return;
    const texts = [tupleText(expected_hidden_size), listText(hx.shape)];
    throw new TorchError(msg.replace(/\{\}/g, () => texts.shift() ?? '{}'));
  }

  /**
   * Checks what `forward` computes with: an input with a batch dimension or packed, and the states.
   * @throws TorchError for a wrong shape
   */
  check_forward_args(input: Tensor, hidden: Tensor | readonly Tensor[], batch_sizes: Tensor | null): void {
    this.check_input(input, batch_sizes);
    this.check_hidden_size(hidden as Tensor, this.get_expected_hidden_size(input, batch_sizes));
  }

  /** The states of the sequences in another order. */
  permute_hidden(hx: Tensor, permutation: Tensor | null): Tensor;
  permute_hidden(hx: LSTMState, permutation: Tensor | null): LSTMState;
  permute_hidden(hx: Tensor | LSTMState, permutation: Tensor | null): Tensor | LSTMState {
    if (permutation === null) return hx;
    if (hx instanceof Tensor) return hx.index_select(1, permutation);
    return [hx[0].index_select(1, permutation), hx[1].index_select(1, permutation)];
  }

  private permuted(states: readonly Tensor[], permutation: Tensor | null): Tensor[] {
    if (this.mode === 'LSTM') return [...this.permute_hidden(states as LSTMState, permutation)];
    return [this.permute_hidden(states[0]!, permutation)];
  }

  private givenStates(given: readonly Tensor[], { packed, batched }: Prepared): Tensor[] {
    const states = isList(given) ? (given as readonly Tensor[]) : [...given]; // a tensor is its rows, as in Python
    if (packed !== null) return this.permuted(states, packed.sorted_indices);
    const expected = batched ? 3 : 2;
    if (states.some((state) => state.dim() !== expected)) {
      const start = `For ${batched ? 'batched 3-D' : 'unbatched 2-D'} input, hx`;
      const dims = states.map((state) => `${state.dim()}-D`);
      throw new TorchError(
        states.length > 1
          ? `${start} and cx should also be ${expected}-D but got (${dims.join(', ')}) tensors`
          : `${start} should also be ${expected}-D but got ${dims[0]} tensor`,
      );
    }
    return batched ? [...states] : states.map((state) => state.unsqueeze(1));
  }

  /**
   * Checks an input with a batch dimension, or packed ones with their `batch_sizes`.
   * @throws RangeError for another dtype than the weights', TorchError for a wrong shape
   */
  check_input(input: Tensor, batch_sizes: Tensor | null): void {
    const { dtype } = this._flat_weights[0]!;
    if (input.dtype !== dtype && !autocasts()) {
      throw new RangeError(
        `RNN input dtype (${input.dtype}) does not match weight dtype (${dtype}). Convert input: input.to(${dtype}), or convert model: model.to(${input.dtype})`,
      );
    }
    const expected = batch_sizes === null ? 3 : 2;
    if (input.dim() !== expected) throw new TorchError(`input must have ${expected} dimensions, got ${input.dim()}`);
    const width = input.size(-1);
    if (width !== this.input_size) {
      throw new TorchError(`input.size(-1) must be equal to input_size. Expected ${this.input_size}, got ${width}`);
    }
  }

  /** The output and the states at the end, by one operator over all layers and steps. */
  private compute({ data, packed }: Prepared, states: readonly Tensor[]): [Tensor, ...Tensor[]] {
    const start = this.mode === 'LSTM' ? states : states[0]!;
    const name = operators[this.mode];
    const weights = this._flat_weights;
    const settings = [this.bias, this.num_layers, this.dropout, this.training, this.bidirectional];
    if (packed !== null) return callOperator(`${name}.data`, data, packed.batch_sizes, start, weights, ...settings);
    return callOperator(`${name}.input`, data, start, weights, ...settings, this.batch_first);
  }
}

/** Whether operations choose their dtype themselves. */
function autocasts(): boolean {
  return is_autocast_enabled('cpu') || is_autocast_enabled('cuda');
}

function refuseProjection(args: readonly unknown[]): void {
  const last = args[args.length - 1];
  if (typeof last === 'object' && last !== null && 'proj_size' in last) {
    throw new RangeError('proj_size argument is only supported for LSTM, not RNN or GRU');
  }
}

/**
 * h = tanh(W_ih x + b_ih + W_hh h + b_hh) over a sequence.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.RNN.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface only says how the module can be called
export class RNN extends RNNBase {
  nonlinearity: 'tanh' | 'relu';

  constructor(...args: signatures.RNNArgs) {
    refuseProjection(args);
    const { nonlinearity, ...options } = signatures.RNN.read(args);
    if (nonlinearity !== 'tanh' && nonlinearity !== 'relu') {
      throw new RangeError(`Unknown nonlinearity '${nonlinearity}'. Select from 'tanh' or 'relu'.`);
    }
    super({ ...options, mode: nonlinearity === 'tanh' ? 'RNN_TANH' : 'RNN_RELU', proj_size: 0 });
    this.nonlinearity = nonlinearity;
  }

  /** input (L, N, input_size) and a state (layers · directions, N, hidden_size) → outputs and the last state. */
  override forward<Input extends Sequence>(input: Input, hx: Tensor | null = null): [Input, Tensor] {
    const [output, [hidden]] = this.run(input, hx === null ? null : [hx]);
    return [output as Input, hidden!];
  }
}

export interface RNN {
  /** Runs `forward`, with its hooks. */
  <Input extends Sequence>(input: Input, hx?: Tensor | null | RNNForwardOptions): [Input, Tensor];
  /** Runs `forward`, with its hooks. */
  <Input extends Sequence>(args: RNNForwardOptions & { input: Input }): [Input, Tensor];
}

/**
 * Long short-term memory over a sequence.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.LSTM.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface only says how the module can be called
export class LSTM extends RNNBase {
  constructor(...args: signatures.LSTMArgs) {
    super({ ...signatures.LSTM.read(args), mode: 'LSTM' });
  }

  /** The size that the cell state must have. */
  get_expected_cell_size(input: Tensor, batch_sizes: Tensor | null): number[] {
    return this.stateSize(input, batch_sizes, this.hidden_size);
  }

  /** @internal */
  protected override stateSizes(input: Tensor, batch_sizes: Tensor | null): number[][] {
    return [this.get_expected_hidden_size(input, batch_sizes), this.get_expected_cell_size(input, batch_sizes)];
  }

  override check_forward_args(input: Tensor, hidden: LSTMState, batch_sizes: Tensor | null): void {
    this.check_input(input, batch_sizes);
    this.stateSizes(input, batch_sizes).forEach((expected, i) => {
      this.check_hidden_size(hidden[i]!, expected, `Expected hidden[${i}] size {}, got {}`);
    });
  }

  /** input (L, N, input_size) and states (layers · directions, N, *) → outputs and the last states. */
  override forward<Input extends Sequence>(input: Input, hx: LSTMState | null = null): [Input, [Tensor, Tensor]] {
    const [output, states] = this.run(input, hx);
    return [output as Input, states as [Tensor, Tensor]];
  }
}

export interface LSTM {
  /** Runs `forward`, with its hooks. */
  <Input extends Sequence>(input: Input, hx?: LSTMState | null | LSTMForwardOptions): [Input, [Tensor, Tensor]];
  /** Runs `forward`, with its hooks. */
  <Input extends Sequence>(args: LSTMForwardOptions & { input: Input }): [Input, [Tensor, Tensor]];
}

/** A gated recurrent unit over a sequence. https://docs.pytorch.org/docs/2.13/generated/torch.nn.GRU.html */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface only says how the module can be called
export class GRU extends RNNBase {
  constructor(...args: signatures.GRUArgs) {
    refuseProjection(args);
    super({ ...signatures.GRU.read(args), mode: 'GRU', proj_size: 0 });
  }

  /** input (L, N, input_size) and a state (layers · directions, N, hidden_size) → outputs and the last state. */
  override forward<Input extends Sequence>(input: Input, hx: Tensor | null = null): [Input, Tensor] {
    const [output, [hidden]] = this.run(input, hx === null ? null : [hx]);
    return [output as Input, hidden!];
  }
}

export interface GRU {
  /** Runs `forward`, with its hooks. */
  <Input extends Sequence>(input: Input, hx?: Tensor | null | GRUForwardOptions): [Input, Tensor];
  /** Runs `forward`, with its hooks. */
  <Input extends Sequence>(args: GRUForwardOptions & { input: Input }): [Input, Tensor];
}
