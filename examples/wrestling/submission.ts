/** The folder to hand in at the Jidi platform: `submission.py` and the weights that it loads. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import torch from 'tsorch';
import type { PolicyNet } from './network';

const program = join(__dirname, '..', '..', '..', 'examples', 'wrestling', 'submission.py');

export function writeSubmission(folder: string, model: PolicyNet): void {
  mkdirSync(folder, { recursive: true });
  copyFileSync(program, join(folder, 'submission.py'));
  torch.save(model.state_dict(), join(folder, 'policy.pt'));
}
