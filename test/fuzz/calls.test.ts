/** A fixed share of `npm run fuzz`, which takes other seeds and more calls. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..');

it('answers 4,000 hostile calls with results or with typed errors', () => {
  const args = ['scripts/stress/fuzz.mjs', '--seed', '2013', '--calls', '4000'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  const findings = stdout.split('\n').filter((line) => line.startsWith('{'));
  expect({ findings, stderr, status }).toEqual({ findings: [], stderr: '', status: 0 });
}, 240_000);
