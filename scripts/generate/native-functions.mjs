// Reads native_functions.yaml: which operators exist, and where Python shows them.

import { readFileSync } from 'node:fs';
import { require } from '../tools/packages.mjs';

const { parse } = /** @type {typeof import('yaml')} */ (require('yaml'));

import { outArguments, parseSchema } from './schema.mjs';

/**
 * @typedef {import('./schema.mjs').Schema} Schema
 *
 * @typedef {{
 *   schema: Schema,
 *   text: string,
 *   variants: Set<string>,
 *   module: string | null,
 *   category: string | null,
 * }} NativeFunction  `module` is Python's: `nn`, `linalg`, ... or null for torch itself.
 */

/** @param {unknown} value */
function words(value) {
  const list = Array.isArray(value) ? value : String(value ?? '').split(',');
  return list.map((word) => String(word).trim()).filter(Boolean);
}

/**
 * The out= overload that the registry derives from a functional schema.
 * @param {Schema} schema
 * @param {string} overload
 * @returns {Schema}
 */
function deriveOutSchema(schema, overload) {
  const several = schema.returns.length > 1;
  const outs = schema.returns.map((ret, i) => ({
    name: several ? `out${i}` : 'out',
    type: ret.type,
    default: null,
    keywordOnly: true,
    written: true,
    annotation: `${String.fromCharCode(97 + i)}!`,
  }));
  const returns = schema.returns
    .filter((ret) => !ret.type.list)
    .map((ret, i) => ({ ...ret, annotation: outs[i].annotation }));
  return { name: schema.name, overload, args: [...schema.args, ...outs], returns };
}

/**
 * Operators that copy instead of viewing have derived out= overloads that Python shows;
 * other derived overloads are not bound.
 * @param {NativeFunction} source
 * @param {Record<string, unknown>} entry
 * @returns {NativeFunction[]}
 */
function derivedFunctions(source, entry) {
  if (!words(entry.tags).includes('view_copy')) return [];
  return words(entry.autogen)
    .map((name) => name.split('.'))
    .filter(([name]) => name === source.schema.name)
    .map(([, overload]) => deriveOutSchema(source.schema, overload))
    .filter((schema) => outArguments(schema).length > 0)
    .map((schema) => ({ ...source, schema, text: '', variants: new Set(['function']) }));
}

/**
 * @param {string} text the contents of native_functions.yaml
 * @returns {NativeFunction[]}
 */
export function parseNativeFunctions(text) {
  /** @type {Record<string, unknown>[]} */
  const entries = parse(text, { schema: 'failsafe', maxAliasCount: -1 });
  return entries.flatMap((entry) => {
    const signature = String(entry.func);
    const source = {
      schema: parseSchema(signature),
      text: signature,
      variants: new Set(words(entry.variants ?? 'function')),
      module: entry.python_module ? String(entry.python_module) : null,
      category: entry.category_override ? String(entry.category_override) : null,
    };
    return [source, ...derivedFunctions(source, entry)];
  });
}

/** @param {string} path */
export function readNativeFunctions(path) {
  return parseNativeFunctions(readFileSync(path, 'utf8'));
}
