/**
 * Text from a folder or repository of the Hugging Face Hub with a model like GPT-2 or Llama; without one, from a small
 * Llama that is trained first.
 *
 * Expect the small one to come to a loss of about 2.3 in some seconds, and to write what looks like words from afar. With
 * `--model openai-community/gpt2` (500 MB are downloaded) it is English.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import torch from 'tsorch';
import { snapshot_download } from 'tsorch/huggingface_hub';
import * as plt from 'tsorch/pyplot';
import { save_file } from 'tsorch/safetensors';
import { tqdm } from 'tsorch/tqdm';
import { trainOnBytes } from './support/byte_training';
import { generate, type LanguageModel } from './support/generation';
import { loadGPT2 } from './support/gpt2';
import { Llama, type LlamaConfig, loadLlama } from './support/llama';
import { share, whole } from './support/options';
import { byteTokenizer, loadTokenizer, TextStream } from './support/tokenizer';

export const description = 'text from a Hugging Face folder or repository: GPT-2 or Llama, with its tokenizer';

const made = 'out/generate';

export const options = {
  model: { type: 'string', default: made, description: 'folder or repository (someone/model)' },
  revision: { type: 'string', default: 'main', description: 'branch, tag or commit of the repository' },
  prompt: { type: 'string', default: 'A tensor ', description: 'what the text begins with' },
  tokens: { type: 'string', default: '200', description: 'how many tokens to add at most' },
  temperature: { type: 'string', default: '0.8', description: '0 takes the likeliest token' },
  'top-k': { type: 'string', default: '0', description: 'choose among so many tokens; 0 for all' },
  'top-p': { type: 'string', default: '0.9', description: 'choose among tokens of this probability together' },
  text: { type: 'string', default: 'docs/memory.md', description: 'what a new model is trained on' },
  steps: { type: 'string', default: '200', description: 'how long a new model is trained' },
  seed: { type: 'string', default: '1', description: 'of the training and the choice of tokens' },
} as const;

type Values = { [Name in keyof typeof options]: string };

const small: LlamaConfig & { model_type: string } = {
  model_type: 'llama',
  vocab_size: 256,
  hidden_size: 64,
  intermediate_size: 192,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-5,
  rope_theta: 10000,
  tie_word_embeddings: true,
};

/** Makes a small model's folder, and a picture of the loss in it. */
function make(folder: string, text: Buffer, steps: number): void {
  const losses: number[] = [];
  const bar = tqdm({ total: steps, desc: 'training' });
  const model = new Llama(small);
  trainOnBytes(model, text, steps, (step, loss) => {
    losses.push(loss);
    bar.set_postfix({ loss });
    bar.update();
    if (step % 50 === 0) tqdm.write(`step ${step}: loss ${loss.toFixed(2)}`);
  });
  bar.close();
  mkdirSync(folder, { recursive: true });
  const write = (name: string, value: object) => writeFileSync(join(folder, name), `${JSON.stringify(value)}\n`);
  write('tokenizer.json', byteTokenizer());
  const weights = Object.entries(model.state_dict()).filter(([name]) => name !== 'lm_head.weight'); // it is the embedding
  save_file(Object.fromEntries(weights), join(folder, 'model.safetensors'), { format: 'pt' });
  write('config.json', small);
  const [figure, axes] = plt.subplots();
  axes.plot(losses);
  axes.set_title('A small Llama');
  axes.set_xlabel('step');
  axes.set_ylabel('cross-entropy of a byte');
  figure.savefig(join(folder, 'loss.svg'));
}

/** The folder of a model: as it is given, made now, or of a repository. */
function folderOf({ model, revision, text, steps }: Values): string {
  if (existsSync(join(model, 'config.json'))) return model;
  if (model !== made && !existsSync(text)) throw new Error(`there is no file ${text}`);
  if (model !== made && /^[\w.-]+\/[\w.-]+$/.test(model)) {
    return snapshot_download(model, { revision, allow_patterns: ['*.json', '*.safetensors'], ignore_patterns: '*/*' });
  }
  console.log(`training a small model on ${text}`);
  make(model, readFileSync(text), whole('steps', steps));
  return model;
}

interface Config {
  model_type: string;
  eos_token_id?: number | number[] | null;
}

function load(folder: string, { model_type }: Config): LanguageModel {
  if (model_type === 'gpt2') return loadGPT2(folder);
  if (model_type === 'llama') return loadLlama(folder);
  throw new Error(`this example knows no model of the type '${model_type}', only gpt2 and llama`);
}

export function main(values: Values): void {
  torch.manual_seed(whole('seed', values.seed, 0));
  const temperature = Number(values.temperature);
  if (!(temperature >= 0)) throw new Error('--temperature must be a number from 0 on');
  const sampling = {
    max_new_tokens: whole('tokens', values.tokens),
    temperature,
    top_k: whole('top-k', values['top-k'], 0),
    top_p: share('top-p', values['top-p']),
  };
  const folder = folderOf(values);
  const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as Config;
  const tokenizer = loadTokenizer(folder);
  const model = load(folder, config);
  const prompt = tokenizer.encode(values.prompt).ids;
  const stream = new TextStream(tokenizer, prompt);
  process.stdout.write(values.prompt);
  for (const token of generate(model, prompt, { ...sampling, stop: [config.eos_token_id ?? []].flat() })) {
    process.stdout.write(stream.push(token));
  }
  process.stdout.write('\n');
}
