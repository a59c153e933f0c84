// npm run clean: removes everything the build made. The user's cache with libtorch stays.
import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from '../tools/run.mjs';

const made = readdirSync(root).filter(
  (name) => ['dist', 'out', 'build', '.libtorch.json'].includes(name) || name.startsWith('build-'),
);
const generated = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' })
  .filter((name) => basename(name) === 'generated')
  .map((name) => join('lib', name));
for (const name of [...made, ...generated]) rmSync(join(root, name), { recursive: true, force: true });
