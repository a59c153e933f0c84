/** Llama as Hugging Face's checkpoints have it: a folder with config.json and weights. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import torch, { nn, type Tensor } from 'tsorch';
import { load_torch_model } from 'tsorch/huggingface_hub';
import * as F from 'tsorch/nn/functional';
import type { LanguageModel } from './generation';

/** How the angles of the positions are stretched for longer texts, where they are. */
interface RopeParameters {
  rope_type?: string;
  rope_theta?: number;
  factor?: number;
  low_freq_factor?: number;
  high_freq_factor?: number;
  original_max_position_embeddings?: number;
}

export interface LlamaConfig {
  vocab_size: number;
  hidden_size: number;
  intermediate_size: number;
  num_hidden_layers: number;
  num_attention_heads: number;
  num_key_value_heads?: number;
  head_dim?: number | null;
  max_position_embeddings: number;
  rms_norm_eps: number;
  rope_theta?: number;
  rope_scaling?: RopeParameters | null;
  /** Both of these, since version 5 of transformers. */
  rope_parameters?: RopeParameters;
  attention_bias?: boolean;
  mlp_bias?: boolean;
  tie_word_embeddings?: boolean;
}

const headSize = ({ head_dim, hidden_size, num_attention_heads }: LlamaConfig) =>
  head_dim ?? hidden_size / num_attention_heads;

/** The angle by which each pair of a head turns from one position to the next: [head_dim / 2]. */
function frequencies(config: LlamaConfig): Tensor {
  const rope = { ...config.rope_scaling, ...config.rope_parameters };
  const size = headSize(config);
  const base = rope.rope_theta ?? config.rope_theta ?? 10000;
  const turns = torch.pow(base, torch.arange(0, size, 2).div(size)).reciprocal();
  const kind = rope.rope_type ?? 'default';
  if (kind === 'default') return turns;
  const { factor = 1, low_freq_factor = 1, high_freq_factor = 4 } = rope;
  if (kind === 'linear') return turns.div(factor);
  if (kind !== 'llama3') throw new Error(`this example knows no positions of the kind '${kind}'`);
  // Slow turns are stretched, fast ones are not, and those between in part.
  const length = rope.original_max_position_embeddings ?? 8192;
  const rounds = turns.mul(length / (2 * Math.PI));
  const kept = rounds
    .sub(low_freq_factor)
    .div(high_freq_factor - low_freq_factor)
    .clamp(0, 1);
  return turns.mul(kept.add(torch.rsub(kept, 1).div(factor)));
}

/** Cosine and sine of the angles of each position: [length, head_dim]. */
type Angles = [cos: Tensor, sin: Tensor];

/** Turns the two halves of each head against each other. */
function rotated(x: Tensor, [cos, sin]: Angles): Tensor {
  const [first, second] = x.chunk(2, -1) as [Tensor, Tensor];
  return x.mul(cos).add(torch.cat([second.neg(), first], -1).mul(sin));
}

class Attention extends nn.Module {
  q_proj: nn.Linear;
  k_proj: nn.Linear;
  v_proj: nn.Linear;
  o_proj: nn.Linear;
  private past: [key: Tensor, value: Tensor] | null = null;

  constructor(private readonly config: LlamaConfig) {
    super();
    const { hidden_size, num_attention_heads, num_key_value_heads = num_attention_heads, attention_bias } = config;
    const size = headSize(config);
    const bias = attention_bias ?? false;
    this.q_proj = new nn.Linear(hidden_size, num_attention_heads * size, { bias });
    this.k_proj = new nn.Linear(hidden_size, num_key_value_heads * size, { bias });
    this.v_proj = new nn.Linear(hidden_size, num_key_value_heads * size, { bias });
    this.o_proj = new nn.Linear(num_attention_heads * size, hidden_size, { bias });
  }

  reset(): void {
    this.past = null;
  }

  /** With `cache`, `x` goes on where the last call ended: all at once at first, then token by token. */
  override forward(x: Tensor, angles: Angles, cache: boolean): Tensor {
    const [batch, length] = x.shape as [number, number, number];
    const heads = (y: Tensor) => y.view(batch, length, -1, headSize(this.config)).transpose(1, 2);
    const query = rotated(heads(this.q_proj(x)), angles);
    let key = rotated(heads(this.k_proj(x)), angles);
    let value = heads(this.v_proj(x));
    if (cache) {
      if (this.past !== null) {
        key = torch.cat([this.past[0], key], 2);
        value = torch.cat([this.past[1], value], 2);
      }
      this.past = [key, value];
    }
    // Several heads of the query share one of keys and values.
    const options = { is_causal: length > 1, enable_gqa: query.size(1) !== key.size(1) };
    const y = F.scaled_dot_product_attention(query, key, value, options);
    return this.o_proj(y.transpose(1, 2).reshape(batch, length, -1));
  }
}

class MLP extends nn.Module {
  gate_proj: nn.Linear;
  up_proj: nn.Linear;
  down_proj: nn.Linear;

  constructor({ hidden_size, intermediate_size, mlp_bias: bias = false }: LlamaConfig) {
    super();
    this.gate_proj = new nn.Linear(hidden_size, intermediate_size, { bias });
    this.up_proj = new nn.Linear(hidden_size, intermediate_size, { bias });
    this.down_proj = new nn.Linear(intermediate_size, hidden_size, { bias });
  }

  override forward(x: Tensor): Tensor {
    return this.down_proj(F.silu(this.gate_proj(x)).mul(this.up_proj(x)));
  }
}

class Layer extends nn.Module {
  self_attn: Attention;
  mlp: MLP;
  input_layernorm: nn.RMSNorm;
  post_attention_layernorm: nn.RMSNorm;

  constructor(config: LlamaConfig) {
    super();
    const eps = config.rms_norm_eps;
    this.self_attn = new Attention(config);
    this.mlp = new MLP(config);
    this.input_layernorm = new nn.RMSNorm(config.hidden_size, { eps });
    this.post_attention_layernorm = new nn.RMSNorm(config.hidden_size, { eps });
  }

  override forward(x: Tensor, angles: Angles, cache: boolean): Tensor {
    const y = x.add(this.self_attn(this.input_layernorm(x), angles, cache));
    return y.add(this.mlp(this.post_attention_layernorm(y)));
  }
}

class Decoder extends nn.Module {
  embed_tokens: nn.Embedding;
  layers: nn.ModuleList<Layer>;
  norm: nn.RMSNorm;

  constructor(config: LlamaConfig) {
    super();
    this.embed_tokens = new nn.Embedding(config.vocab_size, config.hidden_size);
    this.layers = new nn.ModuleList(Array.from({ length: config.num_hidden_layers }, () => new Layer(config)));
    this.norm = new nn.RMSNorm(config.hidden_size, { eps: config.rms_norm_eps });
  }
}

export class Llama extends nn.Module implements LanguageModel {
  model: Decoder;
  lm_head: nn.Linear;
  /** Tokens in the cache. */
  private cached = 0;
  private turns: Tensor | null = null;

  constructor(readonly config: LlamaConfig) {
    super();
    this.model = new Decoder(config);
    this.lm_head = new nn.Linear(config.hidden_size, config.vocab_size, { bias: false });
    this.tie();
  }

  /** Many models have one matrix at both ends. */
  tie(): void {
    if (this.config.tie_word_embeddings) this.lm_head.weight = this.model.embed_tokens.weight;
  }

  get positions(): number {
    return this.config.max_position_embeddings;
  }

  reset(): void {
    this.cached = 0;
    for (const layer of this.model.layers) layer.self_attn.reset();
  }

  private angles(start: number, end: number): Angles {
    this.turns ??= frequencies(this.config);
    const angles = torch.outer(torch.arange(start, end, { dtype: torch.float32 }), this.turns).repeat(1, 2);
    return [angles.cos(), angles.sin()];
  }

  override forward(tokens: Tensor, cache = false): Tensor {
    const start = cache ? this.cached : 0;
    const end = start + tokens.size(1);
    const angles = this.angles(start, end);
    let x = this.model.embed_tokens(tokens);
    for (const layer of this.model.layers) x = layer(x, angles, cache);
    if (cache) this.cached = end;
    return this.lm_head(this.model.norm(x));
  }
}

/** Reads a model; its weights may be in several files. Initial values would be for nothing: so it is made on meta. */
export function loadLlama(folder: string): Llama {
  const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as LlamaConfig;
  const model = torch.device('meta', () => new Llama(config)).to_empty({ device: 'cpu' });
  model.tie();
  const { missing_keys } = load_torch_model(model, folder);
  const missing = missing_keys.filter((name) => !(config.tie_word_embeddings && name === 'lm_head.weight'));
  if (missing.length > 0) throw new Error(`${folder} has no weights for ${missing.join(', ')}`);
  return model.eval();
}
