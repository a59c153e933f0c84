/** Modules on the meta device: results and gradients have PyTorch's dtypes, sizes and strides (golden/modules.py). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import torch, { nn, type Tensor } from 'tsorch';

/** dtype, sizes, strides */
type Facts = [string, number[], number[]];

const file = join(__dirname, '../../../test/meta/golden/modules.json');
const golden = JSON.parse(readFileSync(file, 'utf8')) as Record<string, { results: Facts[]; grads: Facts[] }>;

const rand = (...sizes: number[]) => torch.rand(sizes, { device: 'meta', requires_grad: true });
const whole = (...sizes: number[]) => torch.zeros(sizes, { dtype: torch.int64, device: 'meta' });

type Case = readonly [make: () => nn.Module, inputs: () => Tensor[]];

const modules: Readonly<Record<string, Case>> = {
  Linear: [() => new nn.Linear(3, 5), () => [rand(2, 3)]],
  Bilinear: [() => new nn.Bilinear(3, 4, 5), () => [rand(2, 3), rand(2, 4)]],
  Conv1d: [() => new nn.Conv1d(3, 5, 2), () => [rand(2, 3, 10)]],
  Conv2d: [() => new nn.Conv2d(4, 6, 3, { stride: 2, padding: 1, dilation: 2, groups: 2 }), () => [rand(2, 4, 9, 10)]],
  Conv3d: [() => new nn.Conv3d(3, 5, 2, { bias: false }), () => [rand(2, 3, 4, 4, 4)]],
  ConvTranspose2d: [() => new nn.ConvTranspose2d(3, 5, 3, { stride: 2, output_padding: 1 }), () => [rand(2, 3, 5, 6)]],
  BatchNorm2d: [() => new nn.BatchNorm2d(3), () => [rand(2, 3, 4, 4)]],
  InstanceNorm2d: [() => new nn.InstanceNorm2d(3, { affine: true }), () => [rand(2, 3, 4, 4)]],
  GroupNorm: [() => new nn.GroupNorm(2, 4), () => [rand(2, 4, 3, 3)]],
  LayerNorm: [() => new nn.LayerNorm(4), () => [rand(2, 3, 4)]],
  RMSNorm: [() => new nn.RMSNorm(4), () => [rand(2, 4)]],
  LocalResponseNorm: [() => new nn.LocalResponseNorm(2), () => [rand(2, 4, 3, 3)]],
  Embedding: [() => new nn.Embedding(10, 3), () => [whole(4, 2)]],
  EmbeddingBag: [() => new nn.EmbeddingBag(10, 3), () => [whole(4, 2)]],
  RNN: [() => new nn.RNN(3, 4), () => [rand(5, 2, 3)]],
  LSTM: [() => new nn.LSTM(3, 4, { num_layers: 2, bidirectional: true }), () => [rand(5, 2, 3)]],
  GRU: [() => new nn.GRU(3, 4, { batch_first: true }), () => [rand(5, 2, 3)]],
  LSTMCell: [() => new nn.LSTMCell(3, 4), () => [rand(2, 3)]],
  MultiheadAttention: [() => new nn.MultiheadAttention(4, 2), () => [rand(5, 2, 4), rand(6, 2, 4), rand(6, 2, 4)]],
  TransformerEncoderLayer: [() => new nn.TransformerEncoderLayer(4, 2, 8), () => [rand(5, 2, 4)]],
  TransformerDecoderLayer: [() => new nn.TransformerDecoderLayer(4, 2, 8), () => [rand(5, 2, 4), rand(6, 2, 4)]],
  MaxPool1d: [() => new nn.MaxPool1d(2), () => [rand(2, 3, 8)]],
  MaxPool3d: [() => new nn.MaxPool3d(2, { return_indices: true }), () => [rand(2, 3, 4, 4, 4)]],
  AvgPool2d: [() => new nn.AvgPool2d(2), () => [rand(2, 3, 8, 8)]],
  AdaptiveAvgPool2d: [() => new nn.AdaptiveAvgPool2d(2), () => [rand(2, 3, 8, 8)]],
  AdaptiveAvgPool3d: [() => new nn.AdaptiveAvgPool3d(2), () => [rand(2, 3, 4, 4, 4)]],
  AdaptiveMaxPool2d: [() => new nn.AdaptiveMaxPool2d(2), () => [rand(2, 3, 8, 8)]],
  LPPool2d: [() => new nn.LPPool2d(2, 2), () => [rand(2, 3, 8, 8)]],
  FractionalMaxPool2d: [() => new nn.FractionalMaxPool2d(2, 3), () => [rand(2, 3, 8, 8)]],
  Upsample: [() => new nn.Upsample({ scale_factor: 2, mode: 'bilinear' }), () => [rand(2, 3, 4, 4)]],
  PixelShuffle: [() => new nn.PixelShuffle(2), () => [rand(2, 4, 3, 3)]],
  Unfold: [() => new nn.Unfold(2), () => [rand(1, 3, 8, 8)]],
  Fold: [() => new nn.Fold(5, 2), () => [rand(1, 12, 16)]],
  ReflectionPad2d: [() => new nn.ReflectionPad2d(1), () => [rand(1, 2, 3, 3)]],
  Dropout: [() => new nn.Dropout(), () => [rand(3)]],
  PReLU: [() => new nn.PReLU(), () => [rand(2, 3)]],
  GELU: [() => new nn.GELU(), () => [rand(2)]],
  Softmax: [() => new nn.Softmax(1), () => [rand(2, 3)]],
  CosineSimilarity: [() => new nn.CosineSimilarity(), () => [rand(2, 3), rand(2, 3)]],
  CrossEntropyLoss: [() => new nn.CrossEntropyLoss(), () => [rand(2, 3), whole(2)]],
  NLLLoss: [() => new nn.NLLLoss(), () => [rand(2, 3, 4, 4), whole(2, 4, 4)]],
  MSELoss: [() => new nn.MSELoss(), () => [rand(2), rand(2)]],
  BCELoss: [() => new nn.BCELoss(), () => [rand(2), rand(2)]],
  BCEWithLogitsLoss: [() => new nn.BCEWithLogitsLoss(), () => [rand(2), rand(2)]],
  HuberLoss: [() => new nn.HuberLoss({ reduction: 'none' }), () => [rand(2), rand(2)]],
  KLDivLoss: [() => new nn.KLDivLoss({ reduction: 'batchmean' }), () => [rand(2, 3), rand(2, 3)]],
  TripletMarginLoss: [() => new nn.TripletMarginLoss(), () => [rand(2, 3), rand(2, 3), rand(2, 3)]],
};

function tensorsIn(value: unknown): Tensor[] {
  if (value instanceof torch.Tensor) return [value];
  return Array.isArray(value) ? value.flatMap(tensorsIn) : [];
}

const factsOf = (x: Tensor): Facts => [String(x.dtype).slice('torch.'.length), [...x.shape], [...x.stride()]];

test.each(Object.keys(golden))('%s', (name) => {
  const [make, inputs] = modules[name] as Case;
  const module = torch.device('meta', make);
  const forward = module as unknown as (...args: Tensor[]) => unknown;
  const results = tensorsIn(forward(...inputs()));
  const outputs = results.filter((each) => each.requires_grad);
  torch.autograd.backward(
    outputs,
    outputs.map((each) => torch.empty_like(each)),
  );
  expect(results.map(factsOf)).toEqual(golden[name]?.results);
  expect(module.parameters().map((each) => factsOf(each.grad as Tensor))).toEqual(golden[name]?.grads);
});
