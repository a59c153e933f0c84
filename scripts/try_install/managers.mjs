// The package managers, and how each is told to use a registry and a folder of its own for what it keeps; the runtimes.
import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root } from '../tools/run.mjs';

const programs = join(root, 'scripts', 'try_install', 'node_modules');

const bun = join(programs, '@oven', `bun-${process.platform}-${process.arch}`, 'bin', 'bun');

/** npm's JavaScript. */
function npm() {
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'npm'))
    .find(existsSync);
  if (!found) throw new Error('no npm in PATH');
  return realpathSync(found);
}

/**
 * @typedef {object} Place
 * @property {string} project
 * @property {string} registry
 * @property {string} cache  a folder for what the manager keeps
 *
 * @typedef {object} Manager
 * @property {(place: Place) => string[]} add  the command that installs tsorch, after writing what it reads
 * @property {string[]} node  options with which Node.js finds the packages
 */

/** @param {string} linker @returns {Manager['add']} */
const yarn = (linker) => (place) => {
  const settings = {
    nodeLinker: linker,
    npmRegistryServer: place.registry,
    unsafeHttpWhitelist: ['127.0.0.1'],
    npmMinimalAgeGate: 0, // what is to be installed was published a moment ago
    enableTelemetry: false,
    enableGlobalCache: false,
    compressionLevel: 0, // seconds instead of minutes
    enableImmutableInstalls: false,
    globalFolder: place.cache,
  };
  writeFileSync(join(place.project, '.yarnrc.yml'), JSON.stringify(settings));
  writeFileSync(join(place.project, 'yarn.lock'), '');
  return [process.execPath, join(programs, '@yarnpkg', 'cli-dist', 'bin', 'yarn.js'), 'add', 'tsorch'];
};

/** @type {Record<string, Manager>} */
export const managers = {
  npm: {
    node: [],
    add: ({ registry, cache }) => [
      ...[process.execPath, npm(), 'install', 'tsorch', '--no-audit', '--no-fund'],
      ...['--registry', registry, '--cache', cache],
    ],
  },
  pnpm: {
    node: [],
    add: ({ registry, cache }) => [
      ...[process.execPath, join(programs, 'pnpm', 'bin', 'pnpm.cjs'), 'add', 'tsorch'],
      ...['--registry', registry, '--store-dir', join(cache, 'store'), `--config.cache-dir=${join(cache, 'cache')}`],
      ...[`--config.state-dir=${join(cache, 'state')}`],
    ],
  },
  'yarn with node_modules': { node: [], add: yarn('node-modules') },
  "yarn with Plug'n'Play": { node: ['--require', './.pnp.cjs'], add: yarn('pnp') },
  bun: {
    node: [],
    add({ project, registry, cache }) {
      writeFileSync(
        join(project, 'bunfig.toml'),
        `telemetry = false\n[install]\nregistry = ${JSON.stringify(registry)}\n[install.cache]\ndir = ${JSON.stringify(cache)}\n`,
      );
      mkdirSync(cache, { recursive: true });
      return [bun, 'add', 'tsorch'];
    },
  },
};

/** Node.js of the versions that are supported, by name. */
export const nodes = Object.fromEntries(
  ['20', '22', '24'].map((version) => [`Node.js ${version}`, join(programs, `node-${version}`, 'bin', 'node')]),
);

/** Other runtimes, with what comes before the name of the program. @type {Record<string, string[]>} */
export const runtimes = {
  Bun: [bun],
  Deno: [join(programs, '@deno', `${process.platform}-${process.arch}-glibc`, 'deno'), 'run', '--allow-all'],
};
