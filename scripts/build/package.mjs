// The build of an installed package: libtorch, and the addon; the JavaScript is in the package.
import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pins } from '../libtorch/pins.mjs';
import { declarations } from '../libtorch/resolve.mjs';
import { chooseLibtorchAlone } from '../libtorch.mjs';
import { buildAddon } from '../tools/cmake.mjs';
import { locked } from '../tools/lock.mjs';
import { buildTools, describe } from '../tools/requirements.mjs';
import { root, run } from '../tools/run.mjs';

/**
 * @param {string} [variant] of libtorch
 * @throws {Error} saying what is missing and what to do
 */
export async function buildPackage(variant) {
  if (!existsSync(join(root, 'dist', 'entries', 'main.js')))
    throw new Error('this package has no compiled JavaScript: make it with `npm pack` in a checkout');
  await checkTools();
  const onWait = () => console.error('tsorch: another process is building this package; waiting for it');
  await locked(join(root, 'build', 'lock'), onWait, async () => {
    const libtorch = await chooseLibtorchAlone(variant);
    await chooseTables(libtorch);
    console.error('tsorch: compiling the addon, a minute or more');
    await compile(libtorch.path);
  });
}

/** Before libtorch's hundreds of megabytes are fetched. */
async function checkTools() {
  const missing = (await buildTools()).filter(({ remedy }) => remedy);
  if (missing.length) throw new Error(`the addon cannot be built here:\n${missing.map(describe).join('\n')}`);
}

/** @param {string} libtorch */
async function compile(libtorch) {
  try {
    await buildAddon(join(root, 'build', 'Release'), [`-DLIBTORCH=${libtorch}`, '-DTSORCH_WERROR=OFF']);
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    const hint =
      'The compiler or CMake says why, above. It takes C++20 (CXX names another compiler) and 1.5 GiB of memory for each\n' +
      'process (CMAKE_BUILD_PARALLEL_LEVEL=1 runs one at a time).';
    throw new Error(`the addon could not be compiled: ${reason}\n${hint}`, { cause: error });
  }
}

/**
 * The tables of operators in the package are those of the pinned libtorch; another version gets its own. Files are
 * replaced, not written to: pnpm's are hard links into a store that all projects share.
 * @param {import('../libtorch/inspect.mjs').Libtorch} libtorch
 */
async function chooseTables(libtorch) {
  const used = join(root, 'dist', 'generated', 'operators.json');
  const shipped = `${used}.${pins.version}`;
  if (libtorch.version === pins.version) {
    if (existsSync(shipped)) renameSync(shipped, used);
    return;
  }
  if (!existsSync(shipped)) copyFileSync(used, shipped);
  const yaml = await declarations(libtorch);
  const natives = ['--native-functions', join(yaml, 'ATen/native/native_functions.yaml')];
  const deprecated = ['--deprecated', join(yaml, 'autograd/deprecated.yaml')];
  const output = join(root, 'build', 'tables');
  await run(process.execPath, ['scripts/generate/index.mjs', ...natives, ...deprecated, '--output', output]);
  renameSync(join(output, 'generated', 'operators.json'), used);
  rmSync(output, { recursive: true });
}
