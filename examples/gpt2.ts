/**
 * Text from a GPT-2 checkpoint in Hugging Face's format; without one, from a small one that is trained first.
 *
 * Expect the small one to come to a loss below 2 in a few seconds, and to write what looks like words from afar.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import torch from 'tsorch';
import * as plt from 'tsorch/pyplot';
import { tqdm } from 'tsorch/tqdm';
import { generate } from './support/generation';
import { loadGPT2 } from './support/gpt2';
import { makeGPT2 } from './support/gpt2_small';
import { whole } from './support/options';

export const description = 'text from a GPT-2 checkpoint (safetensors, bytes as tokens), made first if there is none';

export const options = {
  model: { type: 'string', default: 'out/gpt2', description: 'folder with config.json and model.safetensors' },
  prompt: { type: 'string', default: 'A tensor ', description: 'what the text begins with' },
  tokens: { type: 'string', default: '200', description: 'how many tokens to add' },
  temperature: { type: 'string', default: '0.8', description: '0 takes the likeliest token' },
  'top-k': { type: 'string', default: '20', description: 'choose among so many tokens; 0 for all' },
  text: { type: 'string', default: 'docs/memory.md', description: 'what a new model is trained on' },
  steps: { type: 'string', default: '300', description: 'how long a new model is trained' },
  seed: { type: 'string', default: '1', description: 'of the training and the choice of tokens' },
} as const;

type Values = { [Name in keyof typeof options]: string };

/** Makes a checkpoint, and a picture of the loss beside it. */
function train(folder: string, text: Buffer, steps: number): void {
  const losses: number[] = [];
  const bar = tqdm({ total: steps, desc: 'training' });
  makeGPT2(folder, text, steps, (step, loss) => {
    losses.push(loss);
    bar.set_postfix({ loss });
    bar.update();
    if (step % 50 === 0) tqdm.write(`step ${step}: loss ${loss.toFixed(2)}`);
  });
  bar.close();
  const [figure, axes] = plt.subplots();
  axes.plot(losses);
  axes.set_title('A small GPT-2');
  axes.set_xlabel('step');
  axes.set_ylabel('cross-entropy of a byte');
  figure.savefig(join(folder, 'loss.svg'));
}

export function main(values: Values): void {
  torch.manual_seed(whole('seed', values.seed, 0));
  const temperature = Number(values.temperature);
  if (!(temperature >= 0)) throw new Error('--temperature must be a number from 0 on');
  if (!existsSync(join(values.model, 'config.json'))) {
    console.log(`training a small model on ${values.text}`);
    train(values.model, readFileSync(values.text), whole('steps', values.steps));
  }
  const model = loadGPT2(values.model);
  if (model.config.vocab_size !== 256)
    throw new Error('this example knows no tokens but bytes: vocab_size must be 256');
  const sampling = {
    max_new_tokens: whole('tokens', values.tokens),
    temperature,
    top_k: whole('top-k', values['top-k'], 0),
  };
  const decoder = new TextDecoder();
  const out = (bytes: Uint8Array) => process.stdout.write(decoder.decode(bytes, { stream: true }));
  const prompt = Buffer.from(values.prompt);
  out(prompt);
  for (const token of generate(model, [...prompt], sampling)) out(Uint8Array.of(token));
  process.stdout.write('\n');
}
