/** A small GPT-2 of bytes, trained on a text here and saved as Hugging Face would. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import torch, { nn, optim } from 'tsorch';
import { save_file } from 'tsorch/safetensors';
import { type Config, checkpointOf, GPT2 } from './gpt2';

const config: Config = {
  vocab_size: 256,
  n_positions: 64,
  n_embd: 64,
  n_layer: 2,
  n_head: 4,
  layer_norm_epsilon: 1e-5,
};
const BATCH = 16;

function initialize(module: nn.Module): void {
  if (module instanceof nn.Linear || module instanceof nn.Embedding) nn.init.normal_(module.weight, 0, 0.02);
  if (module instanceof nn.Linear && module.bias) nn.init.zeros_(module.bias);
}

/** Trains for some steps on pieces of the text; `report` hears of the loss. */
export function makeGPT2(
  folder: string,
  text: Buffer,
  steps: number,
  report: (step: number, loss: number) => void,
): void {
  const model = new GPT2(config);
  model.apply(initialize);
  const bytes = torch.from_numpy(text).to(torch.int64);
  const optimizer = new optim.AdamW(model.parameters(), { lr: 3e-3 });
  const loss_fn = new nn.CrossEntropyLoss();
  for (let step = 1; step <= steps; step++) {
    const starts = torch.randint(0, bytes.length - config.n_positions, [BATCH]);
    const windows = bytes.index(starts.unsqueeze(1).add(torch.arange(config.n_positions + 1)));
    optimizer.zero_grad();
    const scores = model(windows.index(':', ':-1'));
    const loss = loss_fn(scores.flatten(0, 1), windows.index(':', '1:').flatten());
    loss.backward();
    optimizer.step();
    report(step, loss.item());
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), `${JSON.stringify({ model_type: 'gpt2', ...config }, null, 2)}\n`);
  save_file(checkpointOf(model), join(folder, 'model.safetensors'), { format: 'pt' });
}
