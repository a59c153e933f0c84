// npm run docs [-- --gaps]: the API reference, from the doc comments in lib/, into out/docs; --gaps lists what has none.
//
// TypeDoc runs on TypeScript's JavaScript API, which the version that builds the package does not have. So the generator has
// packages of its own, in scripts/docs, installed when it is first used.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root, run, script } from './tools/run.mjs';
import { whenStale } from './tools/stamp.mjs';

const home = join(root, 'scripts', 'docs');

/** The modules behind the package's entries, `tsorch/nn` and so on. */
function entryPoints() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.values(exports)
    .filter((entry) => typeof entry === 'object')
    .map((entry) => entry.require.types.replace('./dist/', 'lib/').replace('.d.ts', '.ts'));
}

async function install() {
  const inputs = ['package.json', 'package-lock.json'].map((name) => join(home, name));
  const outputs = [join(home, 'node_modules', 'typedoc')];
  await whenStale('docs-packages', { inputs, outputs }, () =>
    run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: home }),
  );
}

/** @param {boolean} gaps */
async function typedoc(gaps) {
  const options = [
    '--options',
    join(home, 'typedoc.json'),
    ...entryPoints().flatMap((path) => ['--entryPoints', path]),
    ...(gaps ? ['--emit', 'none', '--logLevel', 'Error', '--gaps'] : ['--disableSources']),
  ];
  await run(process.execPath, [join(home, 'node_modules', 'typedoc', 'bin', 'typedoc'), ...options]);
}

await script(async () => {
  const { values } = parseArgs({ options: { gaps: { type: 'boolean', default: false } } });
  await install();
  await typedoc(values.gaps);
  if (!values.gaps) console.log(`open ${join('out', 'docs', 'index.html')}`);
});
