/** The GPT-2 example against a plain Python implementation, from a checkpoint of Python's. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch from 'tsorch';
import type * as GenerationModule from '../../examples/support/generation';
import type * as GPT2Module from '../../examples/support/gpt2';

const root = join(__dirname, '..', '..', '..');
const support = join(root, 'out', 'examples', 'support');
const { loadGPT2 } = require(join(support, 'gpt2.js')) as typeof GPT2Module;
const { generate } = require(join(support, 'generation.js')) as typeof GenerationModule;

const folder = join(root, 'test', 'examples', 'gpt2');
const golden: { prompt: number[]; last: number[]; greedy: number[] } = JSON.parse(
  readFileSync(join(folder, 'golden.json'), 'utf8'),
);
const greedy = { max_new_tokens: golden.greedy.length - golden.prompt.length, temperature: 0, top_k: 0 };

test('scores are Python’s', () => {
  const model = loadGPT2(folder);
  const scores = torch.no_grad(() => model(torch.tensor([golden.prompt], { dtype: torch.int64 })));
  expect(scores.index(0, -1).allclose(torch.tensor(golden.last), 1e-4, 1e-5)).toBe(true);
});

test('with the cache too, token by token', () => {
  const model = loadGPT2(folder);
  expect([...golden.prompt, ...generate(model, golden.prompt, greedy)]).toEqual(golden.greedy);
});

test('goes on when the positions run out, and samples only from the top', () => {
  const model = loadGPT2(folder);
  expect([...generate(model, golden.prompt, { max_new_tokens: 60, temperature: 1, top_k: 5 })]).toHaveLength(60);
  const one = [...generate(model, golden.prompt, { ...greedy, temperature: 2, top_k: 1 })];
  expect([...golden.prompt, ...one]).toEqual(golden.greedy);
});

test('a small one is trained, saved, and read back', () => {
  const out = mkdtempSync(join(tmpdir(), 'tsorch-gpt2-'));
  const args = ['gpt2', '--model', out, '--steps', '3', '--tokens', '20', '--prompt', 'Now '];
  try {
    const run = () =>
      execFileSync(process.execPath, [join(root, 'scripts/dev/start.mjs'), ...args], { encoding: 'utf8', cwd: root });
    expect(run()).toMatch(/^training a small model on docs\/memory.md\nNow ./s);
    expect(readFileSync(join(out, 'loss.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\s*$/s);
    expect(run()).toMatch(/^Now ./s);
  } finally {
    rmSync(out, { recursive: true });
  }
}, 120000);
