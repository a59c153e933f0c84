// Joins each operator with its out= overload and puts overloads into the order in which Python tries them.

import { outArguments, typeToString } from './schema.mjs';
import { inputParameters, parameterName } from './signatures.mjs';

/**
 * @typedef {import('./native-functions.mjs').NativeFunction} NativeFunction
 * @typedef {import('./signatures.mjs').Signature} Signature
 * @typedef {import('./schema.mjs').SchemaType} SchemaType
 *
 * @typedef {{ signature: Signature, fn: NativeFunction, call?: string[] }} Candidate
 * @typedef {{ signature: Signature, fn: NativeFunction, out: NativeFunction | null, call?: string[] }} Overload
 */

/** Python breaks ties by the text of a signature in the argument parser's own spelling of types. */
const PARSER_SCALARS = new Map([
  ['int', 'int64_t'],
  ['float', 'double'],
  ['str', 'c10::string_view'],
]);
const PARSER_LISTS = new Map([
  ['int', 'IntArrayRef'],
  ['SymInt', 'SymIntArrayRef'],
  ['Tensor', 'TensorList'],
  ['Scalar', 'ScalarList'],
]);
const PARSER_DEFAULTS = new Map([
  ['[]', 'None'],
  ['contiguous_format', 'c10::MemoryFormat::Contiguous'],
  ['Mean', 'at::Reduction::Mean'],
  ['long', 'None'],
]);

/** @param {SchemaType} type */
function parserType(type) {
  const scalar = PARSER_SCALARS.get(type.base) ?? type.base;
  const mark = type.optional ? '?' : '';
  if (!type.list) return scalar + mark;
  if (type.elementOptional) return `c10::List<::std::optional<${scalar}>>${mark}`;
  if (type.base === 'bool') return `::std::array<bool,${type.size}>${mark}`;
  const list = PARSER_LISTS.get(type.base) ?? `ArrayRef<${scalar}>`;
  return list + (type.size === null ? '' : `[${type.size}]`) + mark;
}

/** @param {Signature} signature @param {boolean} withOut */
function parserText(signature, withOut) {
  const { positional, keywords, out, options } = signature;
  const trailing = [...keywords, ...(withOut && out ? [out] : []), ...options];
  const format = (/** @type {import('./signatures.mjs').Parameter} */ p) => {
    const value = p.default === null ? '' : `=${PARSER_DEFAULTS.get(p.default) ?? p.default}`;
    return `${parserType(p.type)} ${parameterName(p, signature)}${value}`;
  };
  const parts = [...positional.map(format), ...(trailing.length ? ['*'] : []), ...trailing.map(format)];
  return `${signature.name}(${parts.join(', ')})${signature.deprecated ? '|deprecated' : ''}`;
}

/**
 * One signature serves an operator and its out= overload.
 * @param {Candidate[]} candidates
 * @returns {Overload[]}
 */
function joinOutOverloads(candidates) {
  /** @type {Map<string, Candidate>} */
  const outs = new Map();
  for (const candidate of candidates) {
    if (outArguments(candidate.fn.schema).length) outs.set(parserText(candidate.signature, false), candidate);
  }
  const joined = candidates
    .filter((candidate) => outArguments(candidate.fn.schema).length === 0)
    .map((candidate) => {
      const key = parserText(candidate.signature, false);
      const out = outs.get(key);
      outs.delete(key);
      if (!out) return { ...candidate, out: null };
      return { ...candidate, signature: { ...out.signature, options: candidate.signature.options }, out: out.fn };
    });
  if (outs.size) throw new Error(`out= overloads without a counterpart: ${[...outs.keys()].join('; ')}`);
  return joined;
}

/**
 * Whether a parameter of type `loose` also accepts what `strict` is meant for, so that `strict` has to be tried first:
 * numbers convert to tensors, one-element tensors to numbers, and a number to a list.
 * @param {SchemaType} loose
 * @param {SchemaType} strict
 */
function yieldsTo(loose, strict) {
  const a = typeToString(loose);
  const b = typeToString(strict);
  switch (a) {
    case 'Scalar':
    case 'int':
    case 'SymInt':
      return b === 'Tensor';
    case 'Scalar?':
      return b === 'Tensor?';
    case 'int[]':
      return b === 'int' || b === 'int?';
    case 'SymInt[]':
      return b === 'int[]';
    case 'Tensor[]':
      return b.includes('[]');
    default:
      return false;
  }
}

/** @param {Signature} first @param {Signature} second */
function comesAfter(first, second) {
  const a = inputParameters(first);
  const b = inputParameters(second);
  if (a.length !== b.length) return false;
  const same = a.map((p, i) => typeToString(p.type) === typeToString(b[i].type));
  return same.some((s) => !s) && same.every((s, i) => s || yieldsTo(a[i].type, b[i].type));
}

/**
 * A stable topological order: whatever waits for nothing first, then each overload once all it yields to are placed.
 * @param {Overload[]} overloads
 * @returns {Overload[]}
 */
function inParserOrder(overloads) {
  const text = new Map(overloads.map((overload) => [overload, parserText(overload.signature, true)]));
  const sorted = [...overloads].sort((a, b) =>
    /** @type {string} */ (text.get(a)) < /** @type {string} */ (text.get(b)) ? -1 : 1,
  );
  const waiting = new Map(sorted.map((a) => [a, new Set(sorted.filter((b) => comesAfter(a.signature, b.signature)))]));
  const order = sorted.filter((overload) => waiting.get(overload)?.size === 0);
  const pending = sorted.filter((overload) => !order.includes(overload));
  for (const placed of order) {
    for (const overload of [...pending]) {
      const blockers = /** @type {Set<Overload>} */ (waiting.get(overload));
      blockers.delete(placed);
      if (blockers.size === 0) {
        order.push(overload);
        pending.splice(pending.indexOf(overload), 1);
      }
    }
  }
  if (pending.length) throw new Error(`overloads of ${pending[0].signature.name} yield to each other in a circle`);
  return order;
}

/**
 * @param {Candidate[]} candidates every signature of one name
 * @returns {Overload[]}
 */
export function orderOverloads(candidates) {
  return inParserOrder(joinOutOverloads(candidates));
}
