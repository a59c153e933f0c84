// Finds libtorch, or fetches it: LIBTORCH, the user's cache, a Python torch, pip's wheel, the official archive.
import { resolve as absolute } from 'node:path';
import { fetchYaml, packagedYaml } from './declarations.mjs';
import { pins, platform } from './pins.mjs';
import { checked, fromArchive, fromCache, fromPip, fromPython } from './sources.mjs';

/**
 * @typedef {import('./inspect.mjs').Libtorch & { source: string }} Found  and where it came from
 * @typedef {Found & { yaml: string }} Choice  and the folder with the operator declarations
 */

/**
 * @typedef {object} Wish
 * @property {string} [variant] cpu, cu126 or cu130; without it any LIBTORCH or Python torch will do, else cpu
 * @property {NodeJS.ProcessEnv} [env]
 * @property {boolean} [offline] only look, fetch nothing
 * @property {(message: string) => void} [say]
 */

/**
 * A libtorch with the declarations of its operators.
 * @param {Wish} wish
 * @returns {Promise<Choice>}
 * @throws {Error} naming everything tried and what to do
 */
export async function resolve(wish) {
  const found = await findLibtorch(wish);
  return { ...found, yaml: await declarations(found, wish) };
}

/**
 * The folder with the yaml files that declare a libtorch's operators.
 * @param {import('./inspect.mjs').Libtorch} libtorch
 * @param {Wish} [wish]
 */
export async function declarations({ path, version }, { env = process.env, offline = false } = {}) {
  return packagedYaml(path) ?? (await fetchYaml(version, { env, offline }));
}

/**
 * A libtorch alone: an installed package brings the tables of operators with it.
 * @param {Wish} wish
 * @returns {Promise<Found>}
 * @throws {Error} naming everything tried and what to do
 */
export async function findLibtorch({ variant, env = process.env, offline = false, say = () => {} }) {
  if (variant && !pins.variants.includes(variant)) {
    throw new Error(`unknown libtorch variant '${variant}': it is one of ${pins.variants.join(', ')}`);
  }
  const wanted = variant ?? 'cpu';
  // A folder named explicitly is used or refused, never passed over.
  if (env.LIBTORCH) return { ...checked(absolute(env.LIBTORCH), variant), source: 'LIBTORCH' };

  const local = { cache: fromCache, 'Python torch': fromPython };
  const remote = { pip: fromPip, 'official archive': fromArchive };
  const tried = [];
  for (const [source, attempt] of Object.entries(offline ? local : { ...local, ...remote })) {
    try {
      return { ...(await attempt({ variant, wanted, env, say })), source };
    } catch (error) {
      tried.push(`  ${source}: ${error instanceof Error ? error.message : error}`);
    }
  }
  const what = `no libtorch ${pins.version} (${wanted}) for ${platform}. Tried, besides LIBTORCH (not set):`;
  throw new Error(`${what}\n${tried.join('\n')}\n${remedies(wanted)}`);
}

/** @param {string} variant */
function remedies(variant) {
  const { min, max } = pins.supported;
  const index = `https://download.pytorch.org/whl/${variant}`;
  return [
    'What to do, any one of:',
    `  - set LIBTORCH to an unpacked libtorch ${min} to ${max} (a folder with lib/ and include/)`,
    `  - let pip reach a torch wheel: PIP_INDEX_URL=${index}, or PIP_FIND_LINKS=<folder with the wheel>`,
    `  - install it for Python: python3 -m pip install torch==${pins.version} --index-url ${index}`,
    '  - behind a proxy, set HTTPS_PROXY (and NODE_EXTRA_CA_CERTS for its certificate)',
  ].join('\n');
}
