// npm run clean: removes everything the build made. The user's cache with libtorch stays.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './tools/run.mjs';

const made = readdirSync(root).filter(
  (name) => ['dist', 'out', 'build', '.libtorch.json'].includes(name) || name.startsWith('build-'),
);
for (const name of [...made, join('lib', 'generated')]) rmSync(join(root, name), { recursive: true, force: true });
