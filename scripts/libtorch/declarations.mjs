// The yaml files that declare libtorch's operators. Python's wheel brings them; the official archive does not.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder, installOnce } from './cache.mjs';
import { download } from './download.mjs';
import { pins } from './pins.mjs';

/**
 * The folder that came with a libtorch: a wheel installs it beside `torch`.
 * @param {string} libtorch
 * @returns {string | undefined}
 */
export function packagedYaml(libtorch) {
  const folder = join(dirname(libtorch), 'torchgen', 'packaged');
  return pins.yaml.files.every((file) => existsSync(join(folder, file.path))) ? folder : undefined;
}

/**
 * The folder in the user's cache, fetched from PyTorch's repository when missing.
 * @param {string} version
 * @param {{ env: NodeJS.ProcessEnv, offline: boolean }} options
 */
export async function fetchYaml(version, { env, offline }) {
  const target = join(cacheFolder(env), `torchgen-${version}`);
  if (existsSync(target)) return target;
  const what = `the operator declarations (native_functions.yaml) of libtorch ${version}`;
  if (offline) throw new Error(`${what} are missing: run \`npm run libtorch\``);
  const source = pins.yaml.source.replace('{version}', version);
  try {
    await installOnce(target, console.error, async (folder) => {
      for (const file of pins.yaml.files) {
        const sha256 = version === pins.version ? file.sha256 : undefined;
        await download(source + file.source, join(folder, file.path), sha256);
      }
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    const byHand = `Put its yaml files into ${target}/ATen/native and ${target}/autograd by hand.`;
    throw new Error(`could not fetch ${what}: ${reason}\n${byHand}`, { cause: error });
  }
  return target;
}
