// npm run prebuilt (npm would run a script named prebuild before every build): the addon for other machines, in
// out/prebuilt/<platform>, built against the libtorch of this checkout.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseLibtorch } from '../libtorch.mjs';
import { buildAddon } from '../tools/cmake.mjs';
import { locked } from '../tools/lock.mjs';
import { root, script } from '../tools/run.mjs';
import { thisPlatform } from './platforms.mjs';
import { lostInStandIns, makeStandIns, newestAsked, tooNew } from './symbols.mjs';

const prebuiltFolder = (/** @type {string} */ platform) => join(root, 'out', 'prebuilt', platform);

/** Versions of the system's symbols that libtorch asks for: the addon may ask for them too. @param {string} libtorch */
const limitsOf = (libtorch) => newestAsked(librariesOf(libtorch));

const librariesOf = (/** @type {string} */ libtorch) =>
  ['libtorch_cpu.so', 'libc10.so'].map((name) => join(libtorch, 'lib', name));

/** @param {string} addon @param {string} libtorch @param {Map<string, string>} limits */
async function checkSymbols(addon, libtorch, limits) {
  const problems = [...(await tooNew(addon, limits)), ...(await lostInStandIns(addon, librariesOf(libtorch)))];
  if (problems.length) throw new Error(`${addon} asks for more than libtorch does: ${problems.join(', ')}`);
}

async function makeAddon() {
  const { name, rpath, oldSymbols } = thisPlatform();
  const libtorch = await chooseLibtorch();
  if (libtorch.variant !== 'cpu') throw new Error(`packages are built for the CPU, not ${libtorch.variant}`);
  const folder = prebuiltFolder(name);
  const limits = oldSymbols ? await limitsOf(libtorch.path) : new Map();
  const standIns = oldSymbols ? await makeStandIns(join(folder, 'stand-ins'), limits) : [];
  const options = {
    LIBTORCH: libtorch.path,
    TSORCH_PREBUILD: 'ON',
    TSORCH_RPATH: rpath,
    TSORCH_STAND_INS: standIns.join(';'),
  };
  await buildAddon(
    folder,
    Object.entries(options).map(([key, value]) => `-D${key}=${value}`),
  );
  if (oldSymbols)
    for (const file of ['tsorch.node', 'preload.node']) await checkSymbols(join(folder, file), libtorch.path, limits);
  writeFileSync(join(folder, 'prebuilt.json'), `${JSON.stringify({ libtorch: libtorch.version }, null, 2)}\n`);
  console.log(
    `${folder}: tsorch.node for libtorch ${libtorch.version}, symbols up to ${[...limits.values()].join(', ')}`,
  );
}

const waiting = () => console.error('tsorch: another build of this checkout is running; waiting for it');
await script(() => locked(join(root, 'out', 'build.lock'), waiting, makeAddon));
