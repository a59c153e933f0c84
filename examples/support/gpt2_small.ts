/** A small GPT-2 of bytes, trained on a text here and saved as Hugging Face would. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { save_file } from 'tsorch/safetensors';
import { trainOnBytes } from './byte_training';
import { type Config, checkpointOf, GPT2 } from './gpt2';

const config: Config = {
  vocab_size: 256,
  n_positions: 64,
  n_embd: 64,
  n_layer: 2,
  n_head: 4,
  layer_norm_epsilon: 1e-5,
};

/** Trains for some steps on pieces of the text; `report` hears of the loss. */
export function makeGPT2(
  folder: string,
  text: Buffer,
  steps: number,
  report: (step: number, loss: number) => void,
): void {
  const model = new GPT2(config);
  trainOnBytes(model, text, steps, report);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), `${JSON.stringify({ model_type: 'gpt2', ...config }, null, 2)}\n`);
  save_file(checkpointOf(model), join(folder, 'model.safetensors'), { format: 'pt' });
}
