// node-gyp's build step: run CMakeLists.txt in build/ and leave the addon where node-gyp expects it.
import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join, resolve } from 'node:path';

const [root, productDir] = process.argv.slice(2).map((path) => resolve(path));
const buildDir = join(root, 'build', 'cmake');
const run = (/** @type {string[]} */ ...args) => execFileSync('cmake', args, { cwd: root, stdio: 'inherit' });
run('-S', root, '-B', buildDir);
run('--build', buildDir, '--parallel');
cpSync(join(buildDir, 'Release', 'tsorch.node'), join(productDir, 'tsorch.node'));
