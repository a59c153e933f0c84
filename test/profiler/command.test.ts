/** npx tsorch profile. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { useFolder } from './folder';

const root = join(__dirname, '..', '..', '..');
const path = useFolder();

function profile(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'scripts', 'cli.mjs'), 'profile', ...args],
    {
      encoding: 'utf8',
    },
  );
  return { status, stdout, stderr };
}

function program(text: string): string {
  const file = path('program.cjs');
  writeFileSync(file, `const { default: torch } = require(${JSON.stringify(root)});\n${text}`);
  return file;
}

const rows = (table: string) => table.split('\n').filter((line) => /^ +\S+ +[\d.]+%/.test(line));

test('runs a program with its arguments, and shows where the time went', () => {
  const file = program(`
    for (let i = 0; i < 3; i++) torch.ones(8, 8).matmul(torch.ones(8, 8));
    console.log(process.argv.slice(2).join(' '), process.env.TSORCH_PROFILE);`);
  const options = ['--flops', '--memory', '--sort', 'count', '--limit=4', '--trace', path('trace.json.gz')];
  const { status, stdout, stderr } = profile(...options, file, '--limit', '7');
  expect([status, stdout]).toEqual([0, '--limit 7 undefined\n']);
  expect(rows(stderr)).toHaveLength(4);
  expect(stderr).toMatch(/Self CPU Mem .*Total KFLOPs/);
  const counts = rows(stderr).map((row) => Number(/ (\d+) +(--|[\d.]+) *$/.exec(row)![1]));
  expect(counts[0]).toBeGreaterThan(5);
  expect(counts).toEqual([...counts].sort((a, b) => b - a));
  const trace = JSON.parse(String(gunzipSync(readFileSync(path('trace.json.gz')))));
  expect(trace.traceEvents.some(({ name }: { name: string }) => name === 'aten::mm')).toBe(true);
});

test('the first row has what no operator took', () => {
  const { stderr } = profile('--sort', 'cpu_time_total', program('torch.ones(2);'));
  expect(rows(stderr)[0]).toMatch(/^ *program\.cjs .* 100\.00% /);
});

test('lines of the program', () => {
  const { stderr } = profile('--stack', '--limit', '0', program('torch.ones(2);'));
  expect(stderr).toMatch(/program\.cjs\(2\)/);
});

test('a program that fails has its table and its exit code', () => {
  const { status, stderr } = profile(program('torch.ones(2);\nthrow new Error("bad");'));
  expect(status).toBe(1);
  expect(stderr).toContain('Error: bad');
  expect(stderr).toContain('aten::ones');
  expect(profile(program('torch.ones(2);\nprocess.exit(3);')).status).toBe(3);
});

test('the help, for what is not understood', () => {
  for (const args of [[], ['--loud', 'x.js'], ['--limit', 'all', 'x.js']]) {
    const { status, stderr } = profile(...args);
    expect(status).not.toBe(0);
    expect(stderr).toContain('usage: npx tsorch profile [options] script.js');
  }
});
