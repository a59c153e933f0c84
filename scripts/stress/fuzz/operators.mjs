// Calls of torch.ops by the types of their schemas: nearly right, so that they reach the kernels, with sizes that do not
// fit, numbers that reach outside of memory, and outputs that cannot grow.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { native } = require('../../../dist/native/addon.js');
const { call } = require('../../../dist/native/frame.js');
const { operatorOf } = require('../../../dist/operators/operator.js');

/** @typedef {import('./random.mjs').Random} Random */
/** @typedef {{ type: string, name: string, list: boolean, optional: boolean, written: boolean, option: boolean }} Parameter */
/** @typedef {{ space: string, name: string, overload: string, parameters: Parameter[] }} Operator */

/** Not called, each for a reason. */
const leftOut = [
  [/^(c10d|_c10d|symm_mem|_dtensor)/, 'wait for other processes'],
  [/^(profiler|static_runtime|_test)/, 'parts of other programs'],
  [/^aten::from_file/, 'makes files'],
  [/^aten::_cuda|^aten::_cudnn|^aten::_mps|^aten::miopen/, 'of other devices'],
  [/^aten::(manual_seed|set_data|_assert_async|_functional_assert_async)/, 'changes what later calls mean'],
];

/** Those that a value can be made of. */
const known =
  /^(Tensor|Scalar|number|Sym[A-Z]\w+|int|float|bool|str|ScalarType|Layout|Device|MemoryFormat|Generator|complex)$/;

/** @param {string} text one parameter of a schema @param {boolean} option @returns {Parameter} */
function parameterOf(text, option) {
  const [, declared = '', name = ''] = /^(.*) (\w+)(?:=.*)?$/.exec(text) ?? [];
  const type = declared.replace(/\([a-z|*]+!?(?: -> [^)]*)?\)/g, '');
  return {
    type: type.replace(/\[\d*\]|\?/g, ''),
    name,
    list: type.includes('['),
    optional: type.endsWith('?'),
    written: declared.includes('!'),
    option,
  };
}

/** @param {string} schema @returns {Parameter[]} */
function parametersOf(schema) {
  const inside = schema.slice(schema.indexOf('(') + 1, schema.lastIndexOf(' -> ') - 1);
  const parts = inside.split(/, (?![^[]*\])/).filter((part) => part !== '');
  const star = parts.indexOf('*');
  return parts.flatMap((part, i) => (i === star ? [] : [parameterOf(part, star >= 0 && i > star)]));
}

/** Every operator of the loaded libtorch whose arguments can be made. @returns {Operator[]} */
export function operators() {
  /** @type {string[]} */
  const names = call(native.operator_names);
  return names
    .filter((name) => !leftOut.some(([pattern]) => /** @type {RegExp} */ (pattern).test(name)))
    .sort()
    .map((full) => {
      const [space = '', rest = ''] = full.split('::');
      const [name = '', overload = 'default'] = rest.split('.');
      return { space, name, overload, parameters: parametersOf(operatorOf(full).schema) };
    })
    .filter(({ parameters }) => parameters.every(({ type }) => known.test(type)));
}

const shapes = [[], [0], [1], [3], [4], [2, 3], [3, 3], [2, 0, 3], [2, 3, 4], [1, 2, 4, 4], [2, 1, 3, 3, 3]];
const dtypes = ['float32', 'float64', 'bfloat16', 'int64', 'int32', 'uint8', 'bool', 'complex64'];
const integers = [-(2n ** 62n), -(2n ** 40n), -2n, -1n, 0n, 1n, 2n, 3n, 2n ** 40n, 2n ** 62n];
const layouts = ['strided', 'sparse_coo', 'sparse_csr'];

/**
 * A tensor: the shape that most of a call have, or another; whole numbers are indices, some of them wild.
 * @param {Random} random
 * @param {{ shape: number[], dtype: string }} usual
 * @param {string} name of the parameter
 */
function tensor(random, usual, name) {
  const indices = /ind|target|offset|length|size|batch|pivot|sorter|mapping|stride|label/.test(name);
  return {
    tensor: random.below(3) > 0 ? usual.shape : random.pick(shapes),
    dtype: indices && random.below(4) > 0 ? 'int64' : random.below(4) > 0 ? usual.dtype : random.pick(dtypes),
    grad: random.below(6) === 0,
    wild: random.below(3) === 0 ? Number(random.pick(integers)) : 0,
    layout: random.below(12) === 0 ? random.pick(layouts) : 'strided',
    lent: random.below(4) === 0,
  };
}

/**
 * @param {Random} random
 * @param {{ shape: number[], dtype: string }} usual
 * @param {Parameter} parameter
 * @returns {unknown}
 */
function value(random, usual, { type, name }) {
  switch (type) {
    case 'Tensor':
      return tensor(random, usual, name);
    case 'Scalar':
    case 'number':
    case 'float':
    case 'complex':
      return { number: random.pick([0, 1, 0.5, -1, 2, 1e300, Number.NaN]) };
    case 'bool':
    case 'SymBool':
      return { boolean: random.below(2) === 0 };
    case 'str':
      return { text: random.pick(['', 'sum', 'mean', 'none', 'trunc', 'floor', 'ij', 'none', 'gelu']) };
    case 'ScalarType':
      return { constant: random.pick(dtypes) };
    case 'Layout':
      return { constant: random.pick(layouts) };
    case 'MemoryFormat':
      return { constant: random.pick(['contiguous_format', 'preserve_format', 'channels_last']) };
    case 'Device':
      return { text: 'cpu' };
    case 'Generator':
      return { nothing: 'null' };
    default:
      return random.below(5) > 0 ? { number: random.below(4) } : { bigint: String(random.pick(integers)) };
  }
}

/**
 * @param {Random} random
 * @param {{ shape: number[], dtype: string }} usual
 * @param {Parameter} parameter
 */
function argument(random, usual, parameter) {
  if (parameter.optional && random.below(2) === 0) return { nothing: 'null' };
  if (!parameter.list) return value(random, usual, parameter);
  const length = random.below(4);
  return { list: Array.from({ length }, () => value(random, usual, parameter)) };
}

/** The arguments of one call. @param {Random} random @param {Operator} operator */
export function callOf(random, operator) {
  const usual = { shape: random.pick(shapes), dtype: random.pick(dtypes) };
  /** @type {unknown[]} */
  const args = [];
  /** @type {Record<string, unknown>} */
  const options = {};
  for (const parameter of operator.parameters) {
    if (parameter.option) options[parameter.name] = argument(random, usual, parameter);
    else args.push(argument(random, usual, parameter));
  }
  return { args, options };
}
