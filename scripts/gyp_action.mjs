// node-gyp's build step: run CMakeLists.txt in build/cmake and leave the addon where node-gyp expects it.
import { copyFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { capture, run, script } from './tools/run.mjs';

const [root, productFolder] = process.argv.slice(2).map((path) => resolve(path));
const folder = join(root, 'build', 'cmake');

await script(async () => {
  const hasNinja = (await capture('ninja', ['--version'])).status === 0;
  await run('cmake', ['-S', root, '-B', folder, ...(hasNinja ? ['-G', 'Ninja'] : [])]);
  await run('cmake', ['--build', folder, '--parallel', String(availableParallelism())]);
  copyFileSync(join(folder, 'Release', 'tsorch.node'), join(productFolder, 'tsorch.node'));
});
