// npm run doctor: what this checkout builds and runs with, and what to do where something is missing.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { capture, root, script } from './tools/run.mjs';

/**
 * @typedef {object} Finding
 * @property {string} name
 * @property {string} state    what was found, or what is wrong
 * @property {string} [remedy] what to do; without one all is well
 */

const installHint =
  process.platform === 'darwin'
    ? 'install it: xcode-select --install; brew install cmake ninja'
    : 'install it: apt-get install g++ cmake ninja-build python3-pip, or what your system calls them';

/**
 * A program's first line of `--version`.
 * @param {string} name
 * @param {string[]} programs the first that runs counts
 * @returns {Promise<Finding>}
 */
async function program(name, programs) {
  for (const command of programs) {
    const [file, ...args] = command.split(' ');
    const { status, stdout } = await capture(file, [...args, '--version']);
    if (status === 0) return { name, state: `${stdout.split('\n')[0].trim()} (${command})` };
  }
  return { name, state: `not found (tried ${programs.join(', ')})`, remedy: installHint };
}

/**
 * @param {Finding} finding
 * @param {[number, number]} least
 * @returns {Finding}
 */
function atLeast(finding, least) {
  const found = finding.state.match(/(\d+)\.(\d+)/);
  if (finding.remedy || !found) return finding;
  const [major, minor] = [Number(found[1]), Number(found[2])];
  if (major > least[0] || (major === least[0] && minor >= least[1])) return finding;
  return { ...finding, remedy: `version ${least.join('.')} or later is needed; ${installHint}` };
}

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
      { name: 'operators', state: choice.yaml },
      await devices(choice),
      { name: 'cache', state: cacheFolder() },
    ];
  } catch (error) {
    const state = error instanceof Error ? error.message : String(error);
    return [{ name, state, remedy: 'npm run libtorch fetches it (npm start and npm test do it too)' }];
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

/** @returns {Promise<Finding>} */
async function addon() {
  const name = 'addon';
  const loader = join(root, 'dist', 'native', 'loader.js');
  if (!existsSync(loader)) return { name, state: 'not built', remedy: 'npm run build' };
  // In a process of its own: a broken addon may end it.
  const code = `const l = require(${JSON.stringify(loader)}); l.loadAddon(); console.log(l.addonCandidates()[0])`;
  const { status, stdout, stderr } = await capture(process.execPath, ['-e', code]);
  if (status === 0) return { name, state: `loads: ${stdout.trim()}` };
  const reason = stderr.match(/Error: (.*?)\n {4}at /s)?.[1] ?? stderr.trim();
  return { name, state: reason, remedy: 'npm run build' };
}

/** @param {Finding} finding */
function show({ name, state, remedy }) {
  console.log(`${remedy ? '✗' : '✓'} ${name.padEnd(13)} ${state.replaceAll('\n', '\n  ')}`);
  if (remedy) console.log(`  → ${remedy}`);
}

await script(async () => {
  const node = {
    name: 'Node.js',
    state: `v${process.versions.node} ${process.platform}-${process.arch} (${process.execPath})`,
  };
  const compiler = process.env.CXX ? [process.env.CXX] : ['c++', 'g++', 'clang++'];
  const findings = [
    atLeast(node, [20, 17]),
    packages(),
    await program('C++ compiler', compiler),
    atLeast(await program('CMake', ['cmake']), [3, 21]),
    await program('build tool', ['ninja', 'make']),
    await program('pip', ['python3 -m pip', 'python -m pip']),
    ...(await libtorch()),
    await addon(),
  ];
  for (const variable of ['LIBTORCH', 'TSORCH_VARIANT', 'TSORCH_ADDON']) {
    if (process.env[variable]) findings.push({ name: variable, state: `${process.env[variable]} (environment)` });
  }
  findings.forEach(show);
  if (findings.some((finding) => finding.remedy)) process.exitCode = 1;
});
