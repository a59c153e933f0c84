// ESM entries for `import`: each re-exports its CommonJS twin, so that a process has one instance of the package.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { root } from '../tools/run.mjs';
import { entries } from './entries.mjs';

const require = createRequire(import.meta.url);
const dist = join(root, 'dist');

/** Writes dist/entries/**.mjs and .d.mts. */
export function writeEsmEntries() {
  for (const { name, runs, types } of entries()) {
    const module = require(join(dist, `${runs}.js`));
    writeFileSync(join(dist, `${runs}.mjs`), runtime(join(dist, runs), module));
    if (name === '.') writeMainTypes(join(dist, types));
    else writeTypes(join(dist, types));
  }
}

// Names are listed as found at run time: those made from the operator tables are invisible to Node's static analysis.
// They go through numbered variables because some (`delete`, `default`) are reserved words.
/**
 * @param {string} path without extension
 * @param {Record<string, unknown>} module
 */
function runtime(path, module) {
  const { isLazy } = require(join(dist, 'base', 'lazy.js'));
  const names = Object.keys(module).filter((name) => name !== '__esModule');
  const lazy = new Set(names.filter((name) => isLazy(module, name))); // found first, since looking at one loads it
  const value = (/** @type {string} */ name) => {
    if (!lazy.has(name)) return `commonjs.${name}`;
    const isFunction = typeof module[name] === 'function';
    return isFunction ? `(...args) => commonjs.${name}(...args)` : `lazyNamespace(() => commonjs.${name})`;
  };
  const imports = [`import commonjs from './${basename(path)}.js';`];
  const stands = relative(dirname(path), join(dist, 'base', 'lazy.js'));
  if (lazy.size > 0) imports.push(`import { lazyNamespace } from '${stands}';`);
  const variables = names.map((name, index) => `const _${index} = ${value(name)};`);
  const exported = names.map((name, index) => `_${index} as ${name}`);
  return [...imports, ...variables, `export { ${exported.join(', ')} };`, ''].join('\n');
}

// An entry is its module itself (`export =`), whose names an ES module can only have from where they are declared.
/** @param {string} path without extension */
function writeTypes(path) {
  const [, module] = /require\(["'](.+?)["']\)/.exec(readFileSync(`${path}.d.ts`, 'utf8')) ?? [];
  const file = existsSync(join(dirname(path), `${module}.d.ts`)) ? `${module}.js` : `${module}/index.js`;
  writeFileSync(`${path}.d.mts`, `import './${basename(path)}.js';\nexport * from '${file}';\n`);
}

// TypeScript sees a CommonJS module's whole `exports` as its default when an ES module imports it. A CommonJS
// declaration file between the two picks the real default, types included.
/** @param {string} path without extension */
function writeMainTypes(path) {
  const module = `./${basename(path)}`;
  writeFileSync(`${path}.default.d.ts`, `export { default as value } from '${module}';\n`);
  const lines = [`export * from '${module}.js';`, `import { value } from '${module}.default.js';`];
  writeFileSync(`${path}.d.mts`, [...lines, 'export { value as default };', ''].join('\n'));
}
