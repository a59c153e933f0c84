/** A Python with PyTorch, where there is one: `PYTHON`, else `python3`. */
import { spawnSync } from 'node:child_process';

const python = process.env.PYTHON ?? 'python3';

export const hasPython = spawnSync(python, ['-c', 'import torch']).status === 0;

/** Tests that need Python's PyTorch: named as skipped, and counted, where it is absent. */
export const withPython = hasPython ? test : test.skip;

/** Runs a program with arguments, and gives what it prints. */
export const runPython = (code: string, ...args: string[]): string => run(['-c', code, ...args]);

/** The same for a program in a file. */
export const runScript = (file: string, ...args: string[]): string => run([file, ...args]);

function run(args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(python, ['-W', 'ignore', ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Python failed: ${stderr}`);
  return stdout;
}
