// npm run test:install: makes the packages and uses them as strangers would, from a registry on this machine, in empty
// projects whose path has a space and letters beyond ASCII. Each package manager installs them without a compiler or
// Python; then another user, whose home cannot be written, runs a program on each version of Node.js, and on Bun and Deno.
// In the end `npx tsorch build` builds from source. -- --packed takes the tarballs in out/packages as they are.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { capture, node, root, run, script } from './tools/run.mjs';
import { whenStale } from './tools/stamp.mjs';
import { withRegistry } from './try_install/registry.mjs';

const home = join(root, 'scripts', 'try_install');
const packages = join(root, 'out', 'packages');
/** @type {string[]} */
const report = [];

/** @typedef {import('node:child_process').SpawnOptions} SpawnOptions */

/**
 * Runs a command and gives back all that it printed.
 * @param {string[]} command
 * @param {SpawnOptions} options
 * @param {number} [expected] exit code
 */
async function output([program, ...args], options, expected = 0) {
  const { status, stdout, stderr } = await capture(program, args, options);
  if (status !== expected) throw new Error(`${program} ${args.join(' ')}: exit code ${status}\n${stdout}${stderr}`);
  return stdout + stderr;
}

/** @param {string} path @returns {number} bytes of all files */
function size(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + size(join(path, name)), 0);
}

/** @template T @param {string} what @param {() => Promise<T>} body */
async function timed(what, body) {
  const start = performance.now();
  const result = await body();
  report.push(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  console.error(report.at(-1));
  return result;
}

/** @param {string} text @param {string} expected */
function expectText(text, expected) {
  if (!text.includes(expected)) throw new Error(`expected '${expected}' in:\n${text}`);
}

/** A PATH with Node.js and a shell, without compilers and Python. @param {string} folder */
function barePath(folder) {
  mkdirSync(folder);
  symlinkSync(process.execPath, join(folder, 'node'));
  symlinkSync('/bin/sh', join(folder, 'sh'));
  return folder;
}

/** @param {string} folder */
function environments(folder) {
  const path = barePath(join(folder, 'bin'));
  mkdirSync(join(folder, 'home'));
  const network = Object.entries(process.env).filter(([name]) => /proxy|cert/i.test(name));
  return {
    installer: { ...Object.fromEntries(network), PATH: path, HOME: join(folder, 'home') },
    user: { PATH: path, HOME: existsSync('/proc') ? '/proc' : '/dev/null' }, // where nobody can write, root neither
  };
}

/** Another user than the one that installed, where there is a choice. @type {SpawnOptions} */
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

/** An empty project. @param {string} folder @param {string} name */
function project(folder, name) {
  const path = join(folder, `Größe von ${name}`);
  mkdirSync(path);
  writeFileSync(join(path, 'package.json'), '{ "private": true }');
  copyFileSync(join(home, 'program.cjs'), join(path, 'program.cjs'));
  return path;
}

/**
 * @param {string} name
 * @param {import('./try_install/managers.mjs').Manager} manager
 * @param {Record<string, string>} nodes
 * @param {{ folder: string, registry: string, installer: NodeJS.ProcessEnv, user: NodeJS.ProcessEnv }} where
 */
async function tryManager(name, manager, nodes, { folder, registry, installer, user }) {
  const path = project(folder, name);
  const cache = join(folder, `cache of ${name}`);
  const command = manager.add({ project: path, registry, cache });
  await timed(`${name}: install`, () => output(command, { cwd: path, env: installer }));
  rmSync(cache, { recursive: true, force: true }); // nothing may lie there
  for (const [version, executable] of Object.entries(nodes)) {
    const run = () => output([executable, ...manager.node, 'program.cjs'], { cwd: path, env: user, ...nobody });
    expectText(await timed(`${name}: program on ${version}`, run), 'tensor([2., 2.])');
  }
  return path;
}

/** @param {string} path @param {Record<string, string[]>} runtimes @param {NodeJS.ProcessEnv} env */
async function tryRuntimes(path, runtimes, env) {
  writeFileSync(join(path, 'main.mjs'), "import torch from 'tsorch';\nconsole.log(String(torch.ones(2).add(1)));\n");
  for (const [name, command] of Object.entries(runtimes)) {
    for (const program of ['program.cjs', 'main.mjs']) {
      const run = () => output([...command, program], { cwd: path, env, ...nobody });
      expectText(await timed(`${name}: ${program}`, run), 'tensor([2., 2.])');
    }
  }
}

/** The ways to write a program, and the types of all entries. @param {string} path */
async function use(path) {
  const program = 'console.log(torch.ones(2).add(1).toString(), new nn.Linear(2, 1)(torch.ones(2)).shape);\n';
  writeFileSync(join(path, 'main.mjs'), `import torch, { nn } from 'tsorch';\n${program}`);
  const typed = 'const x: Tensor = torch.ones(2);\nconst sizes: number[] = x.shape;\nconsole.log(sizes);\n';
  writeFileSync(join(path, 'typed.mts'), `import torch, { nn, type Tensor } from 'tsorch';\n${typed}${program}`);
  expectText(await output(['node', 'main.mjs'], { cwd: path }), 'tensor([2., 2.]) [ 1 ]');
  const tsc = [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '--strict', '--module', 'nodenext'];
  await output(['node', ...tsc, 'typed.mts'], { cwd: path });
  // The entries for test runners augment their types: who imports them has the runner.
  for (const name of ['expect', 'vitest'].filter((each) => !existsSync(join(path, 'node_modules', each))))
    symlinkSync(join(root, 'node_modules', name), join(path, 'node_modules', name));
  const { exports } = JSON.parse(readFileSync(join(path, 'node_modules', 'tsorch', 'package.json'), 'utf8'));
  for (const name of Object.keys(exports).filter((each) => exports[each].require)) {
    const text = `import * as entry from '${name.replace('.', 'tsorch')}';\nconsole.log(entry);\n`;
    writeFileSync(join(path, 'entry.mts'), text);
    await output(['node', ...tsc, '--noEmit', 'entry.mts'], { cwd: path });
  }
  expectText(await output(['node', 'typed.mjs'], { cwd: path }), 'tensor([2., 2.]) [ 1 ]');
}

/** Under Plug'n'Play the scripts that build find their packages. @param {string} path */
async function findsPackages(path) {
  const where = 'console.log(require.resolve("tsorch/package.json"))';
  const options = { cwd: path, env: { ...process.env, NODE_OPTIONS: '--require ./.pnp.cjs' } };
  const manifest = (await output(['node', '-e', where], options)).trim();
  const cli = join(manifest, '..', 'scripts', 'cli.mjs');
  const env = { ...options.env, LIBTORCH: '/nowhere' };
  expectText(await output(['node', cli, 'build'], { ...options, env }, 1), '/nowhere is not a libtorch');
  expectText(await output(['node', join(cli, '..', 'node_headers.mjs'), 'napi.h'], options), 'node-addon-api');
}

/** @param {string} path of the project that npm installed in */
async function buildFromSource(path) {
  expectText(await output(['npx', 'tsorch', 'doctor'], { cwd: path }), 'addon         loads: @tsorch/');
  await timed('npx tsorch build', () => output(['npx', 'tsorch', 'build'], { cwd: path }));
  expectText(await output(['npx', 'tsorch', 'doctor'], { cwd: path }), join('build', 'Release', 'tsorch.node'));
  expectText(await output(['node', 'program.cjs'], { cwd: path }), 'tensor([2., 2.])');
  await output(['npm', 'uninstall', 'tsorch'], { cwd: path });
  if (existsSync(join(path, 'node_modules', 'tsorch'))) throw new Error('npm uninstall left the package');
}

/** Programs that only this script needs, in a folder of their own. */
async function installPrograms() {
  const files = ['package.json', 'package-lock.json'].map((name) => join(home, name));
  const outputs = [join(home, 'node_modules', 'pnpm', 'bin', 'pnpm.cjs')];
  await whenStale('try-install-packages', { inputs: files, outputs }, () =>
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: home }),
  );
}

async function makePackages() {
  await timed('npm run prebuilt', () => node('scripts/package/prebuilt.mjs'));
  await timed('npm run pack:all', () => node('scripts/package/pack.mjs'));
}

await script(async () => {
  const { values } = parseArgs({ options: { packed: { type: 'boolean' }, only: { type: 'string' } } });
  if (!values.packed) await makePackages();
  await timed('package managers and versions of Node.js', installPrograms);
  const { managers, nodes, runtimes } = await import('./try_install/managers.mjs');
  const tarballs = readdirSync(packages)
    .filter((name) => name.endsWith('.tgz'))
    .map((name) => join(packages, name));
  for (const tarball of tarballs) report.push(`${tarball}: ${(size(tarball) / 1e6).toFixed(1)} MB`);
  const folder = mkdtempSync(join(tmpdir(), 'tsorch-install-'));
  chmodSync(folder, 0o755); // another user shall get in
  try {
    await withRegistry(tarballs, async (registry) => {
      const where = { folder, registry, ...environments(folder) };
      const chosen = Object.entries(managers).filter(([name]) => name.startsWith(values.only ?? ''));
      for (const [name, manager] of chosen) {
        const path = await tryManager(name, manager, nodes, where);
        if (name.includes('Play')) await findsPackages(path);
        if (name === 'npm') await tryRuntimes(path, runtimes, where.user);
        if (name === 'npm') await use(path);
        if (name === 'npm') await buildFromSource(path);
        rmSync(path, { recursive: true });
      }
    });
    console.log(report.join('\n'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
