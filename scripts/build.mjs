// npm run build [-- generate|lib|page|native|esm|tests ...]: all steps, or those named. Each does nothing when up to date.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeDeclarations } from './build/declarations.mjs';
import { writeEsmEntries } from './build/esm.mjs';
import { configurableNames, copyGenerated, prune } from './build/files.mjs';
import { bundlePage } from './build/page.mjs';
import { chooseLibtorch } from './libtorch.mjs';
import { locked } from './tools/lock.mjs';
import { node, root, run, script } from './tools/run.mjs';
import { whenStale } from './tools/stamp.mjs';

const tsc = (/** @type {string[]} */ ...args) => node('typescript/bin/tsc', '-b', ...args);
const addon = 'build/Release/tsorch.node';

/** @param {import('./libtorch/resolve.mjs').Choice} libtorch */
async function generate(libtorch) {
  const yaml = (/** @type {string} */ name) => join(libtorch.yaml, name);
  const natives = yaml('ATen/native/native_functions.yaml');
  const deprecated = yaml('autograd/deprecated.yaml');
  // How modules are called is written for the file that each is in.
  const inputs = ['scripts/generate', 'lib/nn/modules', natives, deprecated];
  const files = { inputs, outputs: ['lib/generated/operators.json'] };
  await whenStale('generate', files, () =>
    node('scripts/generate/index.mjs', '--native-functions', natives, '--deprecated', deprecated),
  );
}

async function lib() {
  prune('dist', 'lib');
  await tsc('tsconfig.lib.json');
  copyGenerated();
  configurableNames();
  describeDeclarations('dist', 'lib');
}

/** The page of `tsorch board`. */
async function page() {
  const inputs = ['lib/board', 'scripts/build/page.mjs', 'package-lock.json'];
  const outputs = ['index.html', 'page.js', 'page.css', 'markdown.js'].map((name) => `dist/board/page/${name}`);
  await whenStale('page', { inputs, outputs }, bundlePage);
}

async function native() {
  const inputs = [
    'native',
    'cmake',
    'CMakeLists.txt',
    'lib/native/functions.ts',
    '.libtorch.json',
    'package-lock.json',
  ];
  await whenStale('native', { inputs, outputs: [addon] }, () =>
    node('cmake-js/bin/cmake-js', 'build', '--log-level', 'warn', '--parallel', String(availableParallelism())),
  );
}

async function esm() {
  await whenStale('esm', { inputs: ['dist'], outputs: ['dist/entries/main.mjs'] }, writeEsmEntries);
}

async function tests() {
  prune('out/test', 'test');
  prune('out/examples', 'examples');
  await tsc('tsconfig.test.json', 'tsconfig.examples.json');
}

const asanFolder = 'build-asan';

/** The debug build with AddressSanitizer, beside the release one. Run with npm run test:asan. */
async function asan() {
  await run('cmake', ['-S', '.', '-B', asanFolder, '-DCMAKE_BUILD_TYPE=Debug', '-DTSORCH_SANITIZE=address']);
  await run('cmake', ['--build', asanFolder, '--parallel', String(availableParallelism())]);
}

const steps = { generate, lib, page, native, esm, tests };

/** @param {string[]} names */
export async function build(names = Object.keys(steps)) {
  const libtorch = await chooseLibtorch();
  for (const name of names) {
    const step = { ...steps, asan }[name];
    if (!step) throw new Error(`unknown build step '${name}': it is one of ${Object.keys(steps).join(', ')}`);
    await step(libtorch);
  }
}

const { positionals } = parseArgs({ allowPositionals: true });
await script(() =>
  locked(
    join(root, 'out', 'build.lock'),
    () => console.error('tsorch: another build of this checkout is running; waiting for it'),
    () => build(positionals.length ? positionals : undefined),
  ),
);
