// Finds libtorch, or fetches it: LIBTORCH, the user's cache, a Python torch, pip's wheel, the official archive.
import { existsSync, rmSync } from 'node:fs';
import { resolve as absolute, basename, join } from 'node:path';
import { cacheFolder, installOnce } from './cache.mjs';
import { download } from './download.mjs';
import { extract } from './extract.mjs';
import { inspect, packagedYaml } from './inspect.mjs';
import { pins, platform, verify } from './pins.mjs';
import { installedTorch, pipDownload } from './python.mjs';

/**
 * @typedef {import('./inspect.mjs').Libtorch & { source: string, yaml: string }} Choice
 *   where it came from, and the folder with the operator declarations
 */

/**
 * @param {object} options
 * @param {string} [options.variant] cpu, cu126 or cu130; without it any LIBTORCH or Python torch will do, else cpu
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {boolean} [options.offline] only look, fetch nothing
 * @param {(message: string) => void} [options.say]
 * @returns {Promise<Choice>}
 * @throws {Error} naming everything tried and what to do
 */
export async function resolve({ variant, env = process.env, offline = false, say = () => {} }) {
  if (variant && !pins.variants.includes(variant)) {
    throw new Error(`unknown libtorch variant '${variant}': it is one of ${pins.variants.join(', ')}`);
  }
  const chosen = await find({ variant, env, offline, say });
  return { ...chosen, yaml: packagedYaml(chosen.path) ?? (await fetchYaml(chosen.version, env, offline)) };
}

async function find({ variant, env, offline, say }) {
  // A folder named explicitly is used or refused, never passed over.
  if (env.LIBTORCH) return { ...checked(absolute(env.LIBTORCH), variant), source: 'LIBTORCH' };

  const wanted = variant ?? 'cpu';
  const target = join(cacheFolder(env), `libtorch-${pins.version}-${wanted}`);
  const cached = () => checked(join(target, 'torch'), wanted);
  const fetched = async (make) => {
    await installOnce(target, make, say);
    return cached();
  };
  const sources = [
    ['cache', () => (existsSync(target) ? cached() : missing(`no ${target}`))],
    ['Python torch', () => fromPython(variant)],
  ];
  if (!offline) {
    sources.push(
      ['pip', () => fetched((folder) => fromPip(wanted, folder, say))],
      ['official archive', () => fetched((folder) => fromArchive(wanted, folder, env, say))],
    );
  }
  const tried = [];
  for (const [name, attempt] of sources) {
    try {
      return { ...(await attempt()), source: name };
    } catch (error) {
      tried.push(`  ${name}: ${error.message}`);
    }
  }
  throw new Error(`${notFound(wanted)}\n${tried.join('\n')}\n${remedies(wanted)}`);
}

const notFound = (variant) =>
  `no libtorch ${pins.version} (${variant}) for ${platform}. Tried, besides LIBTORCH (not set):`;

function remedies(variant) {
  const index = `https://download.pytorch.org/whl/${variant}`;
  return [
    'What to do, any one of:',
    `  - set LIBTORCH to an unpacked libtorch ${pins.supported.min} to ${pins.supported.max} (a folder with lib/ and include/)`,
    `  - let pip reach a torch wheel: PIP_INDEX_URL=${index}, or PIP_FIND_LINKS=<folder with the wheel>`,
    `  - install it for Python: python3 -m pip install torch==${pins.version} --index-url ${index}`,
    '  - behind a proxy, set HTTPS_PROXY (and NODE_EXTRA_CA_CERTS for its certificate)',
  ].join('\n');
}

function missing(message) {
  throw new Error(message);
}

function checked(path, variant) {
  const libtorch = inspect(path);
  if (variant && libtorch.variant !== variant) {
    throw new Error(
      `${path} is libtorch ${libtorch.version} for ${libtorch.variant}, but the variant asked for is ${variant}`,
    );
  }
  return libtorch;
}

function fromPython(variant) {
  const path = installedTorch() ?? missing('none');
  if (!packagedYaml(path)) missing(`${path} has no torchgen/packaged beside it`);
  return checked(path, variant);
}

async function fromPip(variant, folder, say) {
  const wheels = `${folder}-wheels`;
  try {
    say(`downloading the torch ${pins.version}+${variant} wheel with pip`);
    for (const wheel of pipDownload(variant, wheels)) {
      await verify(wheel, pins.sha256[basename(wheel)]);
      await extract(wheel, folder);
    }
    checked(join(folder, 'torch'), variant);
  } finally {
    rmSync(wheels, { recursive: true, force: true });
  }
}

async function fromArchive(variant, folder, env, say) {
  const url = pins.archives[`${platform}-${variant}`] ?? missing(`none for ${platform} and ${variant}`);
  const name = decodeURIComponent(basename(url));
  const file = join(cacheFolder(env), 'downloads', name);
  const sha256 = pins.sha256[name];
  say(`downloading ${url}${sha256 ? '' : ' (no pinned checksum: trusting HTTPS)'}`);
  if (!existsSync(file)) await download(url, file, sha256);
  await extract(file, folder);
  checked(join(folder, 'torch'), variant);
  rmSync(file);
}

/** Operator declarations of a libtorch that came without: the official archive has none. */
async function fetchYaml(version, env, offline) {
  const target = join(cacheFolder(env), `torchgen-${version}`);
  if (existsSync(target)) return target;
  const what = `the operator declarations (native_functions.yaml) of libtorch ${version}`;
  if (offline) throw new Error(`${what} are missing: run \`npm run libtorch\``);
  const source = pins.yaml.source.replace('{version}', version);
  try {
    await installOnce(
      target,
      async (folder) => {
        for (const file of pins.yaml.files) {
          const sha256 = version === pins.version ? file.sha256 : undefined;
          await download(source + file.source, join(folder, file.path), sha256);
        }
      },
      () => {},
    );
  } catch (error) {
    const folders = `${target}/ATen/native and ${target}/autograd`;
    throw new Error(`could not fetch ${what}: ${error.message}\nPut the yaml files into ${folders} by hand.`, {
      cause: error,
    });
  }
  return target;
}
