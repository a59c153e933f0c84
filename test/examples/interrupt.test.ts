/** Ctrl-C: training ends after its batch with the weights written, and a bar leaves the terminal as it was. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import torch from 'tsorch';

const root = join(__dirname, '..', '..', '..');

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'tsorch-interrupt-'));
});
afterEach(() => rmSync(out, { recursive: true }));

/** A program whose stderr is taken for a terminal. */
const onTerminal = `data:text/javascript,${encodeURIComponent(
  'Object.assign(process.stderr, { isTTY: true, columns: 80 });',
)}`;
const start = (...args: string[]) =>
  spawn(process.execPath, ['--import', onTerminal, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });

const example = (name: string, ...args: string[]) =>
  start(join('scripts', 'dev', 'start.mjs'), name, ...args, '--out', out);

test.each([
  ['mnist', ['--images', '20000', '--batch-size', '16'], 'weights.pt', 'conv1.weight'],
  ['vae', ['--images', '20000', '--batch-size', '16', '--epochs', '50'], 'weights.pt', 'fc1.weight'],
  ['gpt', ['--steps', '10000'], 'weights.pt', 'wte.weight'],
  ['reinforce', ['--episodes', '100000', '--lr', '0.0000001'], 'weights.pt', undefined],
])('%s writes its weights and ends with 130', async (name, args, file, weight) => {
  const child = example(name, ...args);
  const printed = text(child.stdout!);
  let shown = '';
  child.stderr!.setEncoding('utf8').on('data', (chunk) => {
    const moved = / [1-9]\d*\//;
    const before = moved.test(shown);
    shown += chunk;
    if (!before && moved.test(shown)) child.kill('SIGINT');
  });
  expect(await once(child, 'exit')).toEqual([130, null]);
  expect(await printed).toMatch(file);
  expect(shown).toMatch('stopping after this batch');
  const weights = torch.load<Record<string, torch.Tensor>>(join(out, file));
  if (weight !== undefined) expect(Object.keys(weights)).toContain(weight);
});

test('a second Ctrl-C ends at once', async () => {
  const code = `
    const { untilInterrupted } = require(${JSON.stringify(join(root, 'out/examples/support/interrupt'))});
    (async () => {
      for await (const _ of untilInterrupted([1, 2, 3])) {
        console.log('batch');
        const until = Date.now() + 60_000;
        await new Promise((resolve) => setTimeout(resolve, 200));
        while (Date.now() < until);
      }
    })();`;
  const child = start('-e', code);
  await once(child.stdout!, 'data');
  child.kill('SIGINT');
  await once(child.stderr!, 'data');
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([null, 'SIGINT']);
  expect(existsSync(join(out, 'weights.pt'))).toBe(false);
});

test('a synchronous loop with a bar ends at once, and the terminal has its cursor and its wrapping', async () => {
  const code = `
    const { tqdm } = require('tsorch/tqdm');
    for (const _ of tqdm(Array(1000).fill(0), { mininterval: 0.01 })) for (const end = Date.now() + 20; Date.now() < end; );`;
  const child = start('-e', code);
  let shown = '';
  child.stderr!.setEncoding('utf8').on('data', (chunk) => {
    shown += chunk;
    if (/ [1-9]\d*\//.test(shown)) child.kill('SIGINT');
  });
  expect(await once(child, 'exit')).toEqual([null, 'SIGINT']);
  for (const set of ['[?25l', '[?7l']) expect(shown).not.toContain(set);
});
