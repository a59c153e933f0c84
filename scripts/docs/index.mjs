// npm run docs [-- --gaps]: the API reference, from the doc comments in lib/, into out/docs; --gaps lists what has none.
//
// TypeDoc runs on TypeScript's JavaScript API, which the version that builds the package does not have. So the generator has
// packages of its own, in scripts/docs, installed when it is first used.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { entries } from '../build/entries.mjs';
import { root, run, script } from '../tools/run.mjs';
import { whenStale } from '../tools/stamp.mjs';

const home = join(root, 'scripts', 'docs');

/** The modules behind the package's entries: what a file of lib/entries is, or the one of the package itself. */
function entryPoints() {
  return entries().map(({ types }) => {
    const file = join(root, 'lib', `${types}.ts`);
    const [, module] = /require\('(.+?)'\)/.exec(readFileSync(file, 'utf8')) ?? [];
    if (module === undefined) return file;
    const path = join(dirname(file), module);
    return existsSync(`${path}.ts`) ? `${path}.ts` : join(path, 'index.ts');
  });
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
