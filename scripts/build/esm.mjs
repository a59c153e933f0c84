// ESM entries for `import`: each re-exports its CommonJS twin, so that a process has one instance of the package.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { root } from '../tools/run.mjs';

const require = createRequire(import.meta.url);

/** Writes dist/**.mjs and .d.mts for every entry of package.json's `exports`. */
export function writeEsmEntries() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const entry of Object.values(exports)) {
    // A test checks that every entry exists: the rest can be built without.
    if (entry.import && existsSync(join(root, entry.require.default))) writeEntry(entry);
  }
}

/** @typedef {{ types: string, default: string }} Files */

/** @param {{ import: Files, require: Files }} entry */
function writeEntry(entry) {
  const module = require(join(root, entry.require.default));
  const names = Object.keys(module).filter((name) => name !== '__esModule');
  writeFileSync(join(root, entry.import.default), runtime(`./${basename(entry.require.default)}`, module, names));
  writeTypes(`./${basename(entry.require.types, '.d.ts')}`, join(root, entry.import.types), names.includes('default'));
}

// Names are listed as found at run time: those made from the operator tables are invisible to Node's static analysis.
// They go through numbered variables because some (`delete`, `default`) are reserved words.
/**
 * @param {string} file
 * @param {Record<string, unknown>} module
 * @param {string[]} names
 */
function runtime(file, module, names) {
  const { isLazy } = require(join(root, 'dist', 'base', 'lazy.js'));
  const lazy = new Set(names.filter((name) => isLazy(module, name))); // found first, since looking at one loads it
  const value = (/** @type {string} */ name) => {
    if (!lazy.has(name)) return `commonjs.${name}`;
    const isFunction = typeof module[name] === 'function';
    return isFunction ? `(...args) => commonjs.${name}(...args)` : `lazyNamespace(() => commonjs.${name})`;
  };
  const imports = [`import commonjs from '${file}';`];
  if (lazy.size > 0) imports.push("import { lazyNamespace } from '../base/lazy.js';");
  const variables = names.map((name, index) => `const _${index} = ${value(name)};`);
  const exported = names.map((name, index) => `_${index} as ${name}`);
  return [...imports, ...variables, `export { ${exported.join(', ')} };`, ''].join('\n');
}

// TypeScript sees a CommonJS module's whole `exports` as its default when an ES module imports it. A CommonJS
// declaration file between the two picks the real default, types included.
/**
 * @param {string} module
 * @param {string} types
 * @param {boolean} hasDefault
 */
function writeTypes(module, types, hasDefault) {
  const lines = [`export * from '${module}.js';`];
  if (hasDefault) {
    writeFileSync(types.replace(/\.d\.mts$/, '.default.d.ts'), `export { default as value } from '${module}';\n`);
    lines.push(`import { value } from '${module}.default.js';`, 'export { value as default };');
  }
  writeFileSync(types, `${lines.join('\n')}\n`);
}
