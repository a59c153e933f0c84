// ESM entries for `import`: each re-exports its CommonJS twin, so that a process has one instance of the package.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../tools/run.mjs';

const require = createRequire(import.meta.url);

/** Writes dist/**.mjs and .d.mts for every entry of package.json's `exports`. */
export function writeEsmEntries() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const entry of Object.values(exports)) {
    if (!entry.import) continue;
    const [commonjs, esm] = [entry.require.default, entry.import.default].map((path) => join(root, path));
    // A test checks that every entry exists: the rest can be built without.
    if (existsSync(commonjs)) writeEntry(commonjs, esm);
  }
}

/**
 * @param {string} commonjs
 * @param {string} esm
 */
function writeEntry(commonjs, esm) {
  const names = Object.keys(require(commonjs)).filter((name) => name !== '__esModule');
  const file = `./${commonjs.split('/').at(-1)}`;
  writeFileSync(esm, runtime(file, names));
  writeTypes(file, esm, names.includes('default'));
}

// Names are listed as found at run time: those made from the operator tables are invisible to Node's static analysis.
// They go through numbered variables because some (`delete`, `default`) are reserved words.
/**
 * @param {string} file
 * @param {string[]} names
 */
function runtime(file, names) {
  const variables = names.map((name, index) => `const _${index} = commonjs.${name};`);
  const exported = names.map((name, index) => `_${index} as ${name}`);
  return `import commonjs from '${file}';\n${variables.join('\n')}\nexport { ${exported.join(', ')} };\n`;
}

// TypeScript sees a CommonJS module's whole `exports` as its default when an ES module imports it. A CommonJS
// declaration file between the two picks the real default, types included.
/**
 * @param {string} file
 * @param {string} esm
 * @param {boolean} hasDefault
 */
function writeTypes(file, esm, hasDefault) {
  const types = esm.replace(/\.mjs$/, '.d.mts');
  const between = file.replace(/\.js$/, '.default');
  const lines = [`export * from '${file}';`];
  if (hasDefault) {
    writeFileSync(
      esm.replace(/\.mjs$/, '.default.d.ts'),
      `export { default as value } from '${file.replace(/\.js$/, '')}';\n`,
    );
    lines.push(`import { value } from '${between}.js';`, 'export { value as default };');
  }
  writeFileSync(types, `${lines.join('\n')}\n`);
}
