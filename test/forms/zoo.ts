/** Small models of many kinds, which go through every form: TorchScript, torch.export, AOTInductor, ONNX. */
import torch, { nn, type Tensor } from 'tsorch';
import { Dim, type DynamicShapes } from 'tsorch/export';
import type { ScriptModule } from 'tsorch/jit';
import * as F from 'tsorch/nn/functional';
import { resnet18 } from 'tsorch/vision/models';

const r = (...sizes: number[]) => torch.randn(sizes);
const ids = (most: number, ...sizes: number[]) => torch.randint(0, most, sizes);

export class Cnn extends nn.Module {
  conv = new nn.Conv2d(1, 3, 3, { padding: 1 });
  norm = new nn.BatchNorm2d(3);
  head = new nn.Linear(3 * 16, 2);
  override forward(x: Tensor): Tensor {
    const y = F.max_pool2d(torch.relu(this.norm(this.conv(x))), 2);
    return this.head(y.flatten(1)).log_softmax(1);
  }
}

export class Lstm extends nn.Module {
  embed = new nn.Embedding(7, 4);
  lstm = new nn.LSTM(4, 5, { num_layers: 2, batch_first: true });
  override forward(tokens: Tensor): [Tensor, Tensor, Tensor] {
    const [out, [h, c]] = this.lstm(this.embed(tokens));
    return [out, h, c];
  }
}

interface Cache {
  readonly k: Tensor;
  readonly v: Tensor;
}

/** One block with a key-value cache, weights of the head tied to the embedding. */
export class Gpt extends nn.Module {
  embed = new nn.Embedding(11, 8);
  qkv = new nn.Linear(8, 24);
  norm = new nn.LayerNorm(8);
  head = new nn.Linear(8, 11, { bias: false });
  constructor() {
    super();
    this.head.weight = this.embed.weight;
  }
  override forward(tokens: Tensor, cache: Cache): [Tensor, Cache] {
    const x = this.embed(tokens);
    const [b, n] = x.shape as [number, number];
    const heads = (part: Tensor) => part.view(b, n, 2, 4).transpose(1, 2);
    const [q, own, its] = this.qkv(this.norm(x)).chunk(3, -1).map(heads) as [Tensor, Tensor, Tensor];
    const [k, v] = [torch.cat([cache.k, own], 2), torch.cat([cache.v, its], 2)];
    const attn_mask = torch.ones([n, k.size(2)], { dtype: torch.bool }).tril(k.size(2) - n);
    const y = F.scaled_dot_product_attention(q, k, v, { attn_mask }).transpose(1, 2).reshape(b, n, 8);
    return [this.head(x.add(y)), { k, v }];
  }
}

/** Sizes of the inputs decide what is computed. */
export class Dynamic extends nn.Module {
  scale = new nn.Parameter(torch.ones(4));
  override forward(x: Tensor): Tensor {
    const [n, t] = x.shape as [number, number];
    const rows = x.reshape(n * t, 4).mul(this.scale);
    return torch
      .cat([rows, torch.ones([n, 4])])
      .sum(0)
      .div(n + t);
  }
}

/** Branches and loops, which only a program has. */
export const control = `
def forward(self, x, steps: int):
    for i in range(steps):
        if bool(x.sum() > 0):
            x = x * self.weight - float(i)
        else:
            x = x + self.weight
    return x
`;

export function scripted(): ScriptModule {
  const module = new torch.jit.ScriptModule();
  module.register_parameter('weight', new nn.Parameter(r(3)));
  module.define(control);
  return module;
}

export interface Entry {
  readonly name: string;
  readonly module: nn.Module;
  /** What it is called with, the first time as the example. */
  readonly calls: readonly (readonly unknown[])[];
  readonly dynamic: readonly DynamicShapes[] | null;
}

/** All that are written in JavaScript. */
export function zoo(): Entry[] {
  torch.manual_seed(0);
  const [batch, length, past] = [new Dim('batch'), new Dim('length'), new Dim('past')];
  const cache = (b: number, n: number): Cache => ({ k: r(b, 2, n, 4), v: r(b, 2, n, 4) });
  const kept = { 0: batch, 2: past };
  const mlp = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 3));
  const layer = new nn.TransformerEncoderLayer(8, 2, 16, { dropout: 0, batch_first: true });
  const images = (n: number) => r(n, 3, 32, 32);
  return [
    { name: 'MLP', module: mlp, calls: [[r(5, 4)], [r(7, 4)]], dynamic: [{ 0: batch }] },
    {
      name: 'CNN with batch norm',
      module: new Cnn().eval(),
      calls: [[r(4, 1, 8, 8)], [r(6, 1, 8, 8)]],
      dynamic: [{ 0: batch }],
    },
    {
      name: 'ResNet-18',
      module: resnet18({ num_classes: 5 }).eval(),
      calls: [[images(2)], [images(3)]],
      dynamic: [{ 0: batch }],
    },
    { name: 'LSTM', module: new Lstm(), calls: [[ids(7, 3, 6)], [ids(7, 5, 6)]], dynamic: [{ 0: batch }] },
    {
      name: 'Transformer encoder',
      module: new nn.TransformerEncoder(layer, 2).eval(),
      calls: [[r(3, 5, 8)], [r(2, 7, 8)]],
      dynamic: [{ 0: batch, 1: length }],
    },
    {
      name: 'GPT block with a key-value cache',
      module: new Gpt(),
      calls: [
        [ids(11, 2, 3), cache(2, 4)],
        [ids(11, 5, 2), cache(5, 9)],
      ],
      dynamic: [
        { 0: batch, 1: length },
        { k: kept, v: kept },
      ],
    },
    {
      name: 'dynamic batch',
      module: new Dynamic(),
      calls: [[r(2, 3, 4)], [r(6, 5, 4)]],
      dynamic: [{ 0: batch, 1: length }],
    },
  ];
}
