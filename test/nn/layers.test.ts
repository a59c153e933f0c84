import torch, { nn, Tensor } from 'tsorch';
import { expectGolden, type GoldenValue } from './golden';
import golden from './golden/layers.json';

interface Entry {
  repr?: string;
  keys?: string[];
  out: GoldenValue;
  grads?: GoldenValue[];
  unpacked?: GoldenValue;
  'padded left'?: GoldenValue;
}

const entries = golden as unknown as Record<string, Entry>;

/** A shape stands for normal samples; a function makes the input. */
type Input = number[] | (() => unknown);
type Case = [name: string, make: () => nn.Module, inputs: Input[], options?: { training?: boolean; grad?: boolean }];

const ints = (data: unknown): Tensor => torch.tensor(data as number[], { dtype: torch.int64 });

const cases: Case[] = [
  ['Dropout', () => new nn.Dropout(0.3), [[4, 5]]],
  ['Dropout1d', () => new nn.Dropout1d(0.4), [[2, 3, 4]]],
  ['Dropout2d', () => new nn.Dropout2d(0.4), [[2, 3, 2, 2]]],
  ['Dropout3d', () => new nn.Dropout3d(0.4), [[2, 3, 2, 2, 2]]],
  ['AlphaDropout', () => new nn.AlphaDropout(0.3), [[4, 5]]],
  ['FeatureAlphaDropout', () => new nn.FeatureAlphaDropout(0.3), [[2, 3, 4]]],
  ['RReLU', () => new nn.RReLU(), [[3, 4]]],
  ['RReLU eval', () => new nn.RReLU(), [[3, 4]], { training: false }],
  ['Hardsigmoid', () => new nn.Hardsigmoid(), [[3, 4]]],
  ['FractionalMaxPool2d', () => new nn.FractionalMaxPool2d(2, { output_size: [3, 2] }), [[1, 2, 6, 5]]],
  [
    'FractionalMaxPool2d ratio',
    () => new nn.FractionalMaxPool2d(2, { output_ratio: [0.5, 0.5], return_indices: true }),
    [[1, 2, 6, 6]],
  ],
  ['FractionalMaxPool3d', () => new nn.FractionalMaxPool3d(2, { output_size: 2 }), [[1, 2, 5, 5, 5]]],
  [
    'MaxUnpool2d',
    () => new nn.MaxUnpool2d(2, { stride: 2 }),
    [
      [1, 1, 2, 2],
      () =>
        ints([
          [
            [
              [0, 3],
              [8, 15],
            ],
          ],
        ]),
    ],
  ], // prettier-ignore
  [
    'EmbeddingBag',
    () => new nn.EmbeddingBag(6, 3, { mode: 'sum', padding_idx: 1 }),
    [() => ints([0, 1, 5, 2]), () => ints([0, 2])],
  ],
  [
    'EmbeddingBag mean',
    () => new nn.EmbeddingBag(6, 3, { max_norm: 1 }),
    [
      () =>
        ints([
          [0, 1],
          [5, 2],
        ]),
    ],
  ], // prettier-ignore
  [
    'Embedding',
    () => new nn.Embedding(6, 3, { padding_idx: -1, max_norm: 1.5, scale_grad_by_freq: true }),
    [() => ints([0, 5, 0, 2])],
  ],
  ['Fold', () => new nn.Fold([4, 5], [2, 2]), [[2, 12, 12]]],
  ['Unfold', () => new nn.Unfold([2, 3], { padding: 1, stride: [2, 1] }), [[1, 2, 4, 5]]],
  ['PixelShuffle', () => new nn.PixelShuffle(2), [[1, 8, 2, 3]]],
  ['PixelUnshuffle', () => new nn.PixelUnshuffle(2), [[1, 2, 4, 6]]],
  ['ChannelShuffle', () => new nn.ChannelShuffle(2), [[1, 4, 2, 2]]],
  [
    'CosineSimilarity',
    () => new nn.CosineSimilarity(),
    [
      [3, 4],
      [3, 4],
    ],
  ], // prettier-ignore
  [
    'PairwiseDistance',
    () => new nn.PairwiseDistance(3, { keepdim: true }),
    [
      [3, 4],
      [3, 4],
    ],
  ], // prettier-ignore
  ['Upsample', () => new nn.Upsample({ scale_factor: 2, mode: 'bilinear', align_corners: false }), [[1, 1, 2, 3]]],
  ['Upsample sizes', () => new nn.Upsample({ size: [3, 5] }), [[1, 1, 2, 3]]],
  ['Upsample factors', () => new nn.Upsample({ scale_factor: [2, 1.5], mode: 'nearest' }), [[1, 1, 2, 4]]],
  ['UpsamplingNearest2d', () => new nn.UpsamplingNearest2d({ scale_factor: 2 }), [[1, 1, 2, 3]]],
  ['UpsamplingBilinear2d', () => new nn.UpsamplingBilinear2d({ size: 4 }), [[1, 1, 2, 3]]],
  ['Flatten', () => new nn.Flatten(1, 2), [[2, 3, 4, 5]]],
  ['Unflatten', () => new nn.Unflatten(1, [2, 3]), [[2, 6]]],
  ['Identity', () => new nn.Identity(54, { unused_argument1: 0.1 }), [[2, 3]]],
  [
    'Bilinear',
    () => new nn.Bilinear(2, 3, 4),
    [
      [5, 2],
      [5, 3],
    ],
  ], // prettier-ignore
  ['CrossMapLRN2d', () => new nn.CrossMapLRN2d(3, { alpha: 0.5 }), [[1, 6, 2, 2]], { grad: false }],
  ['SyncBatchNorm', () => new nn.SyncBatchNorm(3), [[4, 3, 2]]],
  ['BatchNorm1d average', () => new nn.BatchNorm1d(3, { momentum: null }), [[4, 3]]],
  [
    'BatchNorm2d plain',
    () => new nn.BatchNorm2d(3, { affine: false, track_running_stats: false }),
    [[2, 3, 2, 2]],
    { training: false },
  ],
  [
    'TripletMarginLoss',
    () => new nn.TripletMarginLoss({ margin: 0.7, p: 1.5, swap: true }),
    [
      [4, 3],
      [4, 3],
      [4, 3],
    ], // prettier-ignore
  ],
  [
    'TripletMarginWithDistanceLoss',
    () => new nn.TripletMarginWithDistanceLoss({ margin: 2 }),
    [
      [4, 3],
      [4, 3],
      [4, 3],
    ], // prettier-ignore
  ],
  [
    'AdaptiveLogSoftmaxWithLoss',
    () => new nn.AdaptiveLogSoftmaxWithLoss(16, 20, [4, 10], { div_value: 2, head_bias: true }),
    [[6, 16], () => ints([0, 3, 5, 9, 12, 19])],
  ],
  [
    'ReLU6 inplace',
    () => new nn.Sequential(new nn.Identity(), new nn.ReLU6({ inplace: true })),
    [[3, 4]],
    { grad: false },
  ],
  [
    'Conv2d reflect',
    () => new nn.Conv2d(2, 4, 3, { padding: 1, padding_mode: 'reflect', groups: 2, bias: false }),
    [[1, 2, 4, 4]],
  ],
  ['Conv1d same', () => new nn.Conv1d(2, 3, 4, { padding: 'same', dilation: 2 }), [[1, 2, 9]]],
  [
    'Conv2d circular same',
    () => new nn.Conv2d(1, 1, [3, 2], { padding: 'same', padding_mode: 'circular' }),
    [[1, 1, 4, 4]],
  ],
  [
    'ConvTranspose2d',
    () => new nn.ConvTranspose2d(2, 3, 3, { stride: 2, padding: 1, output_padding: 1 }),
    [[1, 2, 3, 3]],
  ],
  ['ConvTranspose1d size', () => new nn.ConvTranspose1d(2, 3, 3, { stride: 3 }), [[1, 2, 4], () => [14]]],
  ['LazyLinear', () => new nn.LazyLinear(3), [[2, 5]]],
  ['LazyConv2d', () => new nn.LazyConv2d(3, 2, { bias: false }), [[1, 2, 4, 4]]],
  ['LazyConvTranspose1d', () => new nn.LazyConvTranspose1d(3, 2), [[1, 2, 4]]],
  ['LazyBatchNorm1d', () => new nn.LazyBatchNorm1d(), [[4, 3]]],
  ['LazyInstanceNorm2d', () => new nn.LazyInstanceNorm2d(), [[2, 3, 2, 2]]],
  [
    'LSTM projections',
    () => new nn.LSTM(3, 4, { num_layers: 2, bidirectional: true, proj_size: 2, batch_first: true }),
    [[2, 5, 3]],
  ],
  ['GRU dropout', () => new nn.GRU(3, 4, { num_layers: 3, dropout: 0.5 }), [[5, 2, 3]]],
  ['RNN unbatched', () => new nn.RNN(3, 4, { nonlinearity: 'relu' }), [[5, 3]]],
  ['LSTMCell', () => new nn.LSTMCell(3, 4, { bias: false }), [[2, 3]]],
];

function flat(value: unknown): Tensor[] {
  return Array.isArray(value) ? value.flatMap(flat) : value instanceof Tensor ? [value] : [];
}

describe('modules beside those that conformance covers', () => {
  it.each(cases)('%s prints, computes and differentiates as in PyTorch', (name, make, inputs, options = {}) => {
    const { training = true, grad = true } = options;
    const want = entries[name]!;
    torch.manual_seed(0);
    const module = make();
    module.train(training);
    const values = inputs.map((input) =>
      typeof input === 'function' ? input() : torch.randn(input).requires_grad_(grad),
    );
    const out = module(...values) as Tensor | Tensor[];
    expect(String(module)).toBe(want.repr);
    expect(Object.keys(module.state_dict())).toEqual(want.keys);
    expectGolden(out, want.out, 'output');
    if (want.grads === undefined) return;
    flat(out)[0]!.sum().backward();
    const leaves = values.filter((value): value is Tensor => value instanceof Tensor && value.requires_grad);
    const grads = [...leaves, ...module.parameters()].map((leaf) => leaf.grad);
    expectGolden(grads, want.grads, 'gradient');
  });

  it('covers every golden case', () => {
    const others = ['packed LSTM', 'encoder inference', 'encoder causal', 'adaptive log_prob'];
    expect([...cases.map(([name]) => name), ...others].sort()).toEqual(Object.keys(golden).sort());
  });
});

describe('sequences of different lengths', () => {
  const want = entries['packed LSTM']!;

  it('are packed, run and padded again', () => {
    const { rnn } = nn.utils;
    torch.manual_seed(0);
    const lstm = new nn.LSTM(3, 4, { bidirectional: true });
    const sequences = [2, 5, 3].map((n) => torch.randn(n, 3));
    const packed = rnn.pack_sequence(sequences, { enforce_sorted: false });
    const [out, [h, c]] = lstm(packed);
    const [padded, lengths] = rnn.pad_packed_sequence(out, { batch_first: true, padding_value: -1 });
    const { data, batch_sizes, sorted_indices, unsorted_indices } = packed;
    expectGolden([data, batch_sizes, sorted_indices, unsorted_indices, padded, lengths, h, c], want.out);
    expectGolden(rnn.unpack_sequence(packed), want.unpacked!);
    expectGolden(rnn.pad_sequence(sequences, { padding_side: 'left' }), want['padded left']!);
  });

  it('must be sorted unless said otherwise', () => {
    const input = torch.zeros(3, 2, 1);
    expect(() => nn.utils.rnn.pack_padded_sequence(input, [1, 3])).toThrow('enforce_sorted');
  });
});

describe('transformers', () => {
  it('use the kernels for inference when nothing needs a gradient, with PyTorch’s results', () => {
    torch.manual_seed(0);
    const layer = new nn.TransformerEncoderLayer(8, 2, 16, { batch_first: true, activation: 'gelu' });
    const encoder = new nn.TransformerEncoder(layer, 2).eval();
    const x = torch.randn(3, 4, 8);
    const padding = torch.tensor([
      [false, false, false, false],
      [false, false, true, true],
      [false, false, false, true],
    ]);
    const want = entries['encoder inference']!;
    expect(String(encoder)).toBe(want.repr);
    expect(Object.keys(encoder.state_dict())).toEqual(want.keys);
    expectGolden(
      torch.no_grad(() => [encoder(x), encoder(x, { src_key_padding_mask: padding })]),
      want.out,
    );
    const causal = nn.Transformer.generate_square_subsequent_mask(4);
    const transformer = new nn.Transformer(4, 2, 1, 1, 4);
    expect(transformer.generate_square_subsequent_mask(4).equal(causal)).toBe(true);
    expectGolden([causal, encoder(x, { mask: causal, is_causal: true })], entries['encoder causal']!.out);
  });
});

it('AdaptiveLogSoftmaxWithLoss gives all log probabilities and predictions', () => {
  torch.manual_seed(0);
  const adaptive = new nn.AdaptiveLogSoftmaxWithLoss(8, 10, [3, 6]);
  const x = torch.randn(5, 8).mul(4);
  expectGolden([adaptive.log_prob(x), adaptive.predict(x)], entries['adaptive log_prob']!.out);
});

it('the gradients of convolutions can be computed by themselves', () => {
  const [x, w] = [torch.randn(2, 4, 5, 5, { requires_grad: true }), torch.randn(6, 2, 3, 3, { requires_grad: true })];
  const options = { stride: 2, padding: 1, groups: 2 };
  const out = nn.functional.conv2d(x, w, { bias: null, ...options });
  const grad_output = torch.randn(out.shape);
  const [gx, gw] = torch.autograd.grad(out, [x, w], grad_output);
  expect(nn.grad.conv2d_input(x.shape, w, grad_output, options).allclose(gx!)).toBe(true);
  expect(nn.grad.conv2d_weight(x, w.shape, grad_output, options).allclose(gw!, { atol: 1e-5 })).toBe(true);
});

it('recurrent modules refuse inputs of another dtype, unless autocast chooses', () => {
  const lstm = new nn.LSTM(2, 3);
  const x = torch.randn(4, 1, 2).to(torch.bfloat16);
  expect(() => lstm(x)).toThrow(
    'RNN input dtype (torch.bfloat16) does not match weight dtype (torch.float32). ' +
      'Convert input: input.to(torch.float32), or convert model: model.to(torch.bfloat16)',
  );
  const [linear, input] = [new nn.Linear(2, 2), torch.randn(1, 2)];
  torch.autocast('cpu', { dtype: torch.bfloat16 }, () => {
    expect(linear(input).dtype).toBe(torch.bfloat16);
    expect(() => lstm(x)).not.toThrow('RNN input dtype');
  });
});
