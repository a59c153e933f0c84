// npm run check:libtorch -- FOLDER ...: compiles the addon against each of these libtorchs (folders with lib/ and include/,
// as `pip download torch==2.14.1 --no-deps` unpacked has them), since the headers change from version to version.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inspect } from './libtorch/inspect.mjs';
import { run, script } from './tools/run.mjs';

/** @param {string} libtorch */
async function compile(libtorch) {
  const { version, variant } = inspect(libtorch);
  const folder = mkdtempSync(join(tmpdir(), `tsorch-${version}-`));
  try {
    await run('cmake', ['-S', '.', '-B', folder, `-DLIBTORCH=${libtorch}`, '-DTSORCH_LTO=OFF']);
    await run('cmake', ['--build', folder, '--parallel', String(availableParallelism())]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`libtorch ${version} (${variant}): compiles and links`);
}

await script(async () => {
  const folders = process.argv.slice(2);
  if (!folders.length) throw new Error('usage: npm run check:libtorch -- FOLDER ...');
  for (const folder of folders) await compile(resolve(folder));
});
