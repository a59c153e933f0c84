/** The names that PyTorch's tutorials use most have a doc comment that says what they do and links PyTorch's page. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import names from './common_names.json';

const dist = join(__dirname, '../../../dist');

/** Where the declarations of a namespace are, as the beginnings of paths in dist/. */
const folders: Readonly<Record<string, readonly string[]>> = {
  Tensor: ['tensor/', 'autograd/members.d.ts', 'functional/members.d.ts', 'generated/methods.d.ts', 'native/'],
  Module: ['module', 'tree', 'hooked', 'conversion'].map((name) => `nn/modules/${name}.d.ts`),
  Optimizer: ['optim/optimizer.d.ts'],
  'nn.functional': ['nn/functional/', 'nn/generated/'],
  'nn.init': ['nn/init.d.ts'],
  nn: ['nn/'],
  optim: ['optim/'],
  utils: ['utils/'],
};

interface Comment {
  readonly file: string;
  readonly name: string;
  readonly text: string;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(path);
    return path.endsWith('.d.ts') ? [path] : [];
  });
}

const declaration =
  /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:export |declare |abstract |readonly |static |get |const |let |function |class |interface )*(\w+)/g;

function commentsIn(file: string): Comment[] {
  return [...readFileSync(file, 'utf8').matchAll(declaration)].map(([, text, name]) => ({
    file: relative(dist, file),
    name: name!,
    text: text!,
  }));
}

/** What a comment says beside its links, its signatures and its tags. */
function says({ text }: Comment): string {
  return text
    .replace(/https?:\S+/g, '')
    .replace(/`torch[^`]*`/g, '')
    .replace(/@\w+/g, '')
    .replace(/[\s*]+/g, ' ')
    .trim();
}

const comments = filesIn(dist).flatMap(commentsIn);

/** The comments of a name; of one that is in no special place, wherever it is. */
function commentsOf(path: string): Comment[] {
  const parts = path.split('.');
  const name = parts.at(-1)!;
  const place = Object.keys(folders).find((prefix) => path === prefix || path.startsWith(`${prefix}.`));
  const within = place === undefined ? undefined : folders[place];
  return comments.filter(
    (each) => each.name === name && (within === undefined || within.some((start) => each.file.startsWith(start))),
  );
}

it.each(names)('%s', (path) => {
  const found = commentsOf(path);
  expect(found.some((each) => says(each).length > 10)).toBe(true);
  expect(found.some((each) => each.text.includes('https://docs.pytorch.org/'))).toBe(true);
});
