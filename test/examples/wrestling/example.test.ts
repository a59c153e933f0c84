/** The example as a whole, with few samples. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import torch, { type Tensor } from 'tsorch';
import { pythonWithTorch } from '../../../examples/wrestling/submission_check';
import { goldenPath } from './golden';

const root = join(__dirname, '..', '..', '..', '..');
const out = mkdtempSync(join(tmpdir(), 'tsorch-wrestling-'));
afterAll(() => rmSync(out, { recursive: true }));

function start(...args: string[]): string {
  const command = [join(root, 'scripts', 'dev', 'start.mjs'), 'wrestling', '--out', out, ...args];
  return execFileSync(process.execPath, command, { encoding: 'utf8', cwd: root });
}

test('learns, wins, and writes curves, pictures and a submission', async () => {
  const lines = start('--samples', '3000', '--epochs', '8', '--bouts', '40', '--seed', '5');
  expect(lines).toMatch(/expert against random: 40 wins, 0 losses/);
  const [, percent, low, high] = /clone against random: .* ([\d.]+)% won \(95% interval ([\d.]+)% to ([\d.]+)%\)/.exec(
    lines,
  )!;
  expect(Number(percent)).toBeGreaterThanOrEqual(90);
  expect(Number(low)).toBeLessThan(Number(percent));
  expect(Number(high)).toBeGreaterThanOrEqual(Number(percent));
  const losses = [...lines.matchAll(/loss train ([\d.]+), validation ([\d.]+)/g)].map(([, ...pair]) =>
    pair.map(Number),
  );
  expect(losses).toHaveLength(8);
  expect(losses[7]![0]).toBeLessThan(losses[0]![0]! / 2);

  expect(readFileSync(join(out, 'loss.svg'), 'utf8')).toMatch(/^<svg .*validation.*<\/svg>$/s);
  const frames = readdirSync(join(out, 'frames'));
  const film = await sharp(join(out, 'bout.gif'), { pages: -1 }).metadata();
  expect(film).toMatchObject({ format: 'gif', width: 640, pageHeight: 440, pages: frames.length });
  expect((await sharp(join(out, 'frames', frames[0]!)).metadata()).format).toBe('png');

  const weights = torch.load<Record<string, Tensor>>(join(out, 'submission', 'policy.pt'));
  expect(Object.entries(weights).map(([name, { shape }]) => [name, ...shape])).toEqual([
    ['net.0.weight', 400, 1600],
    ['net.0.bias', 400],
    ['net.2.weight', 128, 400],
    ['net.2.bias', 128],
    ['net.4.weight', 64, 128],
    ['net.4.bias', 64],
    ['net.6.weight', 2, 64],
    ['net.6.bias', 2],
  ]);
  expect(existsSync(join(out, 'submission', 'submission.py'))).toBe(true);
  expect(lines).toMatch(pythonWithTorch() ? /checked with .*: 100 actions, greatest/ : /submission not checked/);
}, 120000);

test("reads the course's demonstrations", () => {
  const lines = start('--data', goldenPath('demonstrations.zip'), '--epochs', '1', '--bouts', '2');
  expect(lines).toMatch(/read 3 samples/);
}, 60000);

test('options are checked', () => {
  expect(() => start('--noise', '2')).toThrow(/--noise must be a number from 0 to 1/);
});
