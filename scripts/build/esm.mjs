// ESM entries for `import`: each re-exports its CommonJS twin, so that a process has one instance of the package.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { root } from '../tools/run.mjs';
import { entries } from './entries.mjs';

const require = createRequire(import.meta.url);
const dist = join(root, 'dist');

/** What an entry has beside the names of its twin. @type {Record<string, { runs: string[], types: string[] }>} */
const besides = {
  './vitest': {
    runs: ["import { expect } from 'vitest';", 'commonjs.register(expect);'],
    types: [
      "import 'vitest';",
      "import type { TensorMatchers } from '../testing/expect.js';",
      "declare module 'vitest' {\n  interface Matchers<T> extends TensorMatchers<void> {}\n}",
    ],
  },
};

/** Writes dist/entries/**.mjs and .d.mts. */
export function writeEsmEntries() {
  for (const { name, runs, types } of entries()) {
    const module = require(join(dist, `${runs}.js`));
    const lines = [...runtime(join(dist, runs), module), ...(besides[name]?.runs ?? []), ''];
    writeFileSync(join(dist, `${runs}.mjs`), lines.join('\n'));
    if (name === '.') writeMainTypes(join(dist, types), Object.keys(module));
    else writeTypes(join(dist, types), besides[name]?.types ?? []);
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
  if (names.includes('default')) {
    // Bun takes for the default of an import what a module calls `default`, Node.js the whole module.
    writeFileSync(`${path}.whole.js`, `exports.commonjs = require('./${basename(path)}.js');\n`);
    imports[0] = `import { commonjs } from './${basename(path)}.whole.js';`;
  }
  const stands = relative(dirname(path), join(dist, 'base', 'lazy.js'));
  if (lazy.size > 0) imports.push(`import { lazyNamespace } from '${stands}';`);
  const variables = names.map((name, index) => `const _${index} = ${value(name)};`);
  const exported = names.map((name, index) => `_${index} as ${name}`);
  return [...imports, ...variables, `export { ${exported.join(', ')} };`];
}

// An entry is its module itself (`export =`), whose names an ES module can only have from where they are declared.
/**
 * @param {string} path without extension
 * @param {string[]} more lines
 */
function writeTypes(path, more) {
  const [, module] = /require\(["'](.+?)["']\)/.exec(readFileSync(`${path}.d.ts`, 'utf8')) ?? [];
  const file = existsSync(join(dirname(path), `${module}.d.ts`)) ? `${module}.js` : `${module}/index.js`;
  const lines = [`import './${basename(path)}.js';`, `export * from '${file}';`, ...more, ''];
  writeFileSync(`${path}.d.mts`, lines.join('\n'));
}

// TypeScript sees a CommonJS module's whole `exports` as its default when an ES module imports it. A CommonJS
// declaration file between the two picks the real default, types included.
/**
 * @param {string} path without extension
 * @param {string[]} names what the package has when it runs
 */
function writeMainTypes(path, names) {
  const module = `./${basename(path)}`;
  const all = `export * from '${module}.names';\n`;
  const declared = readFileSync(`${path}.d.ts`, 'utf8');
  const own = [...declared.matchAll(/^export (?:\* as|\{) (\w+)/gm)].map(([, name]) => name);
  writeFileSync(`${path}.names.d.ts`, namesOfTorch(names.filter((name) => !own.includes(name))));
  if (!declared.includes(all)) writeFileSync(`${path}.d.ts`, declared + all);
  writeFileSync(`${path}.default.d.ts`, `export { default as value } from '${module}';\n`);
  const lines = [`export * from '${module}.js';`, `import { value } from '${module}.default.js';`];
  writeFileSync(`${path}.d.mts`, [...lines, 'export { value as default };', ''].join('\n'));
}

// What is a property of `torch` is a name of the package too, which TypeScript has to be told one by one.
/** @param {string[]} names */
function namesOfTorch(names) {
  const body = /declare namespace torch \{([^}]*)\}/.exec(readFileSync(join(dist, 'torch', 'index.d.ts'), 'utf8'))?.[1];
  const types = [...(body ?? '').matchAll(/type (\w+) =/g)].map(([, name]) => name);
  const exported = names.filter((name) => name !== 'default' && name !== '__esModule');
  // A name may be reserved, and a type as well: what it stands for has a number.
  const declarations = exported.map((name, index) => {
    const type = types.includes(name) ? ` type _${index} = torch.${name};` : '';
    return `declare const _${index}: Torch['${name}'];${type}`;
  });
  return [
    "import { type Torch, type torch } from '../torch';",
    ...declarations,
    ...types.filter((name) => !exported.includes(name)).map((name) => `export type ${name} = torch.${name};`),
    `export { ${exported.map((name, index) => `_${index} as ${name}`).join(', ')} };`,
    '',
  ].join('\n');
}
