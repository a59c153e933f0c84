import { mkdirSync, writeFileSync } from 'node:fs';
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

test('TSORCH_ADDON names the one file to try', () => {
  const folder = temporaryFolder();
  const message = failure(folder, { TSORCH_ADDON: '/nowhere/tsorch.node' });
  expect(message).toMatch('/nowhere/tsorch.node: no such file');
  expect(message).not.toMatch(addonOf(folder));
});
