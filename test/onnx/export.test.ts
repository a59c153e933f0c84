/** torch.onnx.export: files are run by onnxruntime, and compared with the models. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import torch, { nn, type Tensor } from 'tsorch';
import * as F from 'tsorch/nn/functional';
import { type Example, type ExportOptions, export as exportOnnx, OnnxExporterError } from 'tsorch/onnx';
import { resnet18 } from 'tsorch/vision/models';
import { temporaryFolder } from '../setup/fakes';
import { type Answer, runOnnx } from './runtime';

// Sizes that are read are settled by the second run.
beforeAll(() => void jest.spyOn(process, 'emitWarning').mockImplementation(() => {}));

type Model = nn.Module | ((...inputs: never[]) => unknown);

/** A model, its example, and further inputs of other sizes. */
interface Case {
  readonly name: string;
  readonly model: Model;
  readonly inputs: readonly Example[];
  readonly others: readonly (readonly Example[])[];
  readonly options: ExportOptions;
}

const flat = (value: unknown): Tensor[] => {
  if (torch.is_tensor(value)) return [value as Tensor];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(flat) : [];
};

const batch = { input_names: ['x'], dynamic_axes: { x: { 0: 'batch' } } };
const r = (...sizes: number[]) => torch.randn(sizes);
torch.manual_seed(0);

class ConvNet extends nn.Module {
  a = new nn.Conv2d(2, 4, 3, { padding: 'same', dilation: 2 });
  bn = new nn.BatchNorm2d(4);
  gn = new nn.GroupNorm(2, 4);
  b = new nn.ConvTranspose2d(4, 3, 3, { stride: 2, padding: 1, output_padding: 1 });
  c = new nn.Conv3d(1, 2, 2);
  up = new nn.Upsample({ scale_factor: 2, mode: 'bilinear' });
  up2 = new nn.Upsample({ scale_factor: 2, mode: 'bilinear', align_corners: true });
  override forward(x: Tensor) {
    const y = this.gn(this.bn(this.a(x)));
    const pooled = [F.avg_pool2d(x, 2, { ceil_mode: true }), F.max_pool2d(x, 3, { stride: 2, padding: 1 })];
    return [this.b(y), this.c(x.unsqueeze(1)), this.up(x), this.up2(x), F.pixel_shuffle(y, 2), ...pooled];
  }
}

/** A block of GPT that takes the keys and values of what came before, and gives them with its own. */
class Block extends nn.Module {
  ln = new nn.LayerNorm(8);
  attn = new nn.Linear(8, 24);
  proj = new nn.Linear(8, 8);
  mlp = new nn.Sequential(new nn.Linear(8, 32), new nn.GELU({ approximate: 'tanh' }), new nn.Linear(32, 8));
  override forward(x: Tensor, past: [Tensor, Tensor]): [Tensor, [Tensor, Tensor]] {
    const [b, t, c] = x.shape as [number, number, number];
    const heads = (y: Tensor) => y.view(b, t, 2, c / 2).transpose(1, 2);
    const [q, own, its] = this.attn(this.ln(x)).split(c, 2).map(heads) as [Tensor, Tensor, Tensor];
    const [k, v] = [torch.cat([past[0], own], 2), torch.cat([past[1], its], 2)];
    const attn_mask = torch.ones([t, k.size(2)], { dtype: torch.bool }).tril(k.size(2) - t);
    const y = F.scaled_dot_product_attention(q, k, v, { attn_mask });
    const sum = x.add(this.proj(y.transpose(1, 2).reshape(b, t, c)));
    return [sum.add(this.mlp(sum)), [k, v]];
  }
}

class GPT extends nn.Module {
  wte = new nn.Embedding(11, 8);
  wpe = new nn.Embedding(20, 8);
  ln = new nn.LayerNorm(8);
  qkv = new nn.Linear(8, 24);
  override forward(idx: Tensor): Tensor {
    const [b, t] = idx.shape as [number, number];
    const x = this.wte(idx).add(this.wpe(torch.arange(t)));
    const heads = (y: Tensor) => y.view(b, t, 2, 4).transpose(1, 2);
    const [q, k, v] = this.qkv(this.ln(x)).chunk(3, -1).map(heads) as [Tensor, Tensor, Tensor];
    const y = F.scaled_dot_product_attention(q, k, v, { is_causal: true });
    return F.linear(x.add(y.transpose(1, 2).reshape(b, t, 8)), this.wte.weight).log_softmax(-1);
  }
}

const past = (b: number, p: number): [Tensor, Tensor] => [r(b, 2, p, 4), r(b, 2, p, 4)];
const ids = (b: number, t: number) => torch.randint(0, 11, [b, t]);
const cases: Case[] = [];
const add = (name: string, model: Model, inputs: Example[], others: Example[][], options: ExportOptions = batch) =>
  void cases.push({ name, model, inputs, others, options });

add('an MLP', new nn.Sequential(new nn.Linear(4, 3), new nn.ReLU(), new nn.Linear(3, 2)), [r(2, 4)], [[r(7, 4)]]);
const cnn = new nn.Sequential(
  new nn.Conv2d(1, 2, 3, { padding: 1, stride: 2 }),
  new nn.BatchNorm2d(2),
  new nn.ReLU({ inplace: true }),
  new nn.MaxPool2d(2),
  new nn.AdaptiveAvgPool2d(1),
  new nn.Flatten(),
  new nn.Dropout(0.1),
  new nn.Linear(2, 2),
);
cnn.forward(r(4, 1, 9, 9)); // moves the running statistics
add('a CNN', cnn, [r(2, 1, 9, 9)], [[r(5, 1, 9, 9)]]);
add('more convolutions', new ConvNet(), [r(2, 2, 7, 7)], [[r(3, 2, 7, 7)]]);
add('ResNet-18', resnet18({ num_classes: 5 }), [r(2, 3, 64, 64)], [[r(3, 3, 64, 64)]]);
type Recurrent = { num_layers?: number; bidirectional?: boolean; batch_first?: boolean; bias?: boolean };
const recurrent: readonly [string, (options?: Recurrent) => nn.Module][] = [
  ['LSTM', (options) => new nn.LSTM(3, 4, options)],
  ['GRU', (options) => new nn.GRU(3, 4, options)],
  ['RNN', (options) => new nn.RNN(3, 4, options)],
];
for (const [kind, make] of recurrent) {
  const second = { input_names: ['x'], dynamic_axes: { x: { 1: 'batch' } } };
  const deep = { num_layers: 2, bidirectional: true, batch_first: true };
  add(kind, make(), [r(2, 5, 3)], [[r(2, 6, 3)]], second);
  add(`${kind}, deep`, make(deep), [r(2, 5, 3)], [[r(6, 5, 3)]]);
  add(`${kind} without bias`, make({ bias: false }), [r(2, 5, 3)], [[r(2, 6, 3)]], second);
}
const layer = new nn.TransformerEncoderLayer(8, 2, { dim_feedforward: 16, batch_first: true, activation: 'gelu' });
add('a Transformer', new nn.TransformerEncoder(layer, 2), [r(2, 5, 8)], [[r(4, 5, 8)], [r(3, 9, 8)]], {
  input_names: ['x'],
  dynamic_axes: { x: { 0: 'batch', 1: 'length' } },
});
add(
  'a block of GPT with a cache',
  new Block(),
  [r(2, 3, 8), past(2, 4)],
  [
    [r(1, 1, 8), past(1, 7)],
    [r(3, 5, 8), past(3, 2)],
  ],
  {
    input_names: ['x', 'k', 'v'],
    dynamic_axes: { x: { 0: 'batch', 1: 'new' }, k: { 0: 'batch', 2: 'past' }, v: { 0: 'batch', 2: 'past' } },
  },
);
add('a GPT', new GPT(), [ids(2, 6)], [[ids(1, 3)], [ids(4, 9)]], { dynamic_shapes: { idx: { 0: 'b', 1: 't' } } });

const of = (name: string, fn: (x: Tensor) => unknown, x: Tensor, ...others: Tensor[]) =>
  add(
    name,
    fn,
    [x],
    others.map((each) => [each]),
  );
const [unit, positive, large] = [
  torch.rand(3, 4).mul(1.8).sub(0.9),
  torch.rand(3, 4).add(0.1),
  torch.rand(3, 4).add(1.1),
];
const u = (names: string) => (x: Tensor) =>
  names.split(' ').map((name) => (Reflect.get(x, name) as () => Tensor).call(x));
of(
  'functions of one number',
  u('abs ceil cos cosh sinh erf exp floor neg relu round sigmoid sign sin tan tanh'),
  r(3, 4),
  r(5, 4),
);
of('more of them', u('square expm1 asinh atan reciprocal isnan isinf'), r(3, 4));
of('on an interval', u('acos asin atanh'), unit);
of('of positive numbers', u('log sqrt rsqrt log1p'), positive);
of('of numbers above one', u('acosh'), large);
of(
  'activations',
  (x) => [
    ...[F.silu(x), F.gelu(x), F.relu6(x), F.hardtanh(x), F.hardsigmoid(x), F.hardswish(x), F.leaky_relu(x), F.elu(x)],
    ...[F.selu(x), F.celu(x), F.softplus(x), F.mish(x), F.softsign(x), F.logsigmoid(x), F.tanhshrink(x)],
  ],
  r(3, 4).mul(4),
);
of(
  'arithmetic',
  (x) => [
    ...[x.add(1), x.sub(x, { alpha: 2 }), x.mul(2.5), x.div(3), x.pow(2), x.pow(3), x.remainder(2), x.floor_divide(2)],
    ...[torch.rsub(x, 1), x.clamp(-1, 1), x.clamp({ min: 0 }), x.maximum(x.neg()), torch.max(x, x.neg())],
    ...[torch.div(x, 2, { rounding_mode: 'trunc' }), x.to(torch.int64).add(1), x.to(torch.int64).mul(1.5)],
  ],
  r(3, 4).mul(5),
  r(5, 4),
);
of(
  'comparisons',
  (x) => [
    ...[x.gt(0), x.ge(0.5), x.lt(x.neg()), x.eq(x), x.ne(0), x.gt(0).logical_and(x.lt(1)), x.gt(0).bitwise_not()],
    ...[torch.where(x.gt(0), x, 0), x.masked_fill(x.gt(0), -Infinity), x.to(torch.int64).gt(0.5)],
  ],
  r(3, 4).mul(3),
  r(5, 4),
);
const order = torch.tensor([1n, 0n]);
of(
  'shapes',
  (x) => [
    ...[x.flatten(1), x.unflatten(2, [2, 2]), x.permute(2, 0, 1), x.transpose(0, 2), x.unsqueeze(-1), x.mT],
    ...[x.unsqueeze(1).squeeze(1), x.view(x.size(0), -1), x.reshape(-1, 4), x.expand(2, -1, -1, -1), x.repeat(1, 2, 1)],
    ...[torch.cat([x, x], 1), torch.stack([x, x], 1), ...x.split(1, 1), ...x.chunk(2, 2), ...x.unbind(1)],
    ...[x.select(1, -1), x.index(':', '1:', '::2'), x.narrow(2, 1, 2), x.index(':', order), x.tile(2)],
    ...[x.repeat_interleave(2, 1), x.tril(), x.triu(1), F.pad(x, [1, 2]), F.pad(x, [1, 1], { mode: 'reflect' })],
    ...[torch.zeros_like(x), torch.full([x.size(0), 2], 3), torch.arange(x.size(0)), x.clone().detach()],
  ],
  r(2, 3, 4),
  r(3, 3, 4),
);
of(
  'reductions',
  (x) => [
    ...[
      x.sum(),
      x.sum(1),
      x.mean([1, 2], { keepdim: true }),
      x.mean(),
      x.amax(1),
      x.amin(-1),
      ...x.max(1),
      ...x.min(2),
    ],
    ...[x.max(), x.argmax(1), x.argmin(), x.var(1), x.std(-1, { unbiased: false }), x.var(), x.logsumexp(1), x.norm()],
    ...[x.norm({ p: 2, dim: 1 }), x.softmax(-1), x.log_softmax(1), ...x.topk(2, 1), ...x.sort(1), x.cumsum(1)],
    ...[x.gt(0).any(1), x.gt(0).all(), x.gt(0).sum(1), torch.linalg.vector_norm(x)],
  ],
  r(2, 3, 4),
  r(5, 3, 4),
);
const slopes = torch.full([4], 0.2);
of(
  'layers',
  (x) => [
    ...[F.layer_norm(x, [8]), F.group_norm(x, 2), F.instance_norm(x), F.rms_norm(x, [8]), F.normalize(x, { dim: 1 })],
    ...[F.avg_pool1d(x, 2, { padding: 1 }), F.max_pool1d(x, 3, { stride: 2 }), F.adaptive_avg_pool1d(x, 4)],
    ...[F.interpolate(x, { scale_factor: 2 }), F.prelu(x, slopes), torch.einsum('bij,bkj->bik', x, x)],
    ...[x.matmul(x.mT), torch.bmm(x, x.mT), F.adaptive_max_pool1d(x, 1)],
  ],
  r(2, 4, 8),
  r(3, 4, 8),
);
of('in place', (x) => x.mul(2).add_(1).relu_().sigmoid_(), r(2, 4), r(3, 4));

describe('files do what the models do', () => {
  let answers: (Answer | { error: string })[];
  beforeAll(() => {
    answers = runOnnx(
      cases.map(({ model, inputs, others, options }) => ({
        bytes: exportOnnx(model, inputs, options).model_proto.SerializeToString(),
        runs: [inputs, ...others].map(flat),
      })),
    );
  }, 300_000);

  test.each(cases.map((each, i) => [each.name, each, i] as const))('%s', (_, { model, inputs, others }, i) => {
    const answer = answers[i]!;
    if ('error' in answer) throw new Error(answer.error);
    if (model instanceof nn.Module) model.eval();
    const run = model as (...inputs: readonly Example[]) => unknown;
    [inputs, ...others].forEach((given, k) => {
      const expected = torch.no_grad(() => flat(run(...given)).map((x) => x.detach()));
      torch.testing.assert_close(answer.runs[k], expected, { rtol: 1e-4, atol: 1e-5, equal_nan: true });
    });
  });
});

test('names are those that are asked for, and training goes on', () => {
  const model = new nn.Sequential(new nn.Linear(4, 3), new nn.Dropout(0.5));
  const file = join(temporaryFolder(), 'model.onnx');
  const options = { input_names: ['in'], output_names: ['out'], dynamic_axes: { in: [0], out: { 0: 'rows' } } };
  const program = torch.onnx.export(model, r(2, 4), file, options);
  expect(model.training && model.children()[1]!.training).toBe(true);
  const bytes = program.model_proto.SerializeToString();
  expect(readFileSync(file)).toEqual(Buffer.from(bytes));
  const text = Buffer.from(bytes).toString('latin1');
  for (const name of ['0.weight', '0.bias', 'rows', 'in_dim_0', '/0/Gemm', 'tsorch']) expect(text).toContain(name);
  expect(runOnnx([{ bytes, runs: [] }])).toEqual([{ inputs: ['in'], outputs: ['out'], runs: [] }]);
});

test('weights may be in a file of their own', () => {
  const file = join(temporaryFolder(), 'model.onnx');
  const model = new nn.Sequential(new nn.Linear(40, 30), new nn.Linear(30, 20));
  const x = r(2, 40);
  torch.onnx.export(model, x, file, { external_data: true });
  const [bytes, data] = [readFileSync(file), readFileSync(`${file}.data`)];
  expect(data.length).toBe(2 * 4096 + 4 * 30 * 20); // the second weight begins on a page of its own
  expect(bytes.length).toBeLessThan(1500);
  const [answer] = runOnnx([{ bytes, external: { path: 'model.onnx.data', data }, runs: [[x]] }]) as [Answer];
  torch.testing.assert_close(answer.runs[0]![0], model.forward(x).detach(), { rtol: 1e-4, atol: 1e-5 });
  torch.onnx.export(model, x).save(file);
  expect(readFileSync(file).length).toBeGreaterThan(4 * (40 * 30 + 30 * 20));
});

test('weights may be inputs', () => {
  const model = new nn.Linear(4, 3);
  const x = r(2, 4);
  const bytes = exportOnnx(model, [x], { export_params: false }).model_proto.SerializeToString();
  const [answer] = runOnnx([{ bytes, runs: [[x, model.weight, model.bias!]] }]) as [Answer];
  expect(answer.inputs.slice(1)).toEqual(['weight', 'bias']);
  torch.testing.assert_close(answer.runs[0]![0], model.forward(x).detach(), { rtol: 1e-4, atol: 1e-5 });
});

test.each<[string, (x: Tensor) => unknown, string, ExportOptions?]>([
  ['an operator without a counterpart', (x) => torch.fft.fft(x).abs(), 'for aten::fft_fft (in the model itself)'],
  ['dropout that works', (x) => F.dropout(x, 0.5), 'call model.eval() first'],
  [
    'a tensor that others look into',
    (x) => {
      const y = x.mul(2);
      const view = y.view(-1);
      y.add_(1);
      return view;
    },
    'it changes memory that other tensors look into',
  ],
  ['a branch', (x) => (x.size(0) > 3 ? x.sin() : x.cos()), 'the model does something else for other sizes', batch],
  [
    'a number that is no size',
    (x) => x.add(x.size(0) ** 3),
    'comes from a dynamic size in a way that is not seen',
    batch,
  ],
  ['an old opset', (x) => x, 'opset_version must be 18 to 23, but got 11', { opset_version: 11 }],
])('refused: %s', (_, fn, message, options = {}) => {
  expect(() => exportOnnx(fn, [r(3, 4)], options)).toThrow(message);
});

test('the module of an operator is named', () => {
  class Inner extends nn.Module {
    override forward(x: Tensor) {
      return torch.fft.fft(x).abs();
    }
  }
  const model = new nn.Sequential(new nn.Linear(4, 4), new nn.Sequential(new Inner()));
  expect(() => exportOnnx(model, [r(2, 4)])).toThrow(OnnxExporterError);
  expect(() => exportOnnx(model, [r(2, 4)])).toThrow('aten::fft_fft (in 1.0)');
});
