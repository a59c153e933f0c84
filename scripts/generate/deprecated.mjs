// deprecated.yaml: argument orders Python still accepts, such as `add(input, alpha, other)`.

import { readFileSync } from 'node:fs';
import { require } from '../tools/packages.mjs';

const { parse } = /** @type {typeof import('yaml')} */ (require('yaml'));

import { outArguments, parseSchema, splitTopLevel, typeToString } from './schema.mjs';
import { pythonSignature } from './signatures.mjs';

/**
 * @typedef {import('./schema.mjs').Schema} Schema
 * @typedef {import('./native-functions.mjs').NativeFunction} NativeFunction
 * @typedef {{ schema: Schema, target: string, call: string[] }} DeprecatedFunction
 */

const CONSTANT = /^-?\d/;

/**
 * @param {string} text the contents of deprecated.yaml
 * @returns {DeprecatedFunction[]}
 */
export function parseDeprecated(text) {
  /** @type {{ name: string, aten: string }[]} */
  const entries = parse(text, { schema: 'failsafe' });
  return entries.map((entry) => {
    const [, target, args] = /** @type {RegExpExecArray} */ (/^(\w+)\((.*)\)$/.exec(entry.aten));
    const schema = parseSchema(entry.name);
    const outs = new Set(outArguments(schema).map((a) => a.name));
    const call = splitTopLevel(args).filter((name) => !outs.has(name));
    return { schema, target: outs.size ? target.replace(/_out$/, '') : target, call };
  });
}

/** @param {string} path */
export function readDeprecated(path) {
  return parseDeprecated(readFileSync(path, 'utf8'));
}

/** @param {Schema} schema */
function returnTypes(schema) {
  return schema.returns.map((ret) => typeToString(ret.type)).join();
}

/**
 * Whether the call fits the operator: same types and aliases, in the operator's order.
 * @param {DeprecatedFunction} deprecated
 * @param {Schema} target
 */
function fits({ schema, call }, target) {
  if (outArguments(schema).length !== outArguments(target).length) return false;
  if (returnTypes(schema) !== returnTypes(target)) return false;
  const outs = new Set(outArguments(target));
  const inputs = target.args.filter((a) => !outs.has(a));
  return inputs.every((arg, i) => {
    if (i >= call.length) return arg.default !== null;
    if (CONSTANT.test(call[i])) return typeToString(arg.type) === 'Scalar';
    const given = schema.args.find((a) => a.name === call[i]);
    return given && typeToString(given.type) === typeToString(arg.type) && given.annotation === arg.annotation;
  });
}

/**
 * Adds to each operator the deprecated signatures that end in it.
 * @param {DeprecatedFunction[]} deprecated
 * @param {NativeFunction[]} functions
 * @param {{ method: boolean }} how
 * @returns {import('./overloads.mjs').Candidate[]}
 */
export function deprecatedCandidates(deprecated, functions, { method }) {
  return deprecated.flatMap((entry) => {
    const targets = functions.filter((fn) => fn.schema.name === entry.target && fits(entry, fn.schema));
    if (targets.length === 0) throw new Error(`no operator fits the deprecated signature ${entry.schema.name}`);
    const signature = pythonSignature(entry.schema, { method, deprecated: true });
    return targets.map((fn) => ({ signature, fn, call: entry.call }));
  });
}
