// Writes one interface for each namespace of functions and one for Tensor's methods.

import { outArguments, parseSchema } from '../schema.mjs';
import { callForms, callSignature, mergeSignatures } from './call-signatures.mjs';
import { docComment, documentationPage } from './docs.mjs';
import { NamedTuples, returnType } from './results.mjs';

/**
 * @typedef {import('../schema.mjs').Schema} Schema
 * @typedef {import('../operators.mjs').Operators} Operators
 * @typedef {import('../operators.mjs').Table} Table
 * @typedef {import('../manual.mjs').SignatureEntry} SignatureEntry
 *
 * @typedef {{
 *   schemas: Map<string, Schema>,
 *   tuples: NamedTuples,
 *   options: OptionTypes,
 * }} Context  `schemas` has every operator by its name.
 */

const INTERFACES = {
  torch: 'TorchFunctions',
  nn: 'NNFunctions',
  linalg: 'LinalgFunctions',
  fft: 'FftFunctions',
  special: 'SpecialFunctions',
  sparse: 'SparseFunctions',
  nested: 'NestedFunctions',
};

/** Methods that a members.ts or lib/tensor/indexing.ts types itself, since they take more than PyTorch's operator. */
const HANDWRITTEN_METHODS = new Set([
  'chalf',
  'index_put_',
  'nonzero',
  'norm',
  'requires_grad_',
  'split',
  'stft',
  'unflatten',
]);

/** Methods that begin with an underscore and that programs use all the same: the parts of a sparse tensor, and views. */
const SHOWN_METHODS = new Set(['_indices', '_is_view', '_nnz', '_values']);

/** Whether editors offer a method: not those that PyTorch keeps to itself. @param {string} name */
const isShown = (name) => !name.startsWith('_') || SHOWN_METHODS.has(name);

/** @param {SignatureEntry} entry @param {Context} context */
function readEntry([python, operator, out], { schemas }) {
  const schema = schemas.get(operator);
  if (!schema) throw new Error(`unknown operator ${operator}`);
  const parsed = { ...parseSchema(`${python} -> ()`), returns: schema.returns };
  const outSchema = out ? schemas.get(out) : undefined;
  const outs = outSchema ? outArguments(outSchema) : [];
  const outName = outs.length > 1 ? 'out' : (outs[0]?.name ?? '');
  return { parsed, schema, outName };
}

/** @param {Schema} schema */
function writesReceiver(schema) {
  return schema.args[0]?.name === 'self' && schema.args[0].written && schema.returns.length === 1;
}

/**
 * Deprecated argument orders work, but are not offered to new programs.
 * @param {SignatureEntry} entry
 * @param {SignatureEntry[]} all
 */
function isDeprecated([, operator, , call], all) {
  return call !== undefined && all.some((other) => other[1] === operator && other[3] === undefined);
}

/** Types that argument lists name, of one file. */
class OptionTypes {
  /** @type {Map<string, string>} */
  byName = new Map();

  /** A name for a type: of the function, of its namespace too where another has it, and a number where both have it. */
  declare(/** @type {string} */ namespace, /** @type {string} */ name, /** @type {string} */ type) {
    if (/^\w+$/.test(type)) return type;
    const own = `${pascal(name)}Options`;
    const numbered = Array.from({ length: 9 }, (_, i) => `${pascal(namespace)}${pascal(name)}Options${i + 2}`);
    const free = [own, `${pascal(namespace)}${own}`, ...numbered].find(
      (each) => (this.byName.get(each) ?? type) === type,
    );
    if (free === undefined) throw new Error(`no name for the options of ${namespace}.${name}`);
    this.byName.set(free, type);
    return free;
  }

  text() {
    return [...this.byName].map(([name, type]) => `type ${name} = ${type};\n`).join('');
  }
}

/** index_add_ → IndexAdd_. @param {string} name */
function pascal(name) {
  const words = name.replace(/_$/, '').split('_');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('') + (name.endsWith('_') ? '_' : '');
}

/**
 * @param {string} namespace
 * @param {string} name
 * @param {SignatureEntry[]} entries
 * @param {Context} context
 * @returns {string[]}
 */
function memberLines(namespace, name, entries, context) {
  const method = namespace === 'Tensor';
  const overloads = entries.filter((entry) => !isDeprecated(entry, entries)).map((entry) => readEntry(entry, context));
  const signatures = overloads.map(({ parsed, schema, outName }) => {
    const result = returnType(schema, { tuples: context.tuples, inPlace: method && writesReceiver(schema) });
    return callSignature(parsed, outName, result);
  });
  const merged = mergeSignatures(signatures.filter((signature) => signature !== null));
  // What has no documentation is for lib/ itself, which needs no calls by name.
  const anyByName = method || documentationPage(namespace, name) !== null;
  const declare = (/** @type {string} */ type) => context.options.declare(namespace, name, type);
  const forms = callForms(merged, { anyByName, declare }).map((form) => `${name}${form};`);
  if (forms.length === 0) return [];
  const comment = docComment(
    namespace,
    name,
    overloads.map(({ parsed }) => parsed),
  );
  return [...comment, ...new Set(forms)];
}

/**
 * @param {string} interfaceName
 * @param {string} namespace
 * @param {Table} table
 * @param {Context} context
 */
function interfaceText(interfaceName, namespace, table, context) {
  const members = Object.entries(table)
    .filter(([name]) => !name.startsWith('__'))
    .filter(([name]) => namespace !== 'Tensor' || (isShown(name) && !HANDWRITTEN_METHODS.has(name)))
    .flatMap(([name, entries]) => memberLines(namespace, name, entries, context));
  return [`export interface ${interfaceName} {`, ...members.map((line) => `  ${line}`), '}', ''].join('\n');
}

const HEADER = '// Generated by scripts/generate from the operator schemas of libtorch.\n';

/** @param {string} body */
function imports(body) {
  const used = (/** @type {string[]} */ names) => names.filter((name) => new RegExp(`\\b${name}\\b`).test(body));
  const lines = [
    ['../tensor/tensor', used(['Tensor'])],
    ['../base/types', used(['Complex', 'DType', 'Device', 'DeviceLike', 'Layout', 'MemoryFormat', 'Scalar', 'Size'])],
    ['../tensor/generator', used(['Generator'])],
    ['./options', used(['Dim', 'TensorOptions', 'Varargs'])],
  ];
  return lines
    .filter(([, names]) => names.length)
    .map(([file, names]) => `import type { ${/** @type {string[]} */ (names).join(', ')} } from '${file}';\n`)
    .join('');
}

const OPTIONS = `${HEADER}import type { DeviceLike, DType, Layout } from '../base/types';

/** Keywords of the functions that make tensors. */
export interface TensorOptions {
  dtype?: DType | null;
  layout?: Layout | null;
  device?: DeviceLike | null;
  pin_memory?: boolean | null;
  requires_grad?: boolean;
}

/** A dim that has to be given, by its name or by NumPy's. */
export type Dim<Value> = { dim: Value; axis?: never } | { axis: Value; dim?: never };

/** Integers one after another, with an options object behind them or not. */
export type Varargs<Options> = number[] | [...sizes: number[], options: Options];
`;

/**
 * @param {Operators} operators
 * @param {Map<string, Schema>} schemas
 * @returns {Record<string, string>} the text of each file
 */
export function typescriptFiles(operators, schemas) {
  const tuples = new NamedTuples();
  const contexts = [0, 1].map(() => ({ schemas, tuples, options: new OptionTypes() }));
  const [ofFunctions, ofMethods] = contexts;
  const functions = Object.entries(INTERFACES)
    .map(([module, name]) => interfaceText(name, module, operators.functions[module], ofFunctions))
    .join('\n');
  const methods = `${interfaceText('TensorMethods', 'Tensor', operators.methods, ofMethods)}
declare module '../tensor/tensor' {
  interface Tensor extends TensorMethods {}
}
`;
  const results = tuples.declarations().join('\n\n');
  const aliases = results.match(/(?<=export type )\w+/g) ?? [];
  const file = (/** @type {string} */ body) => {
    const used = aliases.filter((alias) => new RegExp(`\\b${alias}\\b`).test(body));
    const named = used.length ? `import type { ${used.join(', ')} } from './results';\n` : '';
    return `${HEADER}${imports(body)}${named}\n${body}`;
  };
  return {
    'functions.ts': file(`${ofFunctions.options.text()}\n${functions}`),
    'methods.ts': file(`${ofMethods.options.text()}\n${methods}`),
    'options.ts': OPTIONS,
    'results.ts': `${HEADER}${imports(results)}\n${results}\n`,
  };
}
