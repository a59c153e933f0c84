/** Runs a submission in Python, if there is one with PyTorch, and compares its actions with the network's here. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import torch, { type Tensor } from 'tsorch';
import type { PolicyNet } from './network';

const program = join(__dirname, '..', '..', '..', 'examples', 'wrestling', 'submission_check.py');

/** A Python that has PyTorch: the one that the environment variable PYTHON names, or `python3`. */
export function pythonWithTorch(): string | undefined {
  const names = [process.env.PYTHON, 'python3'].filter((name) => name !== undefined);
  return names.find((name) => spawnSync(name, ['-c', 'import torch']).status === 0);
}

/** What the submission in `folder` does for each of the observations [n, 40, 40]: forces and turns, float64 [n, 2]. */
export function actionsInPython(python: string, folder: string, observations: Tensor): Tensor {
  const input = JSON.stringify(observations.tolist());
  const { status, stdout, stderr } = spawnSync(python, [program, folder], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the submission fails in Python:\n${stderr}`);
  return torch.tensor(JSON.parse(stdout) as number[][], { dtype: torch.float64 });
}

/** The greatest difference between an action here and in Python. */
export function greatestDifference(python: string, folder: string, model: PolicyNet, observations: Tensor): number {
  const here = torch.no_grad(() => model.actions(observations)).double();
  return here
    .sub(actionsInPython(python, folder, observations))
    .abs()
    .max()
    .item();
}
