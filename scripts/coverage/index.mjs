#!/usr/bin/env node
// Which of PyTorch's public names this package has, and why it lacks the others.
//
//   node scripts/coverage/index.mjs [--python PYTHON] [--table FILE] [--project DIR]
//
// PYTHON (default: the environment's PYTHON, else python3) has the PyTorch to compare with. lib/base/left_out_table.ts gives the
// reason for every name that is left out; a name in neither place is missing.
// --table replaces the tables in FILE, between its coverage marks. Exit status: 0 when nothing is missing, 1 otherwise.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));

/**
 * @typedef {{ present: string[], leftOut: string[], missing: string[], stale: string[] }} Row
 */

/** @param {string} python @returns {Record<string, string[]>} */
function publicNames(python) {
  const output = execFileSync(python, [join(here, 'public_names.py')], { maxBuffer: 1 << 24 });
  return JSON.parse(output.toString());
}

/** The object that a namespace of Python's is here. @param {any} torch @param {string} namespace */
function objectFor(torch, namespace) {
  if (namespace === 'torch.Tensor') return torch.Tensor.prototype;
  return namespace
    .split('.')
    .slice(1)
    .reduce((object, key) => object?.[key], torch);
}

/** @param {any} object @param {string} name */
function has(object, name) {
  return object !== undefined && object !== null && name in object && !isLeftOut(object, name);
}

/**
 * @param {string[]} names
 * @param {any} object
 * @param {Map<string, string>} reasons
 * @returns {Row}
 */
function compare(names, object, reasons) {
  const present = names.filter((name) => has(object, name));
  const absent = names.filter((name) => !has(object, name));
  return {
    present,
    leftOut: absent.filter((name) => reasons.has(name)),
    missing: absent.filter((name) => !reasons.has(name)),
    stale: [...reasons.keys()].filter((name) => has(object, name)),
  };
}

/** @param {Record<string, Row>} rows */
function tableOf(rows) {
  const lines = Object.entries(rows).map(
    ([name, { present, leftOut, missing }]) =>
      `| \`${name}\` | ${present.length + leftOut.length + missing.length} | ${present.length} | ${leftOut.length} | ${missing.length} |`,
  );
  return [
    '| namespace | public names | present | left out, with a reason | missing |',
    '|---|--:|--:|--:|--:|',
    ...lines,
  ].join('\n');
}

/** @param {string} text @param {string} mark @param {string} table */
function replaceBetween(text, mark, table) {
  const marks = new RegExp(`(<!-- ${mark} -->\\n)[\\s\\S]*?(\\n<!-- /${mark} -->)`);
  if (!marks.test(text)) throw new Error(`there are no marks '${mark}'`);
  return text.replace(marks, (_, start, end) => start + table + end);
}

/** Each reason with the names that it keeps out. */
function reasonTable() {
  const rows = Object.entries(LEFT_OUT).flatMap(([namespace, reasons]) =>
    Object.entries(reasons).map(([reason, names]) => {
      const code = names
        .trim()
        .split(/\s+/)
        .map((/** @type {string} */ name) => `\`${name}\``);
      return `| \`${namespace}\` | ${reason} | ${code.join(' ')} |`;
    }),
  );
  return ['| namespace | reason | names |', '|---|---|---|', ...rows].join('\n');
}

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: process.env.PYTHON ?? 'python3' },
    project: { type: 'string', default: join(here, '..', '..') },
    table: { type: 'string' },
  },
});
const project = resolve(values.project);
const loaded = createRequire(join(project, 'package.json'))(project);
const torch = loaded.default ?? loaded;
const { isLeftOut, leftOut } = createRequire(import.meta.url)(join(project, 'dist', 'base', 'left_out.js'));
const { LEFT_OUT } = createRequire(import.meta.url)(join(project, 'dist', 'base', 'left_out_table.js'));
const rows = Object.fromEntries(
  Object.entries(publicNames(values.python)).map(([namespace, names]) => [
    namespace,
    compare(names, objectFor(torch, namespace), new Map(leftOut(namespace))),
  ]),
);
const table = tableOf(rows);
console.log(table);
for (const [namespace, { missing, stale }] of Object.entries(rows)) {
  if (missing.length > 0) console.log(`\nmissing from ${namespace}: ${missing.join(' ')}`);
  if (stale.length > 0) console.log(`\nlisted for ${namespace} but not left out: ${stale.join(' ')}`);
}
if (values.table !== undefined) {
  const text = replaceBetween(readFileSync(values.table, 'utf8'), 'coverage', table);
  writeFileSync(values.table, replaceBetween(text, 'reasons', reasonTable()));
}
process.exit(Object.values(rows).every(({ missing, stale }) => missing.length + stale.length === 0) ? 0 : 1);
