// The package's entries are the files of lib/entries: package.json's `exports` and `typesVersions` are written from them.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../tools/run.mjs';
import { filesUnder } from '../tools/stamp.mjs';

const manifest = join(root, 'package.json');

/**
 * An entry: `tsorch/nn/functional` is lib/entries/nn/functional.ts, compiled to dist/entries/nn/functional.js. For the
 * package itself one file runs and another has the types.
 * @typedef {{ name: string, runs: string, types: string }} Entry
 */

/** @returns {Entry[]} */
export function entries() {
  const folder = join(root, 'lib', 'entries');
  const files = filesUnder([folder]).map((file) => relative(folder, file).replace(/\.ts$/, ''));
  const others = files.filter((file) => file !== 'main' && file !== 'index');
  return [
    { name: '.', runs: 'entries/main', types: 'entries/index' },
    ...others.map((file) => ({ name: `./${file}`, runs: `entries/${file}`, types: `entries/${file}` })),
  ];
}

/** @param {Entry} entry */
function exported({ runs, types }) {
  return {
    import: { types: `./dist/${types}.d.mts`, default: `./dist/${runs}.mjs` },
    require: { types: `./dist/${types}.d.ts`, default: `./dist/${runs}.js` },
  };
}

/** What package.json says of the entries. */
function declared() {
  const all = entries();
  const paths = all
    .filter(({ name }) => name !== '.')
    .map(({ name, types }) => [name.slice(2), [`dist/${types}.d.ts`]]);
  return {
    exports: {
      ...Object.fromEntries(all.map((entry) => [entry.name, exported(entry)])),
      './package.json': './package.json',
    },
    // For compilers that do not know `exports` ("moduleResolution": "node10").
    typesVersions: { '*': Object.fromEntries(paths) },
  };
}

/** Writes the entries into package.json, or with `check` refuses one that has others. @param {{ check: boolean }} options */
export function writeEntries({ check }) {
  const before = readFileSync(manifest, 'utf8');
  const { exports, typesVersions, ...rest } = JSON.parse(before);
  const { exports: wanted, typesVersions: versions } = declared();
  // In their place: behind `types`.
  const fields = Object.entries(rest).flatMap(([name, value]) =>
    name === 'types'
      ? [
          [name, value],
          ['exports', wanted],
          ['typesVersions', versions],
        ]
      : [[name, value]],
  );
  const after = `${JSON.stringify(Object.fromEntries(fields), null, 2)}\n`;
  if (after.replace(/\s/g, '') === before.replace(/\s/g, '')) return;
  if (check) throw new Error("package.json's exports are not those of lib/entries: npm run format writes them");
  writeFileSync(manifest, after);
}
