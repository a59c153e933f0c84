/**
 * Compiled, not run: what the types of torch.nn allow and refuse. A `@ts-expect-error` that finds no error fails the
 * compilation.
 */
import torch, { nn, type Tensor } from 'tsorch';

export function constructors(): nn.Module[] {
  // @ts-expect-error an unknown option
  new nn.Linear(5, 2, { biass: false });
  // @ts-expect-error an option given twice
  new nn.Linear(5, 2, { in_features: 5 });
  // @ts-expect-error a missing argument
  new nn.Linear(5);
  // @ts-expect-error a wrong type
  new nn.Linear(5, '2');
  // @ts-expect-error not a padding mode
  new nn.Conv2d(1, 1, 3, { padding_mode: 'mirror' });
  // @ts-expect-error a kernel of three sizes for two dimensions
  new nn.Conv2d(1, 1, [3, 3, 3]);
  // @ts-expect-error not a reduction
  new nn.CrossEntropyLoss({ reduction: 'average' });
  // @ts-expect-error not a non-linearity
  new nn.RNN(1, 1, { nonlinearity: 'gelu' });
  // @ts-expect-error not an approximation
  new nn.GELU({ approximate: 'erf' });
  // @ts-expect-error GRU has no projections
  new nn.GRU(1, 2, { proj_size: 1 });
  // @ts-expect-error a transposed convolution pads with zeros only
  new nn.ConvTranspose2d(1, 1, 3, { padding_mode: 'circular' });
  // @ts-expect-error not a fan mode
  nn.init.kaiming_normal_(torch.empty(2, 2), { mode: 'fan' });

  return [
    new nn.Linear(5, 2),
    new nn.Linear(5, 2, false),
    new nn.Linear(5, 2, { bias: false, dtype: torch.float64 }),
    new nn.Linear(5, { out_features: 2 }),
    new nn.Linear({ in_features: 5, out_features: 2 }),
    new nn.Conv2d(1, 1, [3, 5], { stride: 2, padding: 'valid', padding_mode: 'zeros' }),
    new nn.BatchNorm2d(3, { momentum: null, bias: false }),
    new nn.MSELoss({ reduction: 'sum' }),
    new nn.LSTM(2, 3, 2, true, { dropout: 0.1 }),
    new nn.Transformer({ d_model: 8, nhead: 2, activation: (x) => x.relu() }),
  ];
}

class Classifier extends nn.Module {
  hidden = new nn.Linear(4, 8);
  out = new nn.Linear(8, 2);

  override forward(x: Tensor, temperature = 1): { logits: Tensor } {
    return { logits: this.out(this.hidden(x).relu()).div(temperature) };
  }
}

export function calls(x: Tensor): Tensor[] {
  const net = new Classifier();
  const { logits } = net(x, 2);
  // @ts-expect-error forward takes a tensor
  net('text');
  // @ts-expect-error forward gives logits
  net(x).probabilities;

  const [output, [h, c]] = new nn.LSTM(4, 4)(x);
  const [packed] = new nn.GRU(4, 4)(nn.utils.rnn.pack_sequence([x]));
  const [attended, weights] = new nn.MultiheadAttention(4, 2)(x, x, x, { need_weights: false });
  const [pooled, indices] = new nn.MaxPool2d(2, { return_indices: true })(x);
  const same: number = new nn.Identity()(3);
  const loss: Tensor = new nn.CrossEntropyLoss()(logits, x);
  return [output, h, c, packed.data, attended, weights ?? x, pooled!, indices!, loss.mul(same)];
}

/** A field that is one of several modules is called like any of them. */
export class Choices extends nn.Module {
  out: nn.Sequential | nn.Identity;
  conv: nn.Conv2d | nn.Identity;

  constructor(project: boolean) {
    super();
    this.out = project ? new nn.Sequential(new nn.Linear(1, 1), new nn.Dropout(0.1)) : new nn.Identity();
    this.conv = project ? new nn.Conv2d(1, 1, 1) : new nn.Identity();
  }

  override forward(x: Tensor): Tensor {
    return this.out(x.add(this.conv(x)));
  }

  generate(x: Tensor): Tensor {
    return this(this(x));
  }
}

/** `this(…)` compiles in a class's own code, whatever its forward; from outside its arguments are checked. */
class Pair extends nn.Module {
  override forward(x: Tensor, factor: number): [Tensor, Tensor] {
    return [x, x.mul(factor)];
  }

  sum(x: Tensor): Tensor {
    const [a, b] = this(x, 2);
    return a.add(b);
  }
}

export function outside(pair: Pair, x: Tensor, any: nn.Module): Tensor {
  // @ts-expect-error: forward takes two
  pair(x);
  // @ts-expect-error: a number
  pair(x, x);
  any(x, 'anything');
  return pair(x, 2)[1];
}

export function identity(pair: [Tensor, number]): [Tensor, number] {
  return new nn.Identity()(pair);
}

/** What nn.utils puts on a layer, and what a file holds, need no casts. */
export function found(layer: nn.Linear): (Tensor | undefined)[] {
  nn.utils.parametrizations.weight_norm(layer);
  nn.utils.prune.l1_unstructured(layer, 'bias', { amount: 0.5 });
  const checkpoint = torch.load('checkpoint.pt');
  layer.load_state_dict(checkpoint.model);
  const typed: Tensor = torch.load<Tensor>('x.pt').add(1);
  return [layer.bias_mask, layer.bias_orig, layer.parametrizations?.weight?.original0, typed];
}
