// Parser of operator schemas, such as `add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor`.

/**
 * A schema type. `Tensor?[]` has an optional element, `int[2]?` is an optional list.
 * @typedef {{ base: string, elementOptional: boolean, list: boolean, size: number | null, optional: boolean }} SchemaType
 *
 * @typedef {{
 *   name: string,
 *   type: SchemaType,
 *   default: string | null,
 *   keywordOnly: boolean,
 *   written: boolean,
 *   annotation: string,
 * }} Argument  `written` is true where the operator writes to the argument: `Tensor(a!)`.
 *
 * @typedef {{ name: string | null, type: SchemaType, annotation: string }} Return
 * @typedef {{ name: string, overload: string, args: Argument[], returns: Return[] }} Schema
 */

const OPENING = '([{';
const CLOSING = ')]}';

/**
 * Splits at commas that are outside brackets and string literals.
 * @param {string} text
 * @returns {string[]}
 */
export function splitTopLevel(text) {
  const parts = [];
  let depth = 0;
  let quote = '';
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quote) {
      if (c === '\\') i++;
      else if (c === quote) quote = '';
    } else if (c === '"' || c === "'") quote = c;
    else if (OPENING.includes(c)) depth++;
    else if (CLOSING.includes(c)) depth--;
    else if (c === ',' && depth === 0) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  if (quote || depth !== 0) throw new Error(`unbalanced brackets or quotes in schema part: ${text}`);
  const last = text.slice(start).trim();
  if (last) parts.push(last);
  return parts;
}

const TYPE = /^([A-Za-z]\w*)(?:\(([^)]*)\))?(\?)?(?:\[(\d*)\])?(\?)?$/;

/**
 * Parses a type with or without an alias annotation.
 * @param {string} text
 * @returns {{ type: SchemaType, annotation: string }}
 */
export function parseType(text) {
  // The annotation of a written list stands on its element: `Tensor(a!)[]`.
  const match = TYPE.exec(text);
  if (!match) throw new Error(`cannot parse schema type: ${text}`);
  const [, base, annotation = '', firstMark, size, lastMark] = match;
  const list = size !== undefined;
  return {
    type: {
      base,
      elementOptional: list && firstMark === '?',
      list,
      size: size ? Number(size) : null,
      optional: lastMark === '?' || (!list && firstMark === '?'),
    },
    annotation,
  };
}

/** @param {SchemaType} type */
export function typeToString(type) {
  const element = type.base + (type.elementOptional ? '?' : '');
  const list = type.list ? `[${type.size ?? ''}]` : '';
  return element + list + (type.optional ? '?' : '');
}

/**
 * @param {string} text
 * @param {boolean} keywordOnly
 * @returns {Argument}
 */
function parseArgument(text, keywordOnly) {
  const match = /^(.+?)\s+([A-Za-z_]\w*)(?:=(.*))?$/s.exec(text);
  if (!match) throw new Error(`cannot parse schema argument: ${text}`);
  const { type, annotation } = parseType(match[1]);
  return {
    name: match[2],
    type,
    default: match[3] ?? null,
    keywordOnly,
    written: annotation.includes('!'),
    annotation,
  };
}

/** @param {string} text */
function parseArguments(text) {
  /** @type {Argument[]} */
  const args = [];
  let keywordOnly = false;
  for (const part of splitTopLevel(text)) {
    if (part === '*') keywordOnly = true;
    else args.push(parseArgument(part, keywordOnly));
  }
  return args;
}

/**
 * @param {string} text
 * @returns {Return}
 */
function parseReturn(text) {
  const match = /^(\S+?)(?:\s+([A-Za-z_]\w*))?$/.exec(text.replace(/\(([^)]*)\)/, (all) => all.replaceAll(' ', '')));
  if (!match) throw new Error(`cannot parse schema return: ${text}`);
  return { name: match[2] ?? null, ...parseType(match[1]) };
}

/** @param {string} text */
function parseReturns(text) {
  const inner = text.startsWith('(') ? text.slice(1, -1) : text;
  return splitTopLevel(inner).map(parseReturn);
}

/**
 * @param {string} text
 * @returns {Schema}
 */
export function parseSchema(text) {
  const match = /^([\w]+)(?:\.(\w+))?\((.*)\)\s*->\s*(.+)$/s.exec(text.trim());
  if (!match) throw new Error(`cannot parse operator schema: ${text}`);
  const [, name, overload = '', args, returns] = match;
  return { name, overload, args: parseArguments(args), returns: parseReturns(returns) };
}

/**
 * The name under which the dispatcher knows the overload, without its namespace.
 * @param {Schema} schema
 */
export function operatorName(schema) {
  return schema.overload ? `${schema.name}.${schema.overload}` : schema.name;
}

/**
 * The arguments an out= overload fills: written and keyword-only.
 * @param {Schema} schema
 */
export function outArguments(schema) {
  return schema.args.filter((a) => a.keywordOnly && a.written);
}

/** @param {SchemaType} type */
export function isTensorLike(type) {
  return type.base === 'Tensor';
}
