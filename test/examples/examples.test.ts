import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch, { type Tensor } from 'tsorch';

const root = join(__dirname, '..', '..', '..');

function start(...args: string[]): string {
  return execFileSync(process.execPath, [join(root, 'scripts', 'start.mjs'), ...args], { encoding: 'utf8', cwd: root });
}

test('help lists every example with its options', () => {
  const help = start('--help');
  expect(help).toMatch(/mnist \(default\): a convolutional network/);
  expect(help).toMatch(/--batch-size <value> +images a step \(default: 64\)/);
  expect(help).toMatch(/regression: linear regression/);
});

test('regression finds the weights again', () => {
  const lines = start('regression', '--epochs', '3');
  expect(Number(/epoch 3: loss (\S+)/.exec(lines)![1])).toBeLessThan(1.5e-4);
  expect(() => start('regression', '--epochs', 'many')).toThrow(/--epochs must be a whole number from 1 on/);
}, 60000);

test('mnist learns from few images, and writes its weights and pictures', () => {
  const out = mkdtempSync(join(tmpdir(), 'tsorch-mnist-'));
  try {
    const lines = start(
      'mnist',
      '--images',
      '2000',
      '--batch-size',
      '16',
      '--epochs',
      '1',
      '--threads',
      '1',
      '--out',
      out,
    );
    expect(Number(/test accuracy (\S+)%/.exec(lines)![1])).toBeGreaterThan(70);
    const weights = torch.load<Record<string, Tensor>>(join(out, 'weights.pt'));
    expect(weights['head.4.weight']!.shape).toEqual([10, 512]);
    for (const name of ['loss.svg', 'samples.svg'])
      expect(readFileSync(join(out, name), 'utf8')).toMatch(/^<svg .*<\/svg>$/s);
  } finally {
    rmSync(out, { recursive: true });
  }
}, 120000);
