// From an operator schema to the signature Python's argument parser accepts.

import { isTensorLike, outArguments, parseType, typeToString } from './schema.mjs';

/**
 * @typedef {import('./schema.mjs').Schema} Schema
 * @typedef {import('./schema.mjs').SchemaType} SchemaType
 *
 * @typedef {{ name: string, type: SchemaType, default: string | null }} Parameter
 *
 * @typedef {{
 *   name: string,
 *   positional: Parameter[],
 *   keywords: Parameter[],
 *   out: Parameter | null,
 *   options: Parameter[],
 *   method: boolean,
 *   deprecated: boolean,
 * }} Signature  `options` are dtype, layout, device, pin_memory and requires_grad of functions that make tensors.
 */

const TENSOR_OPTIONS = ['dtype', 'layout', 'device', 'pin_memory'];

/** @param {string} text */
const type = (text) => parseType(text).type;

/**
 * The four packed options, present only when the schema has all of them.
 * @param {Schema} schema
 * @returns {Set<string>}
 */
function schemaTensorOptions(schema) {
  const names = new Set(schema.args.filter((a) => a.keywordOnly).map((a) => a.name));
  return TENSOR_OPTIONS.every((name) => names.has(name)) ? new Set(TENSOR_OPTIONS) : new Set();
}

/**
 * @param {Schema} schema
 * @param {string | null} category
 */
function makesNewTensor(schema, category) {
  if (category === 'dummy') return false;
  const outs = new Set(outArguments(schema));
  const takesTensor = schema.args.some((a) => !outs.has(a) && isTensorLike(a.type));
  const returnsTensor = schema.returns.some((r) => isTensorLike(r.type));
  const derived =
    schema.name.startsWith('new_') || /_like$/.test(schema.name) || ['new', 'like'].includes(category ?? '');
  return derived || category === 'factory' || (returnsTensor && !takesTensor);
}

/**
 * @param {Schema} schema
 * @returns {Parameter[]}
 */
function tensorOptions(schema) {
  const inherits = schema.name.startsWith('new_') || schema.name.endsWith('_like');
  const dtype = schema.args.find((a) => a.keywordOnly && a.name === 'dtype')?.default;
  return [
    // randint and the index factories fall back on int64, whatever the default dtype is.
    { name: 'dtype', type: type('ScalarType?'), default: !inherits && dtype === 'long' ? 'long' : 'None' },
    { name: 'layout', type: type('Layout?'), default: 'None' },
    { name: 'device', type: type('Device?'), default: 'None' },
    { name: 'pin_memory', type: type('bool?'), default: 'False' },
    { name: 'requires_grad', type: type('bool?'), default: 'False' },
  ];
}

/**
 * Several outputs are given as one tuple.
 * @param {Schema} schema
 * @returns {Parameter | null}
 */
function outParameter(schema) {
  const outs = outArguments(schema);
  if (outs.length === 0) return null;
  if (outs.length === 1) return { name: outs[0].name, type: outs[0].type, default: 'None' };
  return { name: 'out', type: type(`Tensor[${outs.length}]`), default: 'None' };
}

/**
 * @param {Schema} schema
 * @param {{ method: boolean, category?: string | null, deprecated?: boolean }} how
 * @returns {Signature}
 */
export function pythonSignature(schema, { method, category = null, deprecated = false }) {
  const options = schemaTensorOptions(schema);
  const outs = new Set(outArguments(schema));
  const inputs = schema.args.filter((a) => !outs.has(a) && !(method && a.name === 'self'));
  return {
    name: schema.name,
    positional: inputs.filter((a) => !a.keywordOnly),
    keywords: inputs.filter((a) => a.keywordOnly && !options.has(a.name)),
    out: outParameter(schema),
    options: makesNewTensor(schema, category) ? tensorOptions(schema) : [],
    method,
    deprecated,
  };
}

/**
 * All parameters but out=, in the order in which Python compares overloads.
 * @param {Signature} signature
 */
export function inputParameters(signature) {
  return [...signature.positional, ...signature.keywords, ...signature.options];
}

/**
 * Python calls the receiver of a function `input`, when it is a plain tensor.
 * @param {Parameter} parameter
 * @param {Signature} signature
 */
export function parameterName(parameter, signature) {
  const renamed = parameter.name === 'self' && typeToString(parameter.type) === 'Tensor' && !signature.method;
  return renamed ? 'input' : parameter.name;
}

const ENUM_DEFAULTS = new Map([
  ['Mean', '1'],
  ['long', 'int64'],
]);

/**
 * Defaults as Python literals, strings always in double quotes.
 * @param {string} text
 */
export function defaultLiteral(text) {
  if (text.startsWith("'")) return JSON.stringify(text.slice(1, -1).replace(/\\(.)/g, '$1'));
  return ENUM_DEFAULTS.get(text) ?? text;
}

/** @param {Parameter} parameter @param {Signature} signature */
function formatParameter(parameter, signature) {
  const typeText = typeToString(parameter.type).replace(/^(SymInt|DeviceIndex)\b/, 'int');
  const name = parameterName(parameter, signature);
  return `${typeText} ${name}${parameter.default === null ? '' : `=${defaultLiteral(parameter.default)}`}`;
}

/**
 * The signature as it stands in operators.json.
 * @param {Signature} signature
 */
export function formatSignature(signature) {
  const { positional, keywords, out, options, name } = signature;
  const outs = out ? [{ ...out, type: { ...out.type, optional: true } }] : [];
  // requires_grad is Python's alone and never None.
  const tensorOptions = options.map((o) => (o.name === 'requires_grad' ? { ...o, type: type('bool') } : o));
  const trailing = [...keywords, ...outs, ...tensorOptions];
  const parts = [...positional, null, ...trailing].map((p) => (p ? formatParameter(p, signature) : '*'));
  if (trailing.length === 0) parts.pop();
  return `${name}(${parts.join(', ')})`;
}
