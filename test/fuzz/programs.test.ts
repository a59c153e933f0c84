/** A fixed share of `npm run fuzz:programs`, which takes other seeds and more programs. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..');

it('runs 50 random programs of 50 steps alike with noise in every callback, and leaves nothing', () => {
  const args = ['scripts/stress/fuzz_programs.mjs', '--seed', '2013', '--programs', '50'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  const findings = stdout.split('\n').filter((line) => line.startsWith('{'));
  expect({ findings, stderr, status }).toEqual({ findings: [], stderr: '', status: 0 });
}, 240_000);
