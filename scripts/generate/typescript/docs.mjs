// Doc comments: Python's signatures and the page of PyTorch's documentation.

import { DESCRIPTIONS } from './descriptions.mjs';
import {
  DOCUMENTED_AS_METHODS,
  DOCUMENTED_FUNCTIONALS,
  UNDOCUMENTED_FUNCTIONS,
  UNDOCUMENTED_METHODS,
} from './documented.mjs';

/** @typedef {import('../schema.mjs').Schema} Schema */

const SITE = 'https://docs.pytorch.org/docs/2.13';

/** @param {string} name */
const generatedPage = (name) => `${SITE}/generated/${name}.html`;

/** @param {string} name */
function functionPage(name) {
  if (DOCUMENTED_FUNCTIONALS.has(name)) return generatedPage(`torch.nn.functional.${name}`);
  if (UNDOCUMENTED_FUNCTIONS.has(name)) return null;
  const asMethod = name.endsWith('_') || DOCUMENTED_AS_METHODS.has(name);
  return generatedPage(asMethod ? `torch.Tensor.${name}` : `torch.${name}`);
}

/**
 * @param {string} namespace `torch`, `linalg`, ... or `Tensor`
 * @param {string} name
 * @returns {string | null}
 */
export function documentationPage(namespace, name) {
  if (name.startsWith('_')) return null;
  switch (namespace) {
    case 'torch':
      return functionPage(name);
    case 'nn':
      return DOCUMENTED_FUNCTIONALS.has(name) ? functionPage(name) : null;
    case 'Tensor':
      if (!UNDOCUMENTED_METHODS.has(name)) return generatedPage(`torch.Tensor.${name}`);
      return DOCUMENTED_FUNCTIONALS.has(name) ? functionPage(name) : null;
    case 'special':
      return `${SITE}/special.html#torch.special.${name}`;
    default:
      return generatedPage(`torch.${namespace}.${name}`);
  }
}

/** @param {Schema} python @param {string} name @param {string} result */
function pythonSignatureText(python, name, result) {
  const format = (/** @type {import('../schema.mjs').Argument} */ arg) =>
    arg.default === null ? arg.name : `${arg.name}=${arg.default}`;
  const positional = python.args.filter((arg) => !arg.keywordOnly).map(format);
  const keywords = python.args.filter((arg) => arg.keywordOnly).map(format);
  const parts = keywords.length ? [...positional, '*', ...keywords] : positional;
  return `${name}(${parts.join(', ')}) -> ${result}`;
}

/** @param {Schema} python */
function pythonResult({ returns }) {
  if (returns.length === 0) return 'None';
  const types = returns.map(({ type }) => (type.list ? `list[${type.base}]` : type.base));
  return types.length === 1 ? types[0] : `(${returns.map((ret, i) => ret.name ?? types[i]).join(', ')})`;
}

/** What an operator does and what it throws, where it is told. @param {string} namespace @param {string} name */
function description(namespace, name) {
  const told = namespace === 'torch' || namespace === 'Tensor' ? DESCRIPTIONS[name] : undefined;
  const [does, ...throws] = told?.split(' @throws ') ?? [];
  return { does: does === undefined ? [] : [does, ''], throws: throws.map((each) => `@throws ${each}`) };
}

/**
 * @param {string} namespace
 * @param {string} name
 * @param {Schema[]} signatures
 * @returns {string[]} the lines of the comment
 */
export function docComment(namespace, name, signatures) {
  const owner = namespace === 'torch' ? 'torch' : namespace === 'nn' ? 'torch._C._nn' : `torch.${namespace}`;
  const lines = signatures.map(
    (python) => `\`${pythonSignatureText(python, `${owner}.${name}`, pythonResult(python))}\``,
  );
  const page = documentationPage(namespace, name);
  const { does, throws } = description(namespace, name);
  const see = page ? [`@see ${page}`] : [];
  const text = [...does, ...new Set(lines), ...throws, ...see];
  return ['/**', ...text.map((line) => (line === '' ? ' *' : ` * ${line}`)), ' */'];
}
