import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nn } from 'tsorch';

const folder = join(__dirname, '../../../scripts/generate/python');

interface Parameter {
  name: string;
  kind?: 'keyword' | 'args' | 'kwargs';
  type?: string;
  default?: string;
}

type Entry = Partial<Record<'init' | 'forward' | 'parameters', Parameter[]>>;

const { version, ...entries } = JSON.parse(readFileSync(join(folder, 'signatures.json'), 'utf8')) as {
  version: string;
} & Record<string, Entry>;

const lists = Object.entries(entries).flatMap(([name, entry]) =>
  Object.entries(entry as Entry).map(([part, parameters]) => [`${name} ${part}`, parameters] as const),
);

test('the signatures are those of a release', () => expect(version).toMatch(/^\d+\.\d+\.\d+$/));

test('every parameter has a name of its own, and a known kind', () => {
  const wrong = lists.filter(([, parameters]) => {
    const names = new Set(parameters.map(({ name }) => name));
    const kinds = parameters.every(({ kind }) => [undefined, 'keyword', 'args', 'kwargs'].includes(kind));
    return names.size !== parameters.length || !kinds || parameters.some(({ name }) => !/^\w+$/.test(name));
  });
  expect(wrong.map(([name]) => name)).toEqual([]);
});

test('a parameter by position without a default comes before those with one', () => {
  const wrong = lists.filter(([, parameters]) => {
    const given = parameters.filter(({ kind }) => kind === undefined).map((each) => each.default !== undefined);
    return given.some((optional, i) => !optional && given[i - 1] === true);
  });
  expect(wrong.map(([name]) => name)).toEqual([]);
});

test('every class of torch.nn is there', () => {
  const classes = Object.entries(nn)
    .filter(([name, value]) => typeof value === 'function' && /^[A-Z]/.test(name) && !/^[A-Z]\w*Base$/.test(name))
    .map(([name]) => `torch.nn.${name}`);
  expect(classes.filter((name) => entries[name] === undefined)).toEqual([]);
});

test('a Python with PyTorch says the same', () => {
  const python = process.env.PYTHON ?? 'python3';
  const found = spawnSync(python, ['-c', 'import torch; print(torch.__version__.split("+")[0])'], { encoding: 'utf8' });
  if (found.stdout?.trim() !== version) {
    console.log(`${python} has not PyTorch ${version}: only the file itself was looked at`);
    return;
  }
  const { status, stderr } = spawnSync(python, [join(folder, 'signatures.py'), '--check'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, expect.anything()]);
}, 120_000);
