// From the Python signatures of one name to few TypeScript overloads.

import { inputType, isExpressible, outType } from './types.mjs';

/**
 * @typedef {import('../schema.mjs').Argument} Argument
 * @typedef {import('../schema.mjs').Schema} Schema
 *
 * @typedef {{ name: string, type: string, optional: boolean, varargs: boolean }} Parameter
 * @typedef {{ positional: Parameter[], keywords: Parameter[], result: string }} CallSignature
 */

/** In these a number stands for a tensor wherever one is asked for. */
const TAKES_NUMBERS = /^(add|sub|subtract|mul|multiply|div|divide|true_divide|floor_divide)_?$|^copy_$/;

const FACTORY_KEYWORDS = ['dtype', 'layout', 'device', 'pin_memory', 'requires_grad'];

/** TypeScript does not allow these as parameter names. */
const RESERVED = new Set(['function', 'in', 'var', 'new', 'default', 'with', 'this', 'arguments', 'eval']);

/**
 * Exactly one positional parameter, a list of integers, may be spread: `zeros(2, 3)`.
 * @param {Argument[]} positional
 */
function takesVarargs(positional) {
  const only = positional.length === 1 ? positional[0] : undefined;
  return only?.type.list === true && only.type.base === 'int';
}

/** @param {Argument} arg @param {string} functionName @param {boolean} isOut */
function parameterType(arg, functionName, isOut) {
  if (isOut) return outType(arg.type);
  const type = inputType(arg.type);
  if (arg.default === '[]' && arg.type.list) return `${type} | null`;
  return type === 'Tensor' && TAKES_NUMBERS.test(functionName) ? 'Tensor | Scalar' : type;
}

/**
 * @param {Schema} python a Python signature with the results of its operator
 * @param {string} outName the name of the out= parameter, or the empty string
 * @param {string} result
 * @returns {CallSignature | null} null where a parameter has no TypeScript type
 */
export function callSignature(python, outName, result) {
  if (!python.args.every((arg) => isExpressible(arg.type))) return null;
  const spread = takesVarargs(python.args.filter((arg) => !arg.keywordOnly));
  const parameters = python.args.map((arg) => ({
    name: arg.name,
    type: parameterType(arg, python.name, arg.keywordOnly && arg.name === outName),
    // Python tells overloads with and without a generator apart; for a caller it is one optional keyword.
    optional: arg.default !== null || (arg.keywordOnly && arg.type.optional),
    varargs: spread && !arg.keywordOnly,
  }));
  return {
    positional: parameters.filter((_, i) => !python.args[i].keywordOnly),
    keywords: parameters.filter((_, i) => python.args[i].keywordOnly),
    result,
  };
}

/** @param {Parameter} a @param {Parameter} b */
const sameParameter = (a, b) => a.name === b.name && a.type === b.type && a.optional === b.optional;

/**
 * Whether every call of `small` is a call of `big`.
 * @param {CallSignature} small
 * @param {CallSignature} big
 */
function isCovered(small, big) {
  const rest = big.positional.slice(small.positional.length);
  return (
    small.result === big.result &&
    small.positional.every((p, i) => big.positional[i] && sameParameter(p, big.positional[i])) &&
    rest.every((p) => p.optional) &&
    coversKeywords(small, big)
  );
}

/** @param {CallSignature} small @param {CallSignature} big */
function coversKeywords(small, big) {
  return (
    small.keywords.every((k) => big.keywords.some((other) => sameParameter(k, other))) &&
    big.keywords.every((k) => k.optional || small.keywords.some((other) => other.name === k.name))
  );
}

/** @param {string} first @param {string} second */
function unionOf(first, second) {
  return [...new Set([...first.split(' | '), ...second.split(' | ')])].join(' | ');
}

/**
 * One signature for two that differ in the type of a single positional parameter.
 * @param {CallSignature} a
 * @param {CallSignature} b
 * @returns {CallSignature | null}
 */
function joinOfTwo(a, b) {
  if (a.result !== b.result || a.positional.length !== b.positional.length) return null;
  const alike = a.positional.every(
    (p, i) => p.name === b.positional[i].name && p.optional === b.positional[i].optional,
  );
  const different = a.positional.findIndex((p, i) => p.type !== b.positional[i].type);
  const others = a.positional.filter((p, i) => i !== different && p.type !== b.positional[i].type);
  if (!alike || different < 0 || others.length) return null;
  if (a.positional[different].varargs || b.positional[different].varargs) return null;
  const keywords = coversKeywords(a, b) ? b.keywords : coversKeywords(b, a) ? a.keywords : null;
  if (!keywords) return null;
  const type = unionOf(a.positional[different].type, b.positional[different].type);
  return { ...a, positional: a.positional.map((p, i) => (i === different ? { ...p, type } : p)), keywords };
}

/**
 * Leaves out what another signature covers and joins those that differ in one type.
 * @param {CallSignature[]} signatures
 * @returns {CallSignature[]}
 */
export function mergeSignatures(signatures) {
  /** @type {CallSignature[]} */
  const merged = [];
  for (const signature of signatures) {
    if (merged.some((other) => isCovered(signature, other))) continue;
    const index = merged.findIndex((other) => isCovered(other, signature) || joinOfTwo(other, signature));
    if (index < 0) merged.push(signature);
    else merged[index] = joinOfTwo(merged[index], signature) ?? signature;
  }
  return merged.length < signatures.length ? mergeSignatures(merged) : merged;
}

/** Second names that NumPy's users know; lib/operators/bind.ts takes them. */
const ALIASES = new Map([
  ['dim', 'axis'],
  ['keepdim', 'keepdims'],
]);

/** @param {Parameter} parameter */
function properties({ name, type, optional }) {
  const alias = optional ? ALIASES.get(name) : undefined;
  return `${name}${optional ? '?' : ''}: ${type}${alias ? `; ${alias}?: ${type}` : ''}`;
}

/**
 * The trailing options object, or null where nothing can be in it.
 * @param {Parameter[]} parameters
 */
function optionsType(parameters) {
  if (parameters.length === 0) return null;
  const names = new Set(parameters.map((p) => p.name));
  const factory = FACTORY_KEYWORDS.every((name) => names.has(name));
  const own = factory ? parameters.filter((p) => !FACTORY_KEYWORDS.includes(p.name)) : parameters;
  const dim = own.find(({ name, optional }) => name === 'dim' && !optional);
  const others = own.filter((p) => p !== dim);
  const literal = others.length ? `{ ${others.map(properties).join('; ')} }` : '';
  return [dim ? `Dim<${dim.type}>` : '', literal, factory ? 'TensorOptions' : ''].filter(Boolean).join(' & ');
}

/** @param {string} name */
const parameterName = (name) => (RESERVED.has(name) ? `${name}_` : name);

/** @param {CallSignature} signature */
function formatVarargs({ positional, keywords }) {
  const name = positional[0].name;
  const options = optionsType(keywords);
  return options ? `(...${name}: Varargs<${options}>)` : `(...${name}: number[])`;
}

/** @param {string} type @param {string | null} options */
const orOptions = (type, options) => (options === null ? type : `${type} | ${options}`);

/** The parameter lists of one signature, whose options have a type of their own. */
class Forms {
  /** @param {CallSignature} signature @param {(type: string) => string} declare gives a type its name */
  constructor({ positional, keywords }, declare) {
    const isRequired = (/** @type {Parameter} */ { optional }) => !optional;
    const from = positional.findIndex(({ optional }) => optional);
    this.required = from < 0 ? positional : positional.slice(0, from);
    this.others = from < 0 ? [] : positional.slice(from);
    this.requiredByName = keywords.filter(isRequired);
    this.optional = [...this.others, ...keywords.filter(({ optional }) => optional)];
    this.hasKeywords = keywords.length > 0;
    const options = optionsType(this.optional);
    // What stands in one place only, and says little, needs no name.
    this.isNamed = options !== null && (this.others.length > 0 || options.length >= 40);
    this.options = options !== null && this.isNamed ? declare(options) : options;
  }

  /** What is given by name behind the first `count`. @param {number} count */
  rest(count) {
    const left = [...this.required.slice(count), ...this.requiredByName];
    if (!this.isNamed) return optionsType([...left, ...this.optional]);
    return left.length > 0 ? `${optionsType(left)} & ${this.options}` : this.options;
  }

  /** All by position, an object of options in place of any that may be left out, and of the last of three or more. */
  byPosition(/** @type {boolean} */ anyByName) {
    const { required, others, options, requiredByName } = this;
    const last = required.length - 1;
    const parts = required.map(({ name, type }, i) => {
      const named = anyByName && i === last && i > 1 && requiredByName.length === 0;
      return `${parameterName(name)}: ${type}${named ? ` | (${this.rest(last)})` : ''}`;
    });
    if (requiredByName.length > 0) return [...parts, `options: ${this.rest(required.length)}`];
    parts.push(...others.map(({ name, type }) => `${parameterName(name)}?: ${orOptions(type, options)}`));
    return this.hasKeywords ? [...parts, `options?: ${options}`] : parts;
  }
}

/**
 * The ways to call a function of these signatures, each with its result: at most three where there is one signature.
 * @param {CallSignature[]} signatures
 * @param {{ anyByName: boolean, declare: (type: string) => string }} how whether required positional parameters may be
 * given by name too, and what gives options a name
 * @returns {string[]}
 */
export function callForms(signatures, { anyByName, declare }) {
  /** @type {string[]} */
  const byPosition = [];
  const mixed = new Joined('named');
  const byName = new Joined('args');
  for (const signature of signatures) {
    const { result } = signature;
    const forms = new Forms(signature, declare);
    if (signature.positional.some((p) => p.varargs)) byPosition.push(`${formatVarargs(signature)}: ${result}`);
    byPosition.push(`(${forms.byPosition(anyByName).join(', ')}): ${result}`);
    const [first] = forms.required;
    if (!anyByName || first === undefined) continue;
    byName.add('', forms.rest(0), result);
    if (forms.required.length > 1) mixed.add(`${parameterName(first.name)}: ${first.type}, `, forms.rest(1), result);
  }
  return [...byPosition, ...mixed.lists(), ...byName.lists()];
}

/** Lists that differ in the type of their last parameter only are one list. */
class Joined {
  /** @type {Map<string, { first: string, types: (string | null)[], result: string }>} */
  found = new Map();

  /** @param {string} parameter */
  constructor(parameter) {
    this.parameter = parameter;
  }

  /** @param {string} first @param {string | null} type @param {string} result */
  add(first, type, result) {
    const key = `${first}: ${result}`;
    const { types } = this.found.get(key) ?? { types: [] };
    this.found.set(key, { first, types: [...types, type], result });
  }

  lists() {
    return [...this.found.values()].map(
      ({ first, types, result }) => `(${first}${this.parameter}: ${types.join(' | ')}): ${result}`,
    );
  }
}
