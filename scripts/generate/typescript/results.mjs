// Result types: tuples, and tuples whose elements have names too.

import { resultType } from './types.mjs';

/**
 * @typedef {import('../schema.mjs').Return} Return
 * @typedef {import('../schema.mjs').Schema} Schema
 */

/** @param {Return[]} returns */
export function isNamedTuple(returns) {
  return returns.length > 1 && returns.every((ret) => ret.name !== null);
}

/** @param {string} name */
function pascalCase(name) {
  return name
    .split('_')
    .filter(Boolean)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** Collects the named tuples that signatures refer to, one alias for each list of names and types. */
export class NamedTuples {
  /** @type {Map<string, { alias: string, text: string }>} */
  #byFields = new Map();

  /**
   * The alias of an operator's named tuple: its fields' names, or the operator's where they are many.
   * @param {Schema} schema
   */
  alias({ name, returns }) {
    const fields = returns.map((ret) => `${ret.name}: ${resultType(ret.type)}`);
    const key = fields.join(', ');
    const known = this.#byFields.get(key);
    if (known) return known.alias;
    const words = returns.length > 3 ? [name, 'result'] : returns.map((ret) => ret.name ?? '');
    const base = words.map(pascalCase).join('');
    const taken = new Set([...this.#byFields.values()].map((entry) => entry.alias));
    let alias = base;
    for (let i = 2; taken.has(alias); i++) alias = `${base}${i}`;
    const properties = fields.map((field) => `readonly ${field}`).join('; ');
    this.#byFields.set(key, { alias, text: `export type ${alias} = [${key}] & { ${properties} };` });
    return alias;
  }

  /** The declarations of all aliases, sorted. */
  declarations() {
    return [...this.#byFields.values()].map((entry) => entry.text).sort();
  }
}

/**
 * @param {Schema} schema
 * @param {{ tuples: NamedTuples, inPlace: boolean }} context
 */
export function returnType(schema, { tuples, inPlace }) {
  const { returns } = schema;
  if (inPlace) return 'this';
  if (returns.length === 0) return 'void';
  if (isNamedTuple(returns)) return tuples.alias(schema);
  const types = returns.map((ret) => resultType(ret.type));
  return types.length === 1 ? /** @type {string} */ (types[0]) : `[${types.join(', ')}]`;
}
