import torch, { nn, optim, type Tensor } from 'tsorch';
import * as F from 'tsorch/nn/functional';
import type { Training } from './training';

interface Config {
  vocab_size: number;
  block_size: number;
  n_layer: number;
  n_head: number;
  n_embd: number;
  dropout: number;
}

class CausalSelfAttention extends nn.Module {
  c_attn: nn.Linear;
  c_proj: nn.Linear;
  attn_dropout: nn.Dropout;
  resid_dropout: nn.Dropout;
  n_head: number;
  n_embd: number;
  declare bias: Tensor;

  constructor({ n_embd, n_head, block_size, dropout }: Config) {
    super();
    this.c_attn = new nn.Linear(n_embd, 3 * n_embd);
    this.c_proj = new nn.Linear(n_embd, n_embd);
    this.attn_dropout = new nn.Dropout(dropout);
    this.resid_dropout = new nn.Dropout(dropout);
    this.n_head = n_head;
    this.n_embd = n_embd;
    const lower = torch.tril(torch.ones(block_size, block_size));
    this.register_buffer('bias', lower.view(1, 1, block_size, block_size));
  }

  override forward(x: Tensor): Tensor {
    const [B, T, C] = x.size() as [number, number, number];
    const heads = (y: Tensor) => y.view(B, T, this.n_head, C / this.n_head).transpose(1, 2);
    const [q, k, v] = this.c_attn(x).split(this.n_embd, { dim: 2 }).map(heads) as [Tensor, Tensor, Tensor];
    let att = q.matmul(k.transpose(-2, -1)).mul(1.0 / Math.sqrt(k.size(-1)));
    att = att.masked_fill(this.bias.index(':', ':', `:${T}`, `:${T}`).eq(0), -Infinity);
    att = F.softmax(att, { dim: -1 });
    att = this.attn_dropout(att);
    const y = att.matmul(v).transpose(1, 2).contiguous().view(B, T, C);
    return this.resid_dropout(this.c_proj(y));
  }
}

class Block extends nn.Module {
  ln_1: nn.LayerNorm;
  attn: CausalSelfAttention;
  ln_2: nn.LayerNorm;
  mlp: nn.ModuleDict;

  constructor(config: Config) {
    super();
    const { n_embd, dropout } = config;
    this.ln_1 = new nn.LayerNorm(n_embd);
    this.attn = new CausalSelfAttention(config);
    this.ln_2 = new nn.LayerNorm(n_embd);
    this.mlp = new nn.ModuleDict({
      c_fc: new nn.Linear(n_embd, 4 * n_embd),
      act: new nn.GELU({ approximate: 'tanh' }),
      c_proj: new nn.Linear(4 * n_embd, n_embd),
      dropout: new nn.Dropout(dropout),
    });
  }

  override forward(x: Tensor): Tensor {
    x = x.add(this.attn(this.ln_1(x)));
    let y = this.ln_2(x);
    for (const [, part] of this.mlp.items()) y = (part as unknown as (x: Tensor) => Tensor)(y);
    return x.add(y);
  }
}

class GPT extends nn.Module {
  transformer: nn.ModuleDict;
  lm_head: nn.Linear;

  constructor(config: Config) {
    super();
    const { vocab_size, block_size, n_layer, n_embd, dropout } = config;
    const wte = new nn.Embedding(vocab_size, n_embd);
    this.transformer = new nn.ModuleDict({
      wte,
      wpe: new nn.Embedding(block_size, n_embd),
      drop: new nn.Dropout(dropout),
      h: new nn.ModuleList(Array.from({ length: n_layer }, () => new Block(config))),
      ln_f: new nn.LayerNorm(n_embd),
    });
    this.lm_head = new nn.Linear(n_embd, vocab_size, { bias: false });
    wte.weight = this.lm_head.weight;
    this.apply((module) => this._init_weights(module));
    for (const [pn, p] of this.named_parameters()) {
      if (pn.endsWith('c_proj.weight')) nn.init.normal_(p, { mean: 0.0, std: 0.02 / Math.sqrt(2 * n_layer) });
    }
  }

  _init_weights(module: nn.Module): void {
    if (module instanceof nn.Linear) {
      nn.init.normal_(module.weight, { mean: 0.0, std: 0.02 });
      if (module.bias !== null) nn.init.zeros_(module.bias);
    } else if (module instanceof nn.Embedding) {
      nn.init.normal_(module.weight, { mean: 0.0, std: 0.02 });
    }
  }

  override forward(idx: Tensor, targets: Tensor): [logits: Tensor, loss: Tensor] {
    const part = (name: string) => this.transformer.index(name) as unknown as (x: Tensor) => Tensor;
    const t = idx.size(1);
    const pos = torch.arange(0, t, { dtype: torch.long });
    const tok_emb = part('wte')(idx);
    const pos_emb = part('wpe')(pos);
    let x = part('drop')(tok_emb.add(pos_emb));
    for (const block of this.transformer.index('h') as nn.ModuleList) x = (block as Block)(x);
    x = part('ln_f')(x);
    const logits = this.lm_head(x);
    const loss = F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1), { ignore_index: -1 });
    return [logits, loss];
  }
}

export function gpt(): Training {
  const model = new GPT({ vocab_size: 17, block_size: 8, n_layer: 2, n_head: 2, n_embd: 16, dropout: 0.1 });
  const data = torch.randint(17, [200]);
  const params = model.parameters().filter((p) => p.requires_grad);
  const groups = [
    { params: params.filter((p) => p.dim() >= 2), weight_decay: 0.1 },
    { params: params.filter((p) => p.dim() < 2), weight_decay: 0.0 },
  ];
  const optimizer = new optim.AdamW(groups, { lr: 1e-2, betas: [0.9, 0.95] });

  const step = () => {
    const ix = torch.randint(data.length - 8, [4]).tolist() as number[];
    const x = torch.stack(ix.map((i) => data.index(`${i}:${i + 8}`)));
    const y = torch.stack(ix.map((i) => data.index(`${i + 1}:${i + 9}`)));
    const [, loss] = model(x, y);
    optimizer.zero_grad({ set_to_none: true });
    loss.backward();
    nn.utils.clip_grad_norm_(model.parameters(), 1.0);
    optimizer.step();
    return [loss];
  };
  return { models: [model], step };
}
