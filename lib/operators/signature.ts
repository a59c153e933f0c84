/** Python's signatures of an operator, as the generated tables write them. */
import { dtypes, layouts, memoryFormats } from '../base/types';

/** What an argument may be; the schema's type without `?` and list size. */
export type BaseType =
  | 'Tensor'
  | 'Scalar'
  | 'int'
  | 'float'
  | 'bool'
  | 'str'
  | 'complex'
  | 'ScalarType'
  | 'Layout'
  | 'Device'
  | 'MemoryFormat'
  | 'Generator'
  | 'Any'
  | 'Storage'
  | 'Stream';

export interface Parameter {
  readonly name: string;
  readonly base: BaseType;
  readonly optional: boolean;
  /** A list: of exactly `size` elements (one value stands for all), or of any length when `size` is 0. */
  readonly list: boolean;
  readonly size: number;
  /** The elements of the list may be null. */
  readonly optionalElements: boolean;
  readonly keywordOnly: boolean;
  /** `undefined` when the parameter must be given. */
  readonly defaultValue: unknown;
  readonly defaultText: string | undefined;
}

export interface Signature {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** How many may be given by position. */
  readonly positional: number;
  /** How many must be given. */
  readonly required: number;
  /** The overload to call, and the one when `out` is given. */
  readonly op: string;
  readonly out: string | undefined;
  /** For a deprecated order of arguments: the source of each schema argument, by name or as a literal. */
  readonly sources: readonly string[] | undefined;
  readonly deprecated: boolean;
}

/** One entry of lib/generated/operators.json. */
export type SignatureEntry = readonly [python: string, op: string, out?: string | null, sources?: readonly string[]];

/** Splits at commas that no bracket or quote encloses. */
function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    const c = text[i];
    if (c === '"' || c === "'") quoted = !quoted;
    else if (c === '[' || c === '(') depth++;
    else if (c === ']' || c === ')') depth--;
    else if ((c === ',' && depth === 0 && !quoted) || c === undefined) {
      const part = text.slice(start, i).trim();
      if (part !== '') parts.push(part);
      start = i + 1;
    }
  }
  return parts;
}

/** What the names in defaults stand for. */
const constants: Readonly<Record<string, unknown>> = { ...dtypes, ...layouts, ...memoryFormats };

/** The value of a default as Python writes it. */
export function parseDefault(text: string): unknown {
  if (text === 'None') return null;
  if (text === 'True') return true;
  if (text === 'False') return false;
  if (text.startsWith('[') || text.startsWith('(')) return splitArguments(text.slice(1, -1)).map(parseDefault);
  if (/^["']/.test(text)) return text.slice(1, -1);
  const number = Number(text);
  return Number.isNaN(number) ? (constants[text] ?? text) : number;
}

function parseParameter(text: string, keywordOnly: boolean): Parameter {
  const match = /^([\w.]+)(\?)?(?:\[(\d*)\])?(\?)?\s+(\w+)(?:\s*=\s*(.*))?$/.exec(text);
  if (match === null) throw new Error(`cannot read the parameter '${text}'`);
  const [, base, mark, size, trailing, name, defaultText] = match;
  const list = size !== undefined;
  return {
    name: name!,
    base: base as BaseType,
    optional: list ? trailing !== undefined : mark !== undefined,
    list,
    size: size ? Number(size) : 0,
    optionalElements: list && mark !== undefined,
    keywordOnly,
    defaultText,
    defaultValue: defaultText === undefined ? undefined : parseDefault(defaultText),
  };
}

/** Reads a signature; a method gets its receiver as the first parameter, `self`. */
export function parseSignature([python, op, out, sources]: SignatureEntry, method: boolean): Signature {
  const open = python.indexOf('(');
  const texts = splitArguments(python.slice(open + 1, python.lastIndexOf(')')));
  if (method) texts.unshift('Tensor self');
  const star = texts.indexOf('*');
  const positional = star < 0 ? texts.length : star;
  if (star >= 0) texts.splice(star, 1);
  const parameters = texts.map((text, i) => parseParameter(text, i >= positional));
  return {
    name: python.slice(0, open),
    parameters,
    positional,
    required: parameters.filter((p) => p.defaultValue === undefined).length,
    op,
    out: out ?? undefined,
    sources,
    deprecated: false,
  };
}

/** An order of arguments is deprecated when the same operator has another one. */
function isDeprecated([, op, , sources]: SignatureEntry, all: readonly SignatureEntry[]): boolean {
  return sources !== undefined && all.some((other) => other[1] === op && other[3] === undefined);
}

/** Reads the signatures of one name, in the order they are tried. */
export function parseSignatures(entries: readonly SignatureEntry[], method: boolean): Signature[] {
  return entries.map((entry) => ({ ...parseSignature(entry, method), deprecated: isDeprecated(entry, entries) }));
}
