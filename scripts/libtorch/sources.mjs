// The places libtorch can come from. Each gives an inspected folder, or throws why not.
import { existsSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cacheFolder, installOnce } from './cache.mjs';
import { packagedYaml } from './declarations.mjs';
import { download } from './download.mjs';
import { extract } from './extract.mjs';
import { inspect } from './inspect.mjs';
import { pins, platform, verify } from './pins.mjs';
import { installedTorch, pipDownload } from './python.mjs';

/**
 * @typedef {object} Request
 * @property {string} [variant]  undefined when any will do
 * @property {string} wanted     the variant to look for in the cache and to fetch
 * @property {NodeJS.ProcessEnv} env
 * @property {(message: string) => void} say
 */

/**
 * @param {string} path
 * @param {string} [variant]
 */
export function checked(path, variant) {
  const libtorch = inspect(path);
  if (!variant || libtorch.variant === variant) return libtorch;
  const { version, variant: found } = libtorch;
  throw new Error(`${path} is libtorch ${version} for ${found}, but the variant asked for is ${variant}`);
}

const cacheTarget = (/** @type {Request} */ { env, wanted }) =>
  join(cacheFolder(env), `libtorch-${pins.version}-${wanted}`);

/** @param {Request} request */
export function fromCache(request) {
  const target = cacheTarget(request);
  if (!existsSync(target)) throw new Error(`no ${target}`);
  return checked(join(target, 'torch'), request.wanted);
}

/** @param {Request} request */
export async function fromPython({ variant, env }) {
  const path = await installedTorch(env);
  if (!path) throw new Error('none installed');
  if (!packagedYaml(path)) throw new Error(`${path} has no torchgen/packaged beside it`);
  return checked(path, variant);
}

/** @param {Request} request */
export async function fromPip(request) {
  const { env, wanted, say } = request;
  await installOnce(cacheTarget(request), say, async (folder) => {
    const wheels = `${folder}-wheels`;
    try {
      say(`downloading the torch ${pins.version}+${wanted} wheel with pip`);
      for (const wheel of await pipDownload(wanted, wheels, env)) {
        const sha256 = pins.sha256[basename(wheel)];
        if (!sha256) say(`${basename(wheel)} has no pinned checksum: pip checked its index's, RECORD is checked next`);
        await verify(wheel, sha256);
        await extract(wheel, folder);
      }
      checked(join(folder, 'torch'), wanted);
    } finally {
      rmSync(wheels, { recursive: true, force: true });
    }
  });
  return fromCache(request);
}

/** @param {Request} request */
export async function fromArchive(request) {
  const { env, wanted, say } = request;
  const url = pins.archives[`${platform}-${wanted}`];
  if (!url) throw new Error(`there is none for ${platform} and ${wanted}`);
  const name = decodeURIComponent(basename(url));
  const file = join(cacheFolder(env), 'downloads', name);
  await installOnce(cacheTarget(request), say, async (folder) => {
    say(`downloading ${url}${pins.sha256[name] ? '' : ' (no pinned checksum: trusting HTTPS)'}`);
    await download(url, file, pins.sha256[name]);
    try {
      await extract(file, folder);
      checked(join(folder, 'torch'), wanted);
    } finally {
      rmSync(file);
    }
  });
  return fromCache(request);
}
