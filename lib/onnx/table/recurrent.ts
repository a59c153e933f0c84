/** Recurrent layers. */
import { ABSENT, type Name } from '../builder';
import { type Call, Unsupported } from '../call';
import type { Attributes } from '../proto';
import type { Table } from '../table';
import type { Computed } from '../values';

interface Kind {
  readonly type: 'LSTM' | 'GRU' | 'RNN';
  /** Where ONNX's gates are among PyTorch's. */
  readonly gates: readonly number[];
  readonly attributes?: Attributes;
}

const lstm: Kind = { type: 'LSTM', gates: [0, 3, 1, 2] };
const gru: Kind = { type: 'GRU', gates: [1, 0, 2], attributes: { linear_before_reset: 1 } };
const rnn: Kind = { type: 'RNN', gates: [0] };

/** The rows of a weight with the gates in ONNX's order, and a dimension for the direction in front. */
function ordered(call: Call, x: Computed, { gates }: Kind): Name {
  const { build } = call;
  const zero = build.ints([0]);
  if (gates.length === 1) return build.op('Unsqueeze', [x.name, zero]);
  const rows = call.fixed(x, 0) / gates.length;
  const parts = build.nodeOf('Split', [x.name, build.ints(gates.map(() => rows))], gates.length, { axis: 0 });
  return build.op('Unsqueeze', [
    build.op(
      'Concat',
      gates.map((gate) => parts[gate]!),
      { axis: 0 },
    ),
    zero,
  ]);
}

const joined = (call: Call, names: readonly Name[], axis: number): Name =>
  names.length === 1 ? names[0]! : call.build.op('Concat', names, { axis });

/** The weights of one direction of one layer: of the input, of the state, and both biases. */
function weights(call: Call, params: readonly Computed[], kind: Kind, hasBiases: boolean): [Name, Name, Name] {
  const [ofInput, ofState, ...biases] = params.map((x) => ordered(call, x, kind)) as [Name, Name, ...Name[]];
  return [ofInput, ofState, hasBiases ? joined(call, biases, 1) : ABSENT];
}

function layered(kind: Kind) {
  return (call: Call): readonly Name[] => {
    const { build } = call;
    const hasBiases = call.flag('has_biases');
    const layers = call.number('num_layers');
    const directions = call.flag('bidirectional') ? 2 : 1;
    const batchFirst = call.flag('batch_first');
    const x = call.computed('input');
    if (x.sizes.length !== 3) throw new Unsupported('it is exported with a batch only');
    if (call.flag('train') && call.number('dropout') > 0 && layers > 1) {
      throw new Unsupported('it is exported in eval mode only: call model.eval() first');
    }
    const params = call.tensors('params');
    const each = hasBiases ? 4 : 2;
    if (params.length !== layers * directions * each) throw new Unsupported('it is exported without proj_size only');
    const states = kind.type === 'LSTM' ? call.tensors('hx') : [call.computed('hx')];
    const hidden_size = states[0]!.sizes[2]!;
    const direction = directions === 2 ? 'bidirectional' : 'forward';
    const attributes = { ...kind.attributes, hidden_size, direction };
    const turn = (name: Name) => build.op('Transpose', [name], { perm: [1, 0, 2] });
    const part = (name: Name, layer: number) => {
      if (layers === 1) return name;
      const [start, end] = [layer * directions, (layer + 1) * directions];
      return build.op('Slice', [name, build.ints([start]), build.ints([end]), build.ints([0])]);
    };
    let y = batchFirst ? turn(x.name) : x.name;
    const last: Name[][] = states.map(() => []);
    for (let layer = 0; layer < layers; layer++) {
      const ways = Array.from({ length: directions }, (_, way) => {
        const first = (layer * directions + way) * each;
        return weights(call, params.slice(first, first + each), kind, hasBiases);
      });
      const [w, r, b] = [0, 1, 2].map((i) =>
        ways[0]![i] === ABSENT
          ? ABSENT
          : joined(
              call,
              ways.map((way) => way[i]!),
              0,
            ),
      );
      const initial = states.map(({ name }) => part(name, layer));
      const inputs = [y, w!, r!, b!, ABSENT, ...initial];
      const [all, ...ends] = build.nodeOf(kind.type, inputs, 1 + states.length, attributes) as [Name, ...Name[]];
      ends.forEach((end, i) => void last[i]!.push(end));
      // (length, directions, batch, size) to (length, batch, directions * size)
      const turned = build.op('Transpose', [all], { perm: [0, 2, 1, 3] });
      y = build.op('Reshape', [turned, build.ints([0, 0, directions * hidden_size])]);
    }
    return [batchFirst ? turn(y) : y, ...last.map((names) => joined(call, names, 0))];
  };
}

const simple = (call: Call, activation: string) => {
  const directions = call.flag('bidirectional') ? 2 : 1;
  return layered({ ...rnn, attributes: { activations: Array<string>(directions).fill(activation) } })(call);
};

/** All gates of one step, before their functions: in a row, as PyTorch has them. */
function gates(call: Call, x: Name, weight: string, bias: string): Name {
  return call.build.op('Gemm', [x, call.name(weight), call.optional(bias)], { transB: 1 });
}

const parts = (call: Call, name: Name, count: number): Name[] =>
  call.build.nodeOf('Split', [name], count, { axis: 1, num_outputs: count });

function lstmCell(call: Call): Name[] {
  const { build } = call;
  const [h, c] = call.tensors('hx') as [Computed, Computed];
  if (h.sizes.length !== 2) throw new Unsupported('it is exported with a batch only');
  const sum = build.op('Add', [gates(call, call.name('input'), 'w_ih', 'b_ih'), gates(call, h.name, 'w_hh', 'b_hh')]);
  const [i, f, g, o] = parts(call, sum, 4) as [Name, Name, Name, Name];
  const sigmoid = (name: Name) => build.op('Sigmoid', [name]);
  const kept = build.op('Mul', [sigmoid(f), c.name]);
  const next = build.op('Add', [kept, build.op('Mul', [sigmoid(i), build.op('Tanh', [g])])]);
  return [build.op('Mul', [sigmoid(o), build.op('Tanh', [next])]), next];
}

function gruCell(call: Call): Name {
  const { build } = call;
  const h = call.name('hx');
  if (call.computed('hx').sizes.length !== 2) throw new Unsupported('it is exported with a batch only');
  const [xr, xz, xn] = parts(call, gates(call, call.name('input'), 'w_ih', 'b_ih'), 3) as [Name, Name, Name];
  const [hr, hz, hn] = parts(call, gates(call, h, 'w_hh', 'b_hh'), 3) as [Name, Name, Name];
  const [reset, update] = [
    build.op('Sigmoid', [build.op('Add', [xr, hr])]),
    build.op('Sigmoid', [build.op('Add', [xz, hz])]),
  ];
  const fresh = build.op('Tanh', [build.op('Add', [xn, build.op('Mul', [reset, hn])])]);
  return build.op('Add', [fresh, build.op('Mul', [update, build.op('Sub', [h, fresh])])]);
}

const rnnCell =
  (type: string) =>
  (call: Call): Name => {
    const sum = [gates(call, call.name('input'), 'w_ih', 'b_ih'), gates(call, call.name('hx'), 'w_hh', 'b_hh')];
    return call.build.op(type, [call.build.op('Add', sum)]);
  };

export const recurrent: Table = {
  lstm_cell: lstmCell,
  gru_cell: gruCell,
  rnn_tanh_cell: rnnCell('Tanh'),
  rnn_relu_cell: rnnCell('Relu'),
  lstm: layered(lstm),
  gru: layered(gru),
  rnn_tanh: (call) => simple(call, 'Tanh'),
  rnn_relu: (call) => simple(call, 'Relu'),
};
