/** Every argument by position or by name: these calls compile, run, and give what the positional ones give. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch, { nn, optim, type Tensor } from 'tsorch';
import * as F from 'tsorch/nn/functional';
import { DataLoader, random_split, TensorDataset } from 'tsorch/utils/data';

const x = torch.arange(6, { dtype: torch.float32 }).view(2, 3);
const classes = torch.tensor([0n, 2n]);
const weight = torch.ones(2, 3);

function optimizer(): optim.SGD {
  return new optim.SGD([new nn.Parameter(torch.ones(2))], { lr: 0.1 });
}

const same: [name: string, named: () => Tensor, positional: () => Tensor][] = [
  ['mse_loss', () => F.mse_loss({ input: x, target: weight }), () => F.mse_loss(x, weight)],
  ['mse_loss, mixed', () => F.mse_loss(x, { target: weight, reduction: 'sum' }), () => F.mse_loss(x, weight).mul(6)],
  ['cross_entropy', () => F.cross_entropy({ input: x, target: classes }), () => F.cross_entropy(x, classes)],
  ['kl_div', () => F.kl_div(x, { target: x, reduction: 'batchmean' }), () => F.kl_div(x, x, null, null, 'batchmean')],
  ['pad', () => F.pad({ input: x, pad: [1, 0], value: 2 }), () => F.pad(x, [1, 0], 'constant', 2)],
  ['normalize', () => F.normalize({ input: x, dim: 0 }), () => F.normalize(x, 2, 0)],
  ['relu', () => F.relu({ input: x.neg() }), () => F.relu(x.neg())],
  ['gelu', () => F.gelu({ input: x, approximate: 'tanh' }), () => F.gelu(x, { approximate: 'tanh' })],
  ['dropout', () => F.dropout({ input: x, training: false }), () => x],
  ['max_pool1d', () => F.max_pool1d({ input: x, kernel_size: 2 }), () => F.max_pool1d(x, 2)],
  [
    'max_pool1d with places',
    () => F.max_pool1d({ input: x, kernel_size: 2, return_indices: true })[1],
    () => F.max_pool1d_with_indices(x, 2)[1],
  ],
  ['Softmax', () => new nn.Softmax({ dim: 1 })({ input: x }), () => F.softmax(x, 1)],
  ['MSELoss, called by name', () => new nn.MSELoss()({ input: x, target: weight }), () => F.mse_loss(x, weight)],
  ['MSELoss, called by both', () => new nn.MSELoss()(x, { target: weight }), () => F.mse_loss(x, weight)],
  ['Flatten', () => new nn.Flatten({ start_dim: 0 })(x), () => x.flatten()],
  ['constant_', () => nn.init.constant_({ tensor: torch.empty(2), val: 3 }), () => torch.full([2], 3)],
  [
    'pad_sequence',
    () => nn.utils.rnn.pad_sequence({ sequences: [x, x.narrow(0, 0, 1)], batch_first: true }),
    () => nn.utils.rnn.pad_sequence([x, x.narrow(0, 0, 1)], true),
  ],
  [
    'Normal',
    () => new torch.distributions.Normal({ loc: 1, scale: 2 }).log_prob(x),
    () => new torch.distributions.Normal(1, 2).log_prob(x),
  ],
  [
    'Categorical',
    () => new torch.distributions.Categorical({ logits: x }).probs,
    () => new torch.distributions.Categorical(null, x).probs,
  ],
  ['cdist', () => torch.cdist({ x1: x, x2: weight, p: 1 }), () => torch.cdist(x, weight, 1)],
  ['tensordot', () => torch.tensordot({ a: x, b: x.T, dims: 1 }), () => torch.tensordot(x, x.T, 1)],
  ['norm', () => torch.norm({ input: x, dim: 0 }), () => x.norm('fro', 0)],
  [
    'unique',
    () => torch.unique({ input: classes, return_counts: true })[1],
    () => torch.unique(classes, true, false, true)[1],
  ],
  ['nonzero', () => torch.nonzero({ input: x, as_tuple: true })[0]!, () => torch.nonzero(x, { as_tuple: true })[0]!],
  ['Tensor.split', () => x.split({ split_size: 2, dim: 1 })[1]!, () => x.split(2, 1)[1]!],
  ['Tensor.unflatten', () => x.unflatten({ dim: 1, sizes: [3, 1] }), () => x.unflatten(1, [3, 1])],
  ['Tensor.lu', () => x.lu({ get_infos: true })[2], () => x.lu(true, true)[2]],
  ['topk', () => torch.topk({ input: x, k: 1 }).indices, () => torch.topk(x, 1).indices],
  ['topk, mixed', () => torch.topk(x, { k: 1, dim: 0 }).values, () => x.topk(1, { dim: 0 }).values],
  ['addmm, mixed', () => torch.addmm(x, weight, { mat2: torch.eye(3), beta: 2 }), () => x.mul(2).add(weight)],
  [
    'masked.sum',
    () => torch.masked.sum({ input: x, dim: 1, mask: x.gt(1) }),
    () => torch.masked.sum(x, 1, { mask: x.gt(1) }),
  ],
  ['masked.var', () => torch.masked.var({ input: x, unbiased: false }), () => torch.masked.var(x, null, false)],
  ['sparse.sum', () => torch.sparse.sum({ input: x.to_sparse(), dim: 0 }).to_dense(), () => x.sum(0)],
  [
    'sparse_csr_tensor',
    () => torch.sparse_csr_tensor([0, 1], { col_indices: [1], values: [2], size: [1, 2] }).to_dense(),
    () => torch.tensor([[0, 2]]),
  ],
  [
    'nested_tensor',
    () =>
      torch.nested.to_padded_tensor({ input: torch.nested.nested_tensor({ tensor_list: [[1], [1, 2]] }), padding: 0 }),
    () =>
      torch.tensor([
        [1, 0],
        [1, 2],
      ]),
  ],
  [
    'windows.kaiser',
    () => torch.signal.windows.kaiser({ M: 3, beta: 1 }),
    () => torch.signal.windows.kaiser(3, { beta: 1 }),
  ],
  [
    'SobolEngine',
    () => new torch.quasirandom.SobolEngine({ dimension: 2 }).draw({ n: 2 }),
    () => new torch.quasirandom.SobolEngine(2).draw(2),
  ],
  [
    'conv2d',
    () => F.conv2d({ input: x.view(1, 2, 3), weight: torch.ones(1, 1, 2, 2), padding: 'same' }),
    () => F.conv2d(x.view(1, 2, 3), torch.ones(1, 1, 2, 2), null, 1, 'same'),
  ],
  [
    'scaled_dot_product_attention',
    () => F.scaled_dot_product_attention({ query: x, key: x, value: x, is_causal: true }),
    () => F.scaled_dot_product_attention(x, x, x, null, 0, true),
  ],
];

test.each(same)('%s', (_, named, positional) => expect(named().tolist()).toEqual(positional().tolist()));

const shapes: [name: string, run: () => Tensor, shape: number[]][] = [
  ['Linear', () => new nn.Linear({ in_features: 3, out_features: 4 })({ input: x }), [2, 4]],
  ['Linear, mixed', () => new nn.Linear(3, { out_features: 4, bias: false })(x), [2, 4]],
  ['Conv1d, mixed', () => new nn.Conv1d(2, { out_channels: 4, kernel_size: 2 })(x), [4, 2]],
  ['Conv1d, two by position', () => new nn.Conv1d(2, 4, { kernel_size: 3, padding: 'same' })(x), [4, 3]],
  ['Embedding', () => new nn.Embedding({ num_embeddings: 3, embedding_dim: 5 })({ input: classes }), [2, 5]],
  ['LSTM', () => new nn.LSTM({ input_size: 3, hidden_size: 2 })({ input: x })[0], [2, 2]],
  ['LSTM from a state', () => new nn.LSTM(3, 2)(x, { hx: [torch.zeros(1, 2), torch.zeros(1, 2)] })[0], [2, 2]],
  ['MultiheadAttention', () => new nn.MultiheadAttention(3, 1)({ query: x, key: x, value: x })[0], [2, 3]],
  [
    'TransformerEncoder',
    () => {
      const encoder_layer = new nn.TransformerEncoderLayer({ d_model: 3, nhead: 1, dim_feedforward: 4 });
      const encoder = new nn.TransformerEncoder({ encoder_layer, num_layers: 1, enable_nested_tensor: false });
      return encoder({ src: x, mask: torch.zeros(2, 2) });
    },
    [2, 3],
  ],
];

test.each(shapes)('%s', (_, run, shape) => expect(run().shape).toEqual(shape));

test('optimizers and schedulers', () => {
  const parameter = new nn.Parameter(torch.ones(2));
  expect(new optim.SGD({ params: [parameter], lr: 0.5 }).param_groups[0]!.lr).toBe(0.5);
  expect(new optim.Adam([parameter], 0.1, { betas: [0.8, 0.9] }).param_groups[0]!.betas).toEqual([0.8, 0.9]);
  const { lr_scheduler } = optim;
  expect(new lr_scheduler.StepLR({ optimizer: optimizer(), step_size: 2 }).gamma).toBe(0.1);
  expect(new lr_scheduler.CosineAnnealingLR(optimizer(), { T_max: 5 }).T_max).toBe(5);
});

test('autograd, data and files', () => {
  const w = new nn.Parameter(torch.ones(2, 3));
  const [gradient] = torch.autograd.grad({ outputs: w.mul(x).sum(), inputs: w, create_graph: true });
  expect(gradient!.tolist()).toEqual(x.tolist());
  torch.autograd.backward({ tensors: [w.mul(2)], grad_tensors: [torch.ones(2, 3)] });
  expect(w.grad!.tolist()).toEqual(torch.full([2, 3], 2).tolist());

  const cube = (a: Tensor) => a.pow(3).sum();
  expect(torch.func.jacrev(cube, { argnums: 0 })(x).shape).toEqual([2, 3]);
  expect(torch.func.hessian(cube, { argnums: 0 })(x).shape).toEqual([2, 3, 2, 3]);
  expect(torch.func.grad(cube, { argnums: 0 })(x).shape).toEqual([2, 3]);
  expect(torch.func.grad_and_value({ func: cube, argnums: 0 })(x)[0].shape).toEqual([2, 3]);
  const dot = (a: Tensor, b: Tensor) => a.mul(b).sum();
  expect(
    torch.func
      .grad(dot, { argnums: [0, 1] })(x, weight)
      .map(({ shape }) => shape),
  ).toEqual([x.shape, x.shape]);

  const dataset = new TensorDataset(x, classes);
  const [batch] = [...new DataLoader({ dataset, batch_size: 2 })];
  expect(batch![0]!.tolist()).toEqual(x.tolist());
  expect(random_split({ dataset, lengths: [1, 1] }).map(({ length }) => length)).toEqual([1, 1]);

  const low = torch.autocast({ device_type: 'cpu', dtype: torch.bfloat16 }, () => torch.mm(x, x.T).dtype);
  expect(low).toBe(torch.bfloat16);
  const folder = mkdtempSync(join(tmpdir(), 'named-arguments-'));
  const f = join(folder, 'x.pt');
  torch.save({ obj: { x }, f });
  expect(torch.load({ f }).x.tolist()).toEqual(x.tolist());
  rmSync(folder, { recursive: true });
});

test('what is undefined behind arguments by name is not given', () => {
  const call = F.mse_loss as (...args: unknown[]) => Tensor;
  expect(call({ input: x, target: weight }, undefined).tolist()).toEqual(F.mse_loss(x, weight).tolist());
});

describe('what does not fit', () => {
  test.each<[run: () => unknown, message: string]>([
    [() => new nn.Linear({ in_features: 3 } as never), "missing 1 required positional argument: 'out_features'"],
    [() => new nn.Linear(3, 2, { biased: true } as never), "got an unexpected keyword argument 'biased'"],
    [() => new nn.Linear(3, 2, { in_features: 3 } as never), "got multiple values for argument 'in_features'"],
    [
      () => new nn.Dropout(...([0.5, false, 1] as never as [])),
      'takes from 1 to 3 positional arguments but 4 were given',
    ],
    [() => F.mse_loss({ input: x } as never), "mse_loss() missing 1 required positional argument: 'target'"],
    [() => F.mse_loss(x, 'a' as never), "mse_loss(): argument 'target' (position 2) must be Tensor, not string"],
    [
      () => new nn.MSELoss()({ input: x } as never),
      "MSELoss.forward() missing 1 required positional argument: 'target'",
    ],
    [() => new optim.SGD({ lr: 1 } as never), "SGD.__init__() missing 1 required positional argument: 'params'"],
  ])('%#: %s', (run, message) => expect(run).toThrow(message));
});
