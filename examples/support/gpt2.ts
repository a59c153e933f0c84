/** GPT-2 as Hugging Face's checkpoints have it: a folder with config.json and model.safetensors. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import torch, { nn, type Tensor } from 'tsorch';
import * as F from 'tsorch/nn/functional';
import { safe_open } from 'tsorch/safetensors';
import type { LanguageModel } from './generation';

export interface Config {
  vocab_size: number;
  n_positions: number;
  n_embd: number;
  n_layer: number;
  n_head: number;
  layer_norm_epsilon: number;
}

/** The keys and values that a layer has computed so far. */
type Past = [key: Tensor, value: Tensor];

class Attention extends nn.Module {
  c_attn: nn.Linear;
  c_proj: nn.Linear;
  private past: Past | null = null;

  constructor(private readonly config: Config) {
    super();
    this.c_attn = new nn.Linear(config.n_embd, 3 * config.n_embd);
    this.c_proj = new nn.Linear(config.n_embd, config.n_embd);
  }

  reset(): void {
    this.past = null;
  }

  /** With `cache`, `x` goes on where the last call ended: all at once at first, then token by token. */
  override forward(x: Tensor, cache: boolean): Tensor {
    const [batch, length, width] = x.shape as [number, number, number];
    const heads = (y: Tensor) => y.view(batch, length, this.config.n_head, -1).transpose(1, 2);
    let [query, key, value] = this.c_attn(x).split(width, 2).map(heads) as [Tensor, Tensor, Tensor];
    const is_causal = length > 1;
    if (cache) {
      if (this.past !== null) {
        key = torch.cat([this.past[0], key], 2);
        value = torch.cat([this.past[1], value], 2);
      }
      this.past = [key, value];
    }
    const y = F.scaled_dot_product_attention(query, key, value, { is_causal });
    return this.c_proj(y.transpose(1, 2).reshape(batch, length, width));
  }
}

class MLP extends nn.Module {
  c_fc: nn.Linear;
  c_proj: nn.Linear;

  constructor({ n_embd }: Config) {
    super();
    this.c_fc = new nn.Linear(n_embd, 4 * n_embd);
    this.c_proj = new nn.Linear(4 * n_embd, n_embd);
  }

  override forward(x: Tensor): Tensor {
    return this.c_proj(F.gelu(this.c_fc(x), { approximate: 'tanh' }));
  }
}

class Block extends nn.Module {
  ln_1: nn.LayerNorm;
  attn: Attention;
  ln_2: nn.LayerNorm;
  mlp: MLP;

  constructor(config: Config) {
    super();
    const eps = config.layer_norm_epsilon;
    this.ln_1 = new nn.LayerNorm(config.n_embd, { eps });
    this.attn = new Attention(config);
    this.ln_2 = new nn.LayerNorm(config.n_embd, { eps });
    this.mlp = new MLP(config);
  }

  override forward(x: Tensor, cache: boolean): Tensor {
    const y = x.add(this.attn(this.ln_1(x), cache));
    return y.add(this.mlp(this.ln_2(y)));
  }
}

export class GPT2 extends nn.Module implements LanguageModel {
  wte: nn.Embedding;
  wpe: nn.Embedding;
  h: nn.ModuleList<Block>;
  ln_f: nn.LayerNorm;
  /** Tokens in the cache. */
  private cached = 0;

  constructor(readonly config: Config) {
    super();
    this.wte = new nn.Embedding(config.vocab_size, config.n_embd);
    this.wpe = new nn.Embedding(config.n_positions, config.n_embd);
    this.h = new nn.ModuleList(Array.from({ length: config.n_layer }, () => new Block(config)));
    this.ln_f = new nn.LayerNorm(config.n_embd, { eps: config.layer_norm_epsilon });
  }

  get positions(): number {
    return this.config.n_positions;
  }

  reset(): void {
    this.cached = 0;
    for (const block of this.h) block.attn.reset();
  }

  /** The scores of the next token after each of `tokens`, which has the shape (batch, length). */
  override forward(tokens: Tensor, cache = false): Tensor {
    const start = cache ? this.cached : 0;
    const end = start + tokens.size(1);
    let x = this.wte(tokens).add(this.wpe(torch.arange(start, end)));
    for (const block of this.h) x = block(x, cache);
    if (cache) this.cached = end;
    return F.linear(this.ln_f(x), this.wte.weight); // the output layer is tied to the embedding
  }
}

/** Hugging Face has its linear layers' weights the other way round ("Conv1D"). */
const TRANSPOSED = /\.(c_attn|c_proj|c_fc)\.weight$/;
/** Masks, and the output layer, which is the embedding. */
const LEFT_OUT = /\.attn\.(bias|masked_bias)$|^lm_head\.weight$/;

/** Reads a model; its checkpoint may be in several files. */
export function loadGPT2(folder: string): GPT2 {
  const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as Config;
  const index = join(folder, 'model.safetensors.index.json');
  const model = new GPT2(config);
  const state: Record<string, Tensor> = {};
  using file = safe_open(existsSync(index) ? index : join(folder, 'model.safetensors'));
  for (const key of file.keys()) {
    const name = key.replace(/^transformer\./, '');
    if (LEFT_OUT.test(name)) continue;
    const tensor = file.get_tensor(key);
    state[name] = TRANSPOSED.test(name) ? tensor.t() : tensor;
  }
  model.load_state_dict(state);
  return model.eval();
}

/** What `loadGPT2` reads. */
export function checkpointOf(model: GPT2): Record<string, Tensor> {
  const entries = Object.entries(model.state_dict() as Record<string, Tensor>);
  return Object.fromEntries(entries.map(([name, x]) => [name, TRANSPOSED.test(name) ? x.t().contiguous() : x]));
}
