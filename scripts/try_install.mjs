// npm run test:install: packs the package and uses it as a stranger would, in empty projects outside the repository:
// npm install, then require, import and TypeScript; an install without its script, built afterwards; npm uninstall.
// Compiles the addon twice. Ends with times and sizes.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture, root, script } from './tools/run.mjs';

const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const entries = Object.keys(exports).filter((name) => exports[name].require);
const folder = mkdtempSync(join(tmpdir(), 'tsorch-install-'));
/** @type {string[]} */
const report = [];

/** An empty project. @param {string} name */
function project(name) {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, 'package.json'), '{ "private": true }');
  return path;
}

/**
 * Runs a command and gives back all that it printed.
 * @param {string} cwd
 * @param {string[]} command
 * @param {number} [expected] exit code
 */
async function output(cwd, [program, ...args], expected = 0) {
  console.error(`$ ${[program, ...args].join(' ')}`);
  const { status, stdout, stderr } = await capture(program, args, { cwd });
  if (status !== expected) throw new Error(`${program} ${args.join(' ')}: exit code ${status}\n${stdout}${stderr}`);
  return stdout + stderr;
}

/** @param {string} path @returns {number} bytes of all files */
function size(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + size(join(path, name)), 0);
}

/** @param {string} what @param {() => Promise<unknown>} body */
async function timed(what, body) {
  const start = performance.now();
  await body();
  report.push(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** @param {string} text @param {string} expected */
function expectText(text, expected) {
  if (!text.includes(expected)) throw new Error(`expected '${expected}' in:\n${text}`);
}

const megabytes = (/** @type {string} */ path) => `${(size(path) / 1e6).toFixed(1)} MB`;
const install = ['npm', 'install', '--no-audit', '--no-fund'];

/** The three ways to write a program. @param {string} path */
async function use(path) {
  const program = 'console.log(torch.ones(2).add(1).toString(), new nn.Linear(2, 1)(torch.ones(2)).shape);\n';
  writeFileSync(join(path, 'main.mjs'), `import torch, { nn } from 'tsorch';\n${program}`);
  const typed = 'const x: Tensor = torch.ones(2);\nconst sizes: number[] = x.shape;\nconsole.log(sizes);\n';
  writeFileSync(join(path, 'typed.mts'), `import torch, { nn, type Tensor } from 'tsorch';\n${typed}${program}`);
  const required = "const torch = require('tsorch'); console.log(torch.ones(2).add(1))";
  expectText(await output(path, ['node', '-e', required]), 'tensor([2., 2.])');
  expectText(await output(path, ['node', 'main.mjs']), 'tensor([2., 2.]) [ 1 ]');
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await output(path, ['node', tsc, '--strict', '--module', 'nodenext', 'typed.mts']);
  for (const name of entries) {
    writeFileSync(
      join(path, 'entry.mts'),
      `import * as entry from '${name.replace('.', 'tsorch')}';\nconsole.log(entry);\n`,
    );
    await output(path, ['node', tsc, '--strict', '--module', 'nodenext', '--noEmit', 'entry.mts']);
  }
  expectText(await output(path, ['node', 'typed.mjs']), 'tensor([2., 2.]) [ 1 ]');
}

/** @param {string} tarball */
async function installed(tarball) {
  const path = project('installed');
  await timed('npm install', () => output(path, [...install, tarball]));
  report.push(`node_modules: ${megabytes(join(path, 'node_modules'))}`);
  report.push(`of it tsorch: ${megabytes(join(path, 'node_modules', 'tsorch'))}`);
  await use(path);
  expectText(await output(path, ['npx', 'tsorch', 'doctor']), 'addon         loads');
  await output(path, ['npm', 'uninstall', 'tsorch']);
  if (existsSync(join(path, 'node_modules', 'tsorch'))) throw new Error('npm uninstall left the package');
}

/** @param {string} tarball */
async function builtLater(tarball) {
  const path = project('built-later');
  await timed('npm install --ignore-scripts', () => output(path, [...install, '--ignore-scripts', tarball]));
  expectText(await output(path, ['node', '-e', "require('tsorch')"], 1), 'Run `npx tsorch build` in your project');
  await timed('npx tsorch build', () => output(path, ['npx', 'tsorch', 'build']));
  await use(path);
}

await script(async () => {
  try {
    const packed = await output(root, ['npm', 'pack', '--ignore-scripts', '--pack-destination', folder]);
    const tarball = join(folder, packed.match(/\S+\.tgz/)?.[0] ?? '');
    report.push(`package: ${megabytes(tarball)}`);
    await installed(tarball);
    await builtLater(tarball);
    console.log(report.join('\n'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
