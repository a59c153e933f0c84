// Joins native_functions.yaml, deprecated.yaml and the hand-bound signatures into the overloads of every Python name.

import { deprecatedCandidates } from './deprecated.mjs';
import { isExposed, isFunction, isMethod, publicName } from './exposure.mjs';
import { FUNCTION_ALIASES, MANUAL_FUNCTIONS, MANUAL_METHODS } from './manual.mjs';
import { orderOverloads } from './overloads.mjs';
import { operatorName } from './schema.mjs';
import { formatSignature, pythonSignature } from './signatures.mjs';

/**
 * @typedef {import('./native-functions.mjs').NativeFunction} NativeFunction
 * @typedef {import('./deprecated.mjs').DeprecatedFunction} DeprecatedFunction
 * @typedef {import('./overloads.mjs').Candidate} Candidate
 * @typedef {import('./overloads.mjs').Overload} Overload
 * @typedef {import('./manual.mjs').SignatureEntry} SignatureEntry
 * @typedef {Record<string, SignatureEntry[]>} Table
 * @typedef {{ functions: Record<string, Table>, methods: Table, results: Record<string, string[]> }} Operators
 */

export const MODULES = ['torch', 'nn', 'linalg', 'fft', 'special', 'sparse', 'nested'];

/**
 * @param {Overload} overload
 * @returns {SignatureEntry}
 */
function signatureEntry({ signature, fn, out, call }) {
  const head = /** @type {const} */ ([formatSignature(signature), operatorName(fn.schema)]);
  const outName = out ? operatorName(out.schema) : null;
  if (call) {
    const sources = call.map((name) => (name === 'self' && !signature.method ? 'input' : name));
    return [...head, outName, sources];
  }
  return outName ? [...head, outName] : [...head];
}

/** @param {Candidate[]} candidates */
function groupByName(candidates) {
  /** @type {Map<string, Candidate[]>} */
  const groups = new Map();
  for (const candidate of candidates) {
    const group = groups.get(candidate.signature.name);
    if (group) group.push(candidate);
    else groups.set(candidate.signature.name, [candidate]);
  }
  return groups;
}

/**
 * Every signature that ends in one of the exposed operators, the deprecated ones last.
 * @param {NativeFunction[]} exposed
 * @param {DeprecatedFunction[]} deprecated
 * @param {boolean} method
 * @returns {Candidate[]}
 */
function allCandidates(exposed, deprecated, method) {
  const current = exposed.map((fn) => ({
    signature: pythonSignature(fn.schema, { method, category: fn.category }),
    fn,
  }));
  return [...current, ...deprecatedCandidates(deprecated, exposed, { method })];
}

/**
 * @param {Candidate[]} candidates
 * @param {string} module
 * @returns {Table}
 */
function overloadTable(candidates, module) {
  const groups = [...groupByName(candidates)].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    groups.map(([name, group]) => [publicName(name, module), orderOverloads(group).map(signatureEntry)]),
  );
}

/**
 * Names of the fields of operators that return a named tuple.
 * @param {NativeFunction[]} functions
 */
function resultNames(functions) {
  /** @type {Record<string, string[]>} */
  const results = {};
  for (const { schema } of functions) {
    const names = schema.returns.map((ret) => ret.name).filter((name) => name !== null);
    if (names.length > 1 && names.length === schema.returns.length) results[operatorName(schema)] = names;
  }
  return results;
}

/**
 * The hand-bound signatures whose operators this libtorch has.
 * @param {Table} table
 * @param {NativeFunction[]} natives
 * @returns {Table}
 */
function available(table, natives) {
  const known = new Set(natives.map((fn) => operatorName(fn.schema)));
  const entries = Object.entries(table).map(([name, list]) => [
    name,
    list.filter(([, operator]) => known.has(operator)),
  ]);
  return Object.fromEntries(entries.filter(([, list]) => list.length > 0));
}

/** @param {Table} table */
function aliases(table) {
  const entries = Object.entries(FUNCTION_ALIASES).filter(([, name]) => name in table);
  return Object.fromEntries(entries.map(([alias, name]) => [alias, table[name]]));
}

/**
 * @param {NativeFunction[]} natives
 * @param {DeprecatedFunction[]} deprecated
 * @returns {Operators}
 */
export function buildOperators(natives, deprecated) {
  const exposed = natives.filter(isExposed);
  const functionCandidates = allCandidates(exposed, deprecated, false);
  const tables = MODULES.map((module) => {
    const own = functionCandidates.filter(({ fn }) => isFunction(fn) && (fn.module ?? 'torch') === module);
    return [module, overloadTable(own, module)];
  });
  const functions = Object.fromEntries(tables);
  const methodCandidates = allCandidates(exposed, deprecated, true).filter(({ fn }) => isMethod(fn));
  return {
    functions: {
      ...functions,
      torch: { ...functions.torch, ...aliases(functions.torch), ...available(MANUAL_FUNCTIONS, natives) },
    },
    methods: { ...overloadTable(methodCandidates, 'torch'), ...available(MANUAL_METHODS, natives) },
    results: resultNames(exposed),
  };
}
