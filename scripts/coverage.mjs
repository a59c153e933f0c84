#!/usr/bin/env node
// Which of PyTorch's public names this package has, and why it lacks the others.
//
//   node scripts/coverage.mjs [--python PYTHON] [--table FILE] [--project DIR]
//
// PYTHON (default: the environment's PYTHON, else python3) has the PyTorch to compare with. scripts/coverage/left_out.json
// gives the reason for every name that is left out; a name in neither place is missing.
// --table replaces the table in FILE, between its two coverage marks. Exit status: 0 when nothing is missing, 1 otherwise.
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
  const output = execFileSync(python, [join(here, 'coverage', 'public_names.py')], { maxBuffer: 1 << 24 });
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
  return object !== undefined && object !== null && name in object;
}

/** @param {string} name @param {Record<string, string[]>} reasons */
function reasonFor(name, reasons) {
  return Object.keys(reasons).find((reason) => reasons[reason].includes(name));
}

/**
 * @param {string[]} names
 * @param {any} object
 * @param {Record<string, string[]>} reasons
 * @returns {Row}
 */
function compare(names, object, reasons) {
  const present = names.filter((name) => has(object, name));
  const absent = names.filter((name) => !has(object, name));
  const listed = Object.values(reasons).flat();
  return {
    present,
    leftOut: absent.filter((name) => reasonFor(name, reasons) !== undefined),
    missing: absent.filter((name) => reasonFor(name, reasons) === undefined),
    stale: listed.filter((name) => present.includes(name) || !names.includes(name)),
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

/** @param {string} file @param {string} table */
function writeTable(file, table) {
  const text = readFileSync(file, 'utf8');
  const marks = /(<!-- coverage -->\n)[\s\S]*?(\n<!-- \/coverage -->)/;
  if (!marks.test(text)) throw new Error(`${file} has no coverage marks`);
  writeFileSync(
    file,
    text.replace(marks, (_, start, end) => start + table + end),
  );
}

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: process.env.PYTHON ?? 'python3' },
    project: { type: 'string', default: join(here, '..') },
    table: { type: 'string' },
  },
});
const project = resolve(values.project);
const loaded = createRequire(join(project, 'package.json'))(project);
const torch = loaded.default ?? loaded;
const leftOut = JSON.parse(readFileSync(join(here, 'coverage', 'left_out.json'), 'utf8'));
const rows = Object.fromEntries(
  Object.entries(publicNames(values.python)).map(([namespace, names]) => [
    namespace,
    compare(names, objectFor(torch, namespace), leftOut[namespace] ?? {}),
  ]),
);
const table = tableOf(rows);
console.log(table);
for (const [namespace, { missing, stale }] of Object.entries(rows)) {
  if (missing.length > 0) console.log(`\nmissing from ${namespace}: ${missing.join(' ')}`);
  if (stale.length > 0) console.log(`\nlisted for ${namespace} but not left out: ${stale.join(' ')}`);
}
if (values.table !== undefined) writeTable(values.table, table);
process.exit(Object.values(rows).every(({ missing, stale }) => missing.length + stale.length === 0) ? 0 : 1);
