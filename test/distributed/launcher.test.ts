/** `npx tsorch run`, and torchrun with programs of Node. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { withPython } from '../setup/python';

const root = join(__dirname, '..', '..', '..');
const program = join(__dirname, 'programs', 'launched.js');
const ours = [process.execPath, join(root, 'scripts', 'cli.mjs'), 'run'];

interface Ran {
  readonly code: number | null;
  readonly out: string[];
  readonly err: string;
}

function begin(command: readonly string[], env: Record<string, string>): { child: ChildProcess; ended: Promise<Ran> } {
  const child = spawn(command[0]!, command.slice(1), { env: { ...process.env, ...env } });
  let out = '';
  let err = '';
  child.stdout.on('data', (text) => {
    out += text;
  });
  child.stderr.on('data', (text) => {
    err += text;
  });
  const ended = new Promise<Ran>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out: out.split('\n').filter(Boolean).sort(), err }));
  });
  return { child, ended };
}

const run = (CASE: string, args: readonly string[], env: Record<string, string> = {}) =>
  begin([...ours, ...args], { CASE, ...env }).ended;

test('processes are told what torchrun tells them', async () => {
  const options = ['--standalone', '--nproc_per_node=2', '--max-restarts', '3', '--rdzv-id', 'job'];
  const { code, out } = await run('told', [...options, program, '--lr', '1']);
  const lineOf = (rank: number) =>
    `[default${rank}]:${JSON.stringify([`${rank}`, '2', `${rank}`, '2', '0', '127.0.0.1', '3', 'job', '--lr', '1'])}`;
  expect([code, out]).toEqual([0, [lineOf(0), lineOf(1)]]);
});

test('a machine of several counts its ranks from those before it', async () => {
  const options = ['--nnodes=3', '--node-rank=2', '--master-addr', 'example.org'];
  const { out } = await run('told', [...options, program], { PET_NPROC_PER_NODE: '1' });
  expect(out).toEqual([JSON.stringify(['2', '3', '0', '1', '2', 'example.org', '0', 'none'])]);
});

test('one that fails ends all, and is named', async () => {
  const { code, err } = await run('fails', ['--standalone', '--nproc-per-node', '2', program]);
  expect(code).toBe(1);
  expect(err).toMatch(/rank 1 \(local rank 1, pid \d+\) failed: exit code 3/);
});

test('all are started anew', async () => {
  const options = ['--standalone', '--nproc-per-node', '2', '--max-restarts', '1', '--role', 'trainer'];
  const { code, out, err } = await run('fails_once', [...options, program]);
  expect([code, out.filter((line) => line.endsWith('attempt 1'))]).toEqual([
    0,
    ['[trainer0]:attempt 1', '[trainer1]:attempt 1'],
  ]);
  expect(err).toContain('failed: signal SIGKILL');
});

test('signals reach the processes', async () => {
  const { child, ended } = begin([...ours, '--standalone', '--nproc-per-node', '2', program], { CASE: 'waits' });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  child.kill('SIGTERM');
  expect((await ended).code).toBe(128 + 15);
});

test('any command can be run', async () => {
  const { code, out } = await run('told', ['--standalone', '--no-python', process.execPath, '-p', '6 * 7']);
  expect([code, out]).toEqual([0, ['42']]);
});

test.each([
  [[], 'usage: npx tsorch run'],
  [['--nproc-per-node', 'many', 'x.js'], "--nproc-per-node must be a number, but is 'many'"],
  [['--nodes', '2', 'x.js'], 'tsorch run has no option --nodes'],
  [['--nnodes', '1:4', 'x.js'], '--nnodes must be one number'],
  [['--node-rank', '1', 'x.js'], '--node-rank must be less than --nnodes'],
])('%p is refused', async (args, message) => {
  const { code, err } = await run('told', args);
  expect(code).not.toBe(0);
  expect(err).toContain(message);
});

const joined = ['sum 3, launched true', 'sum 3, launched true'];
const withoutPrefix = (lines: string[]) => lines.map((line) => line.replace(/^\[default\d\]:/, ''));

test('the processes are a group', async () => {
  const { code, out } = await run('joins', ['--standalone', '--nproc-per-node', '2', program]);
  expect([code, withoutPrefix(out)]).toEqual([0, joined]);
});

withPython('torchrun starts programs of Node', async () => {
  const python = process.env.PYTHON ?? 'python3';
  const torchrun = [python, '-m', 'torch.distributed.run', '--standalone', '--nproc-per-node', '2', '--no-python'];
  const { code, out } = await begin([...torchrun, process.execPath, program], { CASE: 'joins' }).ended;
  expect([code, out]).toEqual([0, joined]);
});
