/** A fixed share of `npm run fuzz:files`, which takes other seeds and more files. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..');

it('reads or refuses 2,000 damaged files (seed 2013)', () => {
  const args = ['scripts/stress/fuzz_files.mjs', '--seed', '2013', '--files', '2000'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  const findings = stdout.split('\n').filter((line) => line.startsWith('{'));
  expect({ findings, stderr, status }).toEqual({ findings: [], stderr: '', status: 0 });
}, 240_000);
