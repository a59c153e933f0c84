/** The examples in doc comments run, and print what the comments behind them say. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { inspect } from 'node:util';
import torch, { nn, optim } from 'tsorch';

const lib = join(__dirname, '../../../lib');

interface Example {
  readonly place: string;
  readonly code: string;
}

/** The lines of a comment from `@example` to the next tag or the end. */
function examplesIn(file: string): Example[] {
  const comments = readFileSync(file, 'utf8').match(/\/\*\*[\s\S]*?\*\//g) ?? [];
  return comments.flatMap((comment) => {
    const lines = comment.split('\n').map((line) => line.replace(/^\s*\*( |\/?$)?/, ''));
    const from = lines.findIndex((line) => line.startsWith('@example'));
    if (from < 0) return [];
    const rest = lines.slice(from + 1);
    const to = rest.findIndex((line) => line.startsWith('@'));
    const code = rest.slice(0, to < 0 ? undefined : to).join('\n');
    return [{ place: `${relative(lib, file)}: ${rest[0]}`, code: code.trim() }];
  });
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'generated' ? [] : filesIn(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

/** The comments of the code, which tell what is printed: those behind a statement, and those of their own line. */
function expectedOutput(code: string): string {
  const told = code.split('\n').map((line) => /(?:^|; )\/\/ ?(.*)$/.exec(line)?.[1]);
  return told.filter((line) => line !== undefined).join('\n');
}

const AsyncFunction = (async () => {}).constructor as new (...text: string[]) => (...args: unknown[]) => Promise<void>;

/** Runs an example, and gives what it prints. */
async function printed(code: string): Promise<string> {
  const lines: string[] = [];
  const console = {
    log: (...values: unknown[]) =>
      lines.push(values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' ')),
  };
  await new AsyncFunction('torch', 'nn', 'F', 'optim', 'console', code)(torch, nn, nn.functional, optim, console);
  return lines.join('\n');
}

const examples = filesIn(lib).flatMap(examplesIn);

it('are found', () => {
  expect(examples.length).toBeGreaterThan(10);
});

it.each(examples.map((example) => [example.place, example] as const))('%s', async (_, { code }) => {
  expect(await printed(code)).toBe(expectedOutput(code));
});
