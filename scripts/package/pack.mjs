// npm run pack:all: the packages as tarballs, in out/packages. Of this machine's platform, after npm run prebuilt:
// @tsorch/libtorch-<platform> and @tsorch/<platform>; then tsorch itself, which names the platforms whose tarballs lie there.
//
// -- --platform packs only the first two, -- --main only the last (a release gathers the others from several machines).
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { readChoice } from '../libtorch/choice.mjs';
import { inspect } from '../libtorch/inspect.mjs';
import { pins } from '../libtorch/pins.mjs';
import { capture, node, root, run, script } from '../tools/run.mjs';
import { platforms, thisPlatform } from './platforms.mjs';

const output = join(root, 'out', 'packages');
const limit = 150e6; // registries take about 200 MB
const description = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { version, license, author, repository, engines } = description;
const shared = { license, author, repository };

const libtorchName = (/** @type {string} */ platform) => `@tsorch/libtorch-${platform}`;
const addonName = (/** @type {string} */ platform) => `@tsorch/${platform}`;
const tarballOf = (/** @type {string} */ name, /** @type {string} */ itsVersion) =>
  join(output, `${name.replace('@', '').replace('/', '-')}-${itsVersion}.tgz`);

/** The libtorch of this checkout, if it is the one that releases are made of. */
export function pinnedLibtorch() {
  const choice = readChoice();
  if (!choice) throw new Error('no libtorch chosen yet: run `npm run build`');
  const { version: found, variant } = inspect(choice.path);
  if (found !== pins.version || variant !== 'cpu')
    throw new Error(
      `packages are made of libtorch ${pins.version} (cpu), whose tables they have, not ${found} (${variant})`,
    );
  return choice.path;
}

/**
 * Packs a folder of its own.
 * @param {Record<string, unknown> & { name: string, version: string }} manifest
 * @param {(folder: string) => unknown} fill
 */
async function pack(manifest, fill) {
  const folder = join(output, 'stage', manifest.name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await fill(folder);
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const { status, stderr } = await capture('npm', ['pack', '--ignore-scripts', '--pack-destination', output], {
    cwd: folder,
  });
  if (status !== 0) throw new Error(`npm pack of ${manifest.name}: ${stderr}`);
  rmSync(folder, { recursive: true });
  const tarball = tarballOf(manifest.name, manifest.version);
  const { size } = statSync(tarball);
  if (size > limit) throw new Error(`${tarball} has ${size} bytes, more than registries take`);
  console.log(`${tarball}: ${(size / 1e6).toFixed(1)} MB`);
}

/** @param {string} folder @param {string[]} wanted patterns of file names */
function matching(folder, wanted) {
  const patterns = wanted.map((name) => new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '.*')}$`));
  return readdirSync(folder).filter((name) => patterns.some((pattern) => pattern.test(name)));
}

/** PyTorch's licence and those of its parts, which a wheel brings. @param {string} libtorch @param {string} folder */
function copyLicences(libtorch, folder) {
  const beside = dirname(libtorch);
  const info = readdirSync(beside).find((name) => /^torch-.*\.dist-info$/.test(name));
  if (!info || !existsSync(join(beside, info, 'licenses')))
    throw new Error(`${beside} has no licences beside libtorch: take it from PyTorch's wheel`);
  cpSync(join(beside, info, 'licenses'), join(folder, 'licenses'), { recursive: true });
}

/** @param {string} name @param {string} text */
const readme = (name, text) => `# ${name}\n\n${text} It is a part of tsorch, which installs it.\n`;

async function packLibtorch() {
  const { name: platform, os, cpu, libc, libraries, strip } = thisPlatform();
  const libtorch = pinnedLibtorch();
  const name = libtorchName(platform);
  const what = `The shared libraries of libtorch ${pins.version} for ${platform}, without CUDA.`;
  const manifest = {
    ...{ name, version: pins.version, description: what, ...shared },
    ...{ os: [os], cpu: [cpu], ...(libc && { libc: [libc] }) },
    main: `lib/${libraries[0]}`,
    preferUnplugged: true,
  };
  await pack(manifest, async (folder) => {
    mkdirSync(join(folder, 'lib'));
    const found = matching(join(libtorch, 'lib'), libraries);
    if (!found.includes(libraries[0])) throw new Error(`${libtorch} has no ${libraries[0]}`);
    for (const file of found) {
      copyFileSync(join(libtorch, 'lib', file), join(folder, 'lib', file));
      const [program, ...options] = strip;
      if (program) await run(program, [...options, join(folder, 'lib', file)]);
    }
    copyLicences(libtorch, folder);
    writeFileSync(join(folder, 'README.md'), readme(name, what));
  });
}

async function packAddon() {
  const { name: platform, os, cpu, libc } = thisPlatform();
  const name = addonName(platform);
  const prebuilt = join(root, 'out', 'prebuilt', platform);
  if (!existsSync(join(prebuilt, 'prebuilt.json')))
    throw new Error(`no addon in ${prebuilt}: run \`npm run prebuilt\``);
  const { libtorch } = JSON.parse(readFileSync(join(prebuilt, 'prebuilt.json'), 'utf8'));
  if (libtorch !== pins.version)
    throw new Error(`${prebuilt} was built with libtorch ${libtorch}, not ${pins.version}`);
  const what = `The native addon of tsorch for ${platform}.`;
  const manifest = {
    ...{ name, version, description: what, ...shared, engines },
    ...{ os: [os], cpu: [cpu], ...(libc && { libc: [libc] }) },
    main: 'tsorch.node',
    preferUnplugged: true,
    dependencies: { [libtorchName(platform)]: pins.version },
  };
  await pack(manifest, (folder) => {
    for (const file of ['tsorch.node', 'preload.node']) copyFileSync(join(prebuilt, file), join(folder, file));
    copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
    writeFileSync(join(folder, 'README.md'), readme(name, what));
  });
}

/** tsorch's own package.json: this checkout's, less what is for development. */
function mainManifest() {
  const {
    private: _private,
    scripts: _scripts,
    devDependencies: _development,
    files: _files,
    gypfile: _gypfile,
    ...kept
  } = description;
  const prebuilt = Object.keys(platforms)
    .map(addonName)
    .filter((name) => existsSync(tarballOf(name, version)));
  const optionalDependencies = Object.fromEntries(prebuilt.map((name) => [name, version]));
  return { ...kept, preferUnplugged: true, optionalDependencies };
}

async function packMain() {
  pinnedLibtorch();
  await node('scripts/build.mjs', 'generate', 'lib', 'native', 'esm');
  const { stdout } = await capture('npm', ['pack', '--dry-run', '--json', '--ignore-scripts']);
  await pack(mainManifest(), (folder) => {
    for (const { path } of JSON.parse(stdout)[0].files) cpSync(join(root, path), join(folder, path));
  });
}

await script(async () => {
  const { values } = parseArgs({ options: { platform: { type: 'boolean' }, main: { type: 'boolean' } } });
  mkdirSync(output, { recursive: true });
  if (!values.main) {
    await packLibtorch();
    await packAddon();
  }
  if (!values.platform) await packMain();
});
