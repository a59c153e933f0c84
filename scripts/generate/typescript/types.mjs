// TypeScript's counterparts of schema types.

import { typeToString } from '../schema.mjs';

/** @typedef {import('../schema.mjs').SchemaType} SchemaType */

/** @type {Record<string, string>} */
const INPUTS = {
  Tensor: 'Tensor',
  Scalar: 'Scalar',
  int: 'number',
  SymInt: 'number',
  float: 'number',
  bool: 'boolean',
  str: 'string',
  ScalarType: 'DType',
  Layout: 'Layout',
  Device: 'DeviceLike',
  MemoryFormat: 'MemoryFormat',
  Generator: 'Generator',
};

/** Types no TypeScript program can make a value of yet; signatures that ask for one are left out. */
export function isExpressible(/** @type {SchemaType} */ type) {
  return type.base in INPUTS;
}

/** @param {string} text */
function arrayElement(text) {
  return text.includes('|') ? `(${text})` : text;
}

/**
 * What a parameter of that type accepts.
 * @param {SchemaType} type
 */
export function inputType(type) {
  const base = INPUTS[type.base];
  if (!base) throw new Error(`no TypeScript type for ${typeToString(type)}`);
  const nullable = type.optional ? ' | null' : '';
  if (!type.list) return base + nullable;
  // A list with a size also accepts one number for all its elements.
  if (type.size !== null && (type.base === 'int' || type.base === 'SymInt')) return `Size${nullable}`;
  const element = type.elementOptional ? `${base} | null` : base;
  return `readonly ${arrayElement(element)}[]${nullable}`;
}

/**
 * What out= accepts: one tensor, a tuple of as many as there are results, or a list.
 * @param {SchemaType} type
 */
export function outType(type) {
  if (!type.list) return 'Tensor | null';
  if (type.size === null) return 'readonly Tensor[] | null';
  return `readonly [${Array(type.size).fill('Tensor').join(', ')}] | null`;
}

/** @type {Record<string, string>} */
const RESULTS = { ...INPUTS, Scalar: 'number | bigint | boolean | Complex', Device: 'Device', QScheme: 'string' };

/**
 * What a result of that type is.
 * @param {SchemaType} type
 */
export function resultType(type) {
  const base = RESULTS[type.base];
  if (!base) throw new Error(`no TypeScript type for ${typeToString(type)}`);
  const result = type.list ? `${arrayElement(base)}[]` : base;
  return type.optional ? `${result} | null` : result;
}
