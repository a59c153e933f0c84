/** A Python with PyTorch, where there is one: `PYTHON`, else `python3`. */
import { spawnSync } from 'node:child_process';

const python = process.env.PYTHON ?? 'python3';

export const hasPython = spawnSync(python, ['-c', 'import torch']).status === 0;

/** Tests that need Python's PyTorch: named as skipped, and counted, where it is absent. */
export const withPython = hasPython ? test : test.skip;

/** Runs a script with arguments, and gives what it prints. */
export function runPython(script: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(python, ['-W', 'ignore', '-c', script, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Python failed: ${stderr}`);
  return stdout;
}
