// npm run doctor, and npx tsorch doctor at the user's: what tsorch builds and runs with, and what to do where something
// is missing.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { atLeast, buildTools, describe, pip } from './tools/requirements.mjs';
import { capture, isCheckout, root, script } from './tools/run.mjs';

const build = isCheckout ? 'npm run build' : 'npx tsorch build';

/** @typedef {import('./tools/requirements.mjs').Finding} Finding */

/** @returns {Finding} */
function packages() {
  const name = 'npm packages';
  if (existsSync(join(root, 'node_modules', '.package-lock.json'))) return { name, state: 'installed' };
  return { name, state: 'not installed', remedy: 'npm ci (npm start and npm test do it too)' };
}

/** @returns {Promise<Finding[]>} */
async function libtorch() {
  const name = 'libtorch';
  try {
    const { readChoice } = await import('./libtorch/choice.mjs');
    const { resolve } = await import('./libtorch/resolve.mjs');
    const { cacheFolder } = await import('./libtorch/cache.mjs');
    const variant = process.env.TSORCH_VARIANT || undefined;
    const choice = readChoice(variant) ?? (await resolve({ variant, offline: true }));
    return [
      { name, state: `${choice.version} (${choice.variant}) from ${choice.source}: ${choice.path}` },
      ...(isCheckout ? [{ name: 'operators', state: choice.yaml }] : []),
      await devices(choice),
      { name: 'cache', state: cacheFolder() },
    ];
  } catch (error) {
    const state = error instanceof Error ? error.message : String(error);
    const remedy = isCheckout
      ? 'npm run libtorch fetches it (npm start and npm test do it too)'
      : `${build} fetches it`;
    return [{ name, state, remedy }];
  }
}

/**
 * Device support is a matter of which libraries are there, and whether they find the ones they need.
 * @param {import('./libtorch/inspect.mjs').Libtorch} choice
 * @returns {Promise<Finding>}
 */
async function devices({ path, variant }) {
  const name = 'devices';
  if (variant === 'cpu') return { name, state: 'cpu' };
  const { stdout } = await capture('ldd', [join(path, 'lib', 'libtorch_cuda.so')]);
  const missing = [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1]);
  if (!missing.length) return { name, state: `cpu, cuda (${variant})` };
  const remedy = `install NVIDIA's libraries: python3 -m pip install torch with +${variant} and set LIBTORCH to its folder`;
  return { name, state: `cuda (${variant}), but not found: ${missing.join(', ')}`, remedy };
}

/** The addon: of a package, or built here. @returns {Promise<Finding>} */
async function addon() {
  const name = 'addon';
  const loader = join(root, 'dist', 'native', 'loader.js');
  if (!existsSync(loader)) return { name, state: 'not built', remedy: build };
  // In a process of its own: a broken addon may end it.
  const code = `console.log(require(${JSON.stringify(loader)}).findAddon().from)`;
  const { status, stdout, stderr } = await capture(process.execPath, ['-e', code]);
  if (status === 0) return { name, state: `loads: ${stdout.trim()}` };
  const reason = stderr.match(/Error: (.*?)\n {4}at /s)?.[1] ?? stderr.trim();
  return { name, state: reason, remedy: build };
}

await script(async () => {
  const node = {
    name: 'Node.js',
    state: `v${process.versions.node} ${process.platform}-${process.arch} (${process.execPath})`,
  };
  const found = await addon();
  // Then nothing else is needed.
  const isPrebuilt = found.state.startsWith('loads: @tsorch/');
  const findings = [
    atLeast(node, [20, 17]),
    ...(isCheckout ? [packages()] : []),
    ...(isPrebuilt ? [] : [...(await buildTools()), await pip(), ...(await libtorch())]),
    found,
  ];
  for (const variable of ['LIBTORCH', 'TSORCH_VARIANT', 'TSORCH_ADDON']) {
    if (process.env[variable]) findings.push({ name: variable, state: `${process.env[variable]} (environment)` });
  }
  console.log(findings.map(describe).join('\n'));
  if (findings.some((finding) => finding.remedy)) process.exitCode = 1;
});
