/** The examples of README.md and docs/: compiled strictly, run, and their output compared with what the page says. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import golden from './golden/tables.json';
import { blockModule, fits, type Page, readPage, readPages, root, rowsModule } from './pages';
import type { Run } from './run_page';

/** What Python gives for each row of a page's tables. */
const python = golden as Record<string, Record<string, { expression: boolean; value: string }>>;

const folder = join(root, 'out', 'docs-test');
const pages = readPages().filter(({ blocks, rows }) => blocks.length > 0 || rows.length > 0);
const stem = (page: Page) => page.name.replace('.md', '');
const blockName = (page: Page, line: number) => `${stem(page)}.${line}`;
const rowsName = (page: Page) => `${stem(page)}.rows`;

function writeModules(): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const page of pages) {
    for (const block of page.blocks)
      writeFileSync(join(folder, `${blockName(page, block.line)}.mts`), blockModule(block));
    if (page.rows.length === 0) continue;
    const known = python[page.name] ?? {};
    const module = rowsModule(page.rows, (row) => known[row.python]?.expression ?? true);
    writeFileSync(join(folder, `${rowsName(page)}.mts`), module);
  }
  const compilerOptions = { composite: false, declaration: false, sourceMap: false };
  const config = { extends: '../../tsconfig.base.json', compilerOptions, include: ['*.mts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
}

/** The compiler's complaints, by module. */
function compile(): Map<string, string[]> {
  const { status, stdout, stderr } = spawnSync(
    join(root, 'node_modules', '.bin', 'tsc'),
    ['-p', folder, '--pretty', 'false'],
    {
      encoding: 'utf8',
      cwd: folder,
    },
  );
  const errors = new Map<string, string[]>();
  for (const line of stdout.split('\n').filter((text) => /error TS/.test(text))) {
    const name = /^(.*)\.mts\(/.exec(line)?.[1] ?? '';
    errors.set(name, [...(errors.get(name) ?? []), line]);
  }
  if (status !== 0 && errors.size === 0) throw new Error(`tsc failed: ${stdout}${stderr}`);
  return errors;
}

function runModules(names: readonly string[]): Record<string, Run> {
  const files = names.map((name) => `${name}.mjs`);
  const program = join(__dirname, 'run_page.js');
  return JSON.parse(execFileSync(process.execPath, [program, folder, ...files], { encoding: 'utf8' }));
}

let errors: Map<string, string[]>;
const runs: Record<string, Run> = {};

beforeAll(() => {
  writeModules();
  errors = compile();
  for (const page of pages) {
    const names = page.blocks.filter(({ runs }) => runs).map(({ line }) => blockName(page, line));
    if (page.rows.length > 0) names.push(rowsName(page));
    if (names.length > 0) Object.assign(runs, runModules(names));
  }
}, 300000);

test('the compiler has nothing to say of what is in no page', () => {
  const names = new Set(pages.flatMap((page) => [rowsName(page), ...page.blocks.map((b) => blockName(page, b.line))]));
  expect([...errors].filter(([name]) => !names.has(name))).toEqual([]);
});

describe.each(pages)('$name', (page) => {
  test.each(page.blocks)('the block in line $line', ({ line, output, runs: runnable }) => {
    const name = blockName(page, line);
    expect(errors.get(name) ?? []).toEqual([]);
    if (!runnable) return;
    const { printed } = runs[`${name}.mjs`]!;
    if (output === null) expect(printed.filter((text) => text.startsWith('throws '))).toEqual([]);
    else if (!fits(output, printed)) expect(printed).toEqual(output);
  });

  if (page.rows.length > 0) {
    test('the rows of its tables give what they give in Python', () => {
      expect(errors.get(rowsName(page)) ?? []).toEqual([]);
      const { rows, printed } = runs[`${rowsName(page)}.mjs`]!;
      expect(printed).toEqual([]);
      const texts = (value: (line: number, code: string) => string | undefined) =>
        page.rows.map(({ line, python }) => `${line}: ${python}: ${value(line, python)}`);
      expect(texts((line) => rows[`row${line}`])).toEqual(texts((_, code) => python[page.name]?.[code]?.value));
    });
  }
});

test('what a block must print is what stands beside and below console.log', () => {
  const text = [
    '```ts',
    'console.log(a); // 1',
    '// 2',
    'b; // no output',
    '// nor this',
    'console.log(',
    '  c);',
    '// 3',
    'f(); // throws Error: x',
    '```',
    '',
  ];
  expect(readPage('x.md', text.join('\n')).blocks[0]!.output).toEqual(['1', '2', '3', 'throws Error: x']);
  expect(fits(['a … c', '…', 'e'], ['a b c', 'd', 'd', 'e'])).toBe(true);
  expect(fits(['a … c', 'e'], ['a b c', 'd', 'e'])).toBe(false);
});
