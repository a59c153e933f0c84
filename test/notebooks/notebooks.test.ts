/** The notebooks of examples/notebooks: compiled strictly, run by Node.js as one program, and cell by cell in Deno's kernel. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DenoKernel, type Output, withDeno } from './kernel';

const root = resolve(__dirname, '../../..');
const notebooks = join(root, 'examples', 'notebooks');
const names = readdirSync(notebooks).filter((name) => name.endsWith('.ipynb'));

interface Cell {
  cell_type: string;
  source: string[];
  outputs?: unknown[];
}

const cellsOf = (name: string) =>
  (JSON.parse(readFileSync(join(notebooks, name), 'utf8')) as { cells: Cell[] }).cells.filter(
    ({ cell_type }) => cell_type === 'code',
  );

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsorch-notebook-'));
  mkdirSync(join(folder, 'node_modules', '@types'), { recursive: true });
  symlinkSync(root, join(folder, 'node_modules', 'tsorch'));
  symlinkSync(join(root, 'node_modules', '@types', 'node'), join(folder, 'node_modules', '@types', 'node'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
  return stdout;
}

test.each(names)('%s compiles strictly and runs in Node.js, and has no outputs in the repository', (name) => {
  const cells = cellsOf(name);
  expect(cells.flatMap(({ outputs }) => outputs)).toEqual([]);
  writeFileSync(join(folder, 'main.ts'), `${cells.map(({ source }) => source.join('')).join('\n;\n')}\n`);
  const settings = ['--strict', '--target', 'es2022', '--module', 'node20', '--skipLibCheck', '--types', 'node'];
  run(join(root, 'node_modules', 'typescript', 'bin', 'tsc'), ...settings, 'main.ts');
  run('main.js');
});

const of = (outputs: readonly Output[], type: string) => outputs.flatMap(({ data }) => data[type] ?? []);

withDeno('the advanced notebook shows its tensors, modules, bars, tables, pictures and figures in Deno', async () => {
  const kernel = await DenoKernel.start(folder);
  try {
    const outputs: Output[] = [];
    for (const { source } of cellsOf('advanced.ipynb')) outputs.push(...(await kernel.run(source.join(''))));
    expect(of(outputs, 'error')).toEqual([]);
    const texts = of(outputs, 'text/plain');
    expect(texts).toContainEqual(expect.stringMatching(/^tensor\(\[\[-1\.1258, -1\.1524\],\n/));
    expect(texts).toContain('Sequential(\n  (0): Linear(in_features=2, out_features=1, bias=True)\n)');
    expect(texts).toContainEqual(
      expect.stringMatching(/^Parameter containing:\ntensor\(\[\[ 1\.99\d+, -3\.39\d+\]\], requires_grad=True\)$/),
    );
    const bar = outputs.find(({ data }) => data['text/plain']?.startsWith('epochs: 100%'))!;
    expect(bar.updates).toBeGreaterThan(0);
    expect(of(outputs, 'text/html')).toEqual([expect.stringMatching(/^<table>\n<thead><tr><th>epoch/)]);
    expect(of(outputs, 'image/png')).toEqual([expect.stringMatching(/^iVBOR/)]);
    expect(of(outputs, 'image/svg+xml')).toEqual([expect.stringMatching(/^<svg .*cosine/s)]);
  } finally {
    kernel.close();
  }
});

withDeno('the last value of a cell shows itself in Deno: modules and optimizers too', async () => {
  const kernel = await DenoKernel.start(folder);
  try {
    const first = await kernel.run("import torch, { nn } from 'tsorch';\nconst layer = new nn.Linear(1, 2);");
    expect(first).toEqual([]);
    const shown = async (code: string) => {
      const outputs = await kernel.run(code);
      return of(outputs, 'text/plain')[0] ?? outputs;
    };
    expect(await shown('layer')).toBe('Linear(in_features=1, out_features=2, bias=True)');
    expect(await shown('torch.ones(2)')).toBe('tensor([1., 1.])');
    expect(await shown('new torch.optim.SGD(layer.parameters(), { lr: 0.1 })')).toMatch(/^SGD \(\nParameter Group 0/);
  } finally {
    kernel.close();
  }
});
