/** The example that generates text, from folders that Python's transformers wrote. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import torch, { type Tensor } from 'tsorch';
import type * as GenerationModule from '../../examples/support/generation';
import type * as GPT2Module from '../../examples/support/gpt2';
import type * as LlamaModule from '../../examples/support/llama';
import type * as TokenizerModule from '../../examples/support/tokenizer';
import { temporaryFolder } from '../setup/fakes';

const root = join(__dirname, '..', '..', '..');
const support = <Module>(name: string): Module => require(join(root, 'out', 'examples', 'support', name));
const { filtered, generate } = support<typeof GenerationModule>('generation.js');
const { loadGPT2 } = support<typeof GPT2Module>('gpt2.js');
const { loadLlama } = support<typeof LlamaModule>('llama.js');
const { loadTokenizer, TextStream } = support<typeof TokenizerModule>('tokenizer.js');

type Kind = 'gpt2' | 'llama';
type Golden = Record<Kind, { ids: number[]; text: string; last: number[]; greedy: number[] }> & { sentence: string };

const home = join(root, 'test', 'examples', 'language_models');
const golden: Golden = JSON.parse(readFileSync(join(home, 'golden.json'), 'utf8'));
const load = { gpt2: loadGPT2, llama: loadLlama };
const kinds: Kind[] = ['gpt2', 'llama'];
const greedy = { max_new_tokens: 12, temperature: 0, top_k: 0 };

test.each(kinds)('%s: scores are Python’s', (kind) => {
  const { ids, last } = golden[kind];
  const model = load[kind](join(home, kind));
  const tokens = torch.tensor([ids], { dtype: torch.int64 });
  const scores = torch.no_grad(() => model.forward(tokens)).index(0, -1) as Tensor;
  torch.testing.assert_close(scores, torch.tensor(last), { rtol: 1e-4, atol: 1e-5 });
});

test.each(kinds)('%s: the likeliest tokens are Python’s, with the cache, token by token', (kind) => {
  const model = load[kind](join(home, kind));
  for (let i = 0; i < 2; i++) expect([...generate(model, golden[kind].ids, greedy)]).toEqual(golden[kind].greedy);
  const stop = [golden[kind].greedy[3]!];
  const first = golden[kind].greedy.indexOf(stop[0]!);
  expect([...generate(model, golden[kind].ids, { ...greedy, stop })]).toHaveLength(first);
});

test.each(kinds)('%s: the tokenizer is Python’s, and text comes out piece by piece', (kind) => {
  const { ids, text } = golden[kind];
  const tokenizer = loadTokenizer(join(home, kind));
  expect(tokenizer.encode(golden.sentence).ids).toEqual(ids);
  expect(tokenizer.decode(ids, { skip_special_tokens: true })).toBe(text);
  const stream = new TextStream(tokenizer, ids.slice(0, 2));
  const pieces = ids.slice(2).map((token) => stream.push(token));
  expect(tokenizer.decode(ids.slice(0, 2), { skip_special_tokens: true }) + pieces.join('')).toBe(text);
  expect(pieces.join('')).not.toContain('\ufffd');
  expect(pieces.filter((piece) => piece !== '').length).toBeGreaterThan(10);
});

test('top-k and top-p leave the likeliest', () => {
  const scores = torch.tensor([0.1, 0.5, 0.05, 0.3, 0.05]).log();
  const left = (top_k: number, top_p: number) =>
    (filtered(scores, top_k, top_p).isfinite().nonzero().flatten().tolist() as number[]).map(Number);
  expect(left(0, 1)).toEqual([0, 1, 2, 3, 4]);
  expect(left(2, 1)).toEqual([1, 3]);
  expect(left(0, 0.75)).toEqual([1, 3]);
  expect(left(0, 0.85)).toEqual([0, 1, 3]);
  expect(left(0, 0)).toEqual([1]);
  expect(left(4, 0.55)).toEqual([1, 3]);
});

const start = (...args: string[]) =>
  execFileSync(process.execPath, [join(root, 'scripts/dev/start.mjs'), 'generate', ...args], {
    encoding: 'utf8',
    cwd: root,
  });

test.each(kinds)(
  'the program reads %s',
  (kind) => {
    const args = ['--model', join(home, kind), '--prompt', golden.sentence, '--tokens', '12', '--temperature', '0'];
    const tokenizer = loadTokenizer(join(home, kind));
    const { ids, text } = golden[kind];
    const all = tokenizer.decode([...ids, ...golden[kind].greedy], { skip_special_tokens: true });
    expect(start(...args)).toBe(`${golden.sentence}${all.slice(text.length).replace(/\ufffd+$/, '')}\n`);
  },
  120_000,
);

test('a small model is trained, saved, and read back', () => {
  const args = ['--model', join(temporaryFolder(), 'small'), '--steps', '3', '--tokens', '20', '--prompt', 'Now '];
  expect(start(...args)).toMatch(/^training a small model on docs\/memory.md\nNow ./s);
  expect(start(...args)).toMatch(/^Now ./s);
}, 120_000);
