/** A small language model whose tokens are bytes, trained on a text. */
import torch, { nn, optim } from 'tsorch';
import type { LanguageModel } from './generation';

const BATCH = 16;

function initialize(module: nn.Module): void {
  if (module instanceof nn.Linear || module instanceof nn.Embedding) nn.init.normal_(module.weight, 0, 0.02);
  if (module instanceof nn.Linear && module.bias) nn.init.zeros_(module.bias);
}

/** Trains for some steps on pieces of the text; `report` hears of the loss. */
export function trainOnBytes(
  model: nn.Module & LanguageModel,
  text: Buffer,
  steps: number,
  report: (step: number, loss: number) => void,
): void {
  const { positions } = model;
  model.apply(initialize);
  const bytes = torch.from_numpy(text).to(torch.int64);
  const optimizer = new optim.AdamW(model.parameters(), { lr: 3e-3 });
  const loss_fn = new nn.CrossEntropyLoss();
  for (let step = 1; step <= steps; step++) {
    const starts = torch.randint(0, bytes.length - positions, [BATCH]);
    const windows = bytes.index(starts.unsqueeze(1).add(torch.arange(positions + 1)));
    optimizer.zero_grad();
    const scores = model.forward(windows.index(':', ':-1'));
    const loss = loss_fn(scores.flatten(0, 1), windows.index(':', '1:').flatten());
    loss.backward();
    optimizer.step();
    report(step, loss.item());
  }
}
