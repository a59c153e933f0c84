// npm run offline [-- --out FILE]: one archive with all that a machine without Node and without a registry needs to
// build the addon against its Python's torch and to run the suites and the benchmark on its GPU (offline/run.sh).
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { node, root, run, script } from './tools/run.mjs';

const contents = [
  ...['package.json', 'jest.config.js', 'CMakeLists.txt', 'cmake', 'native', 'scripts', 'bench', 'test'],
  ...['dist', 'out/test', 'out/bench', 'out/examples'],
];

/** What the suites, the tables' generator and the build load; the rest of node_modules stays here. */
const packages = ['jest', 'fast-check', 'yaml', 'node-addon-api', 'node-api-headers'];

/** The folders of packages and of all they depend on. @param {string[]} names */
function closure(names) {
  /** @type {Set<string>} */
  const folders = new Set();
  const add = (/** @type {string} */ name, /** @type {string} */ from) => {
    const nested = join(from, 'node_modules', name);
    const folder = existsSync(join(root, nested)) ? nested : join('node_modules', name);
    if (folders.has(folder) || !existsSync(join(root, folder))) return; // optional ones may be absent
    folders.add(folder);
    const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    for (const each of Object.keys({ ...dependencies, ...optionalDependencies })) add(each, folder);
  };
  for (const name of names) add(name, '');
  return [...folders];
}

await script(async () => {
  const { values } = parseArgs({ options: { out: { type: 'string', default: 'out/offline/tsorch.tar.xz' } } });
  const folder = join(root, 'out', 'offline');
  mkdirSync(join(folder, 'bin'), { recursive: true });
  copyFileSync(process.execPath, join(folder, 'bin', 'node'));
  await node('typescript/bin/tsc', '-b', 'tsconfig.bench.json');
  const what = [...contents, ...closure(packages)];
  await run('tar', ['-cJf', values.out, '-C', root, ...what, '-C', folder, 'bin']);
  console.log(`${values.out}: unpack it there, then bash scripts/offline/run.sh`);
});
