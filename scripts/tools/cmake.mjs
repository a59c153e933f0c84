// Builds the addon with plain CMake: for node-gyp, and for users, who have no cmake-js.
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { capture, root, run } from './run.mjs';

const gibibyte = 2 ** 30;

/** As many jobs as there are processors and memory for: reading libtorch's headers takes a compiler 1.3 GiB. */
const jobs = () =>
  process.env.CMAKE_BUILD_PARALLEL_LEVEL ||
  String(Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / (1.5 * gibibyte)))));

/**
 * Runs CMakeLists.txt in build/cmake and moves what it made to `target`. A move, since programs may have the old one loaded.
 * @param {string} target folder
 * @param {string[]} [options] of CMake's first run
 */
export async function buildAddon(target, options = []) {
  const folder = join(root, 'build', 'cmake');
  try {
    const hasNinja = (await capture('ninja', ['--version'])).status === 0;
    await run('cmake', ['-S', root, '-B', folder, ...(hasNinja ? ['-G', 'Ninja'] : []), ...options]);
    await run('cmake', ['--build', folder, '--parallel', jobs()]);
    mkdirSync(target, { recursive: true });
    for (const name of readdirSync(join(folder, 'Release')).filter((file) => file.endsWith('.node')))
      renameSync(join(folder, 'Release', name), join(target, name));
  } finally {
    rmSync(folder, { recursive: true, force: true }); // hundreds of megabytes
  }
}
