import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as Loader from '../../lib/native/loader';
import { fakeLibtorch, root, temporaryFolder } from './fakes';

const { loadAddon } = require(join(root, 'dist', 'native', 'loader.js')) as typeof Loader;

function failure(folder: string, env: NodeJS.ProcessEnv = {}): string {
  try {
    loadAddon(folder, env);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it loaded');
}

const addonOf = (folder: string) => join(folder, 'build', 'Release', 'tsorch.node');

function writeAddon(folder: string, content: string) {
  mkdirSync(join(folder, 'build', 'Release'), { recursive: true });
  writeFileSync(addonOf(folder), content);
}

test('without a build: what was tried and the remedy', () => {
  const folder = temporaryFolder();
  expect(failure(folder)).toBe(`tsorch could not load its native addon. Tried:
  ${addonOf(folder)}: no such file
Package folder: ${folder}
libtorch: none chosen yet
Run \`npx tsorch build\` in your project, or \`node ${folder}/scripts/cli.mjs build\`. \`npx tsorch doctor\` shows what is missing.`);
});

test('in a checkout the remedy is its npm script', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'lib', 'entries'), { recursive: true });
  writeFileSync(join(folder, 'lib', 'entries', 'index.ts'), '');
  expect(failure(folder)).toMatch('Run `npm run build` in the package folder. `npm run doctor` shows what is missing.');
});

test('a file that is no addon: the reason given by the system', () => {
  const folder = temporaryFolder();
  writeAddon(folder, 'not a library');
  const message = failure(folder);
  expect(message).toMatch(`${addonOf(folder)}: `);
  expect(message).toMatch('npx tsorch build');
  expect(message).not.toMatch('no such file');
});

test('the libtorch in use, and whether it is still there', () => {
  const folder = temporaryFolder();
  const libtorch = { path: fakeLibtorch(join(folder, 'here')), version: '2.13.0', variant: 'cpu' };
  writeFileSync(join(folder, '.libtorch.json'), JSON.stringify(libtorch));
  expect(failure(folder)).toMatch(`libtorch: 2.13.0 (cpu) in ${libtorch.path}\n`);
  writeFileSync(join(folder, '.libtorch.json'), JSON.stringify({ ...libtorch, path: join(folder, 'gone') }));
  expect(failure(folder)).toMatch('(this folder no longer exists)');
});

/** What a copy of the loader says to a user who may not read everything. */
function failureOfOthers(folder: string, env: NodeJS.ProcessEnv): string {
  for (const file of ['native/loader.js', 'base/bundled.js'])
    cpSync(join(root, 'dist', file), join(folder, 'dist', file), { recursive: true });
  const code = `
    try { require('./dist/native/loader.js').loadAddon(${JSON.stringify(folder)}, ${JSON.stringify(env)}); }
    catch (error) { console.log(error.message); }`;
  const other = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const { stdout, stderr } = spawnSync('node', ['-e', code], { cwd: folder, encoding: 'utf8', ...other });
  expect(stderr).toBe('');
  return stdout;
}

test('a libtorch that this user may not read was not moved', () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const libtorch = { path: fakeLibtorch(join(folder, 'home', 'cache')), version: '2.13.0', variant: 'cpu' };
  writeFileSync(join(folder, '.libtorch.json'), JSON.stringify(libtorch));
  const addon = join(folder, 'addon.js');
  writeFileSync(addon, "throw new Error('libtorch_cpu.so: cannot open shared object file')");
  const message = (mode: number) => {
    chmodSync(join(folder, 'home'), mode);
    return failureOfOthers(folder, { TSORCH_ADDON: addon });
  };
  try {
    expect(message(0o000)).toMatch(
      `(this user may not read it)\nThis user may not read ${libtorch.path}. Set XDG_CACHE_HOME to a folder that all may read`,
    );
    expect(message(0o755)).toMatch('libtorch was moved or removed since the addon was built');
  } finally {
    chmodSync(join(folder, 'home'), 0o755);
  }
});

/** A package as it is installed, which names these packages with prebuilt addons. */
function installed(...names: string[]): string {
  const folder = temporaryFolder();
  const optionalDependencies = Object.fromEntries(names.map((name) => [name, '0.1.0']));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ optionalDependencies }));
  return folder;
}

const platform = `${process.platform}-${process.arch}`;

/** Writes a package into node_modules of a folder. */
function writePackage(folder: string, name: string, files: Record<string, string>): string {
  const target = join(folder, 'node_modules', name);
  mkdirSync(target, { recursive: true });
  for (const [file, content] of Object.entries(files)) writeFileSync(join(target, file), content);
  return target;
}

test('the package of the platform is missing: the switches of package managers, and how to build', () => {
  const message = failure(installed(`@tsorch/${platform}`));
  expect(message).toMatch(`@tsorch/${platform}: @tsorch/${platform} is not installed`);
  expect(message).toMatch('--omit=optional');
  expect(message).toMatch('supportedArchitectures');
  expect(message).toMatch('Or run `npx tsorch build` in your project');
});

test('there is no package for the platform', () => {
  const message = failure(installed('@tsorch/plan9-mips'));
  expect(message).toMatch(`There is no prebuilt addon for ${platform} (only for plan9-mips). Run \`npx tsorch build\``);
});

// Plain JavaScript stands for the addons, which notes what was opened.
test('the package of the platform: libtorch is opened by its path, wherever it lies, then the addon', () => {
  const folder = installed(`@tsorch/${platform}`);
  const opener = 'exports.opened = []; exports.open = (file) => exports.opened.push(file);';
  const addon = writePackage(folder, `@tsorch/${platform}`, {
    'package.json': '{ "main": "addon.js" }',
    'preload.node.js': opener,
    'addon.js': "module.exports = require('./preload.node').opened;",
  });
  const libtorch = writePackage(addon, `@tsorch/libtorch-${platform}`, {
    'package.json': '{ "main": "libtorch.so" }',
    'libtorch.so': '',
  });
  expect(loadAddon(folder, {})).toEqual([join(libtorch, 'libtorch.so')]);
});

test('libtorch is missing beside the package of the platform', () => {
  const folder = installed(`@tsorch/${platform}`);
  writePackage(folder, `@tsorch/${platform}`, {
    'package.json': '{ "main": "addon.js" }',
    'preload.node.js': 'exports.open = () => {};',
    'addon.js': '',
  });
  expect(failure(folder)).toMatch(`@tsorch/libtorch-${platform} is not installed`);
});

test('what was built here comes before the package of the platform', () => {
  const folder = installed(`@tsorch/${platform}`);
  writePackage(folder, `@tsorch/${platform}`, { 'package.json': '{}' });
  writeAddon(folder, 'not a library');
  const message = failure(folder);
  expect(message.indexOf(addonOf(folder))).toBeLessThan(message.indexOf(`@tsorch/${platform}: `));
});

test('a checkout names no such packages', () => {
  expect(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).optionalDependencies).toBeUndefined();
});

test('TSORCH_ADDON names the one file to try', () => {
  const folder = temporaryFolder();
  const message = failure(folder, { TSORCH_ADDON: '/nowhere/tsorch.node' });
  expect(message).toMatch('/nowhere/tsorch.node: no such file');
  expect(message).not.toMatch(addonOf(folder));
});
