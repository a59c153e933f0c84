// What the fuzzer hands to functions: right things, wrong things, and things that misbehave. Each value is described by
// plain data (so that a call can be printed and repeated) and made when the call is made.
import fc from 'fast-check';

const sizes = [-(2 ** 62), -1, 0, 1, 2, 3, 2 ** 40, 2 ** 53 - 1, 2 ** 62];
const bigints = [-(2n ** 63n), -(2n ** 40n), 2n ** 31n, 2n ** 40n, 2n ** 62n, 2n ** 63n - 1n, 2n ** 64n];
const numbers = [...sizes, -0, 0.5, 1e-300, 1e300, Number.NaN, Number.POSITIVE_INFINITY];
const shapes = [[], [0], [1], [3], [2, 3], [2, 0, 3], [1, 2, 4, 4], [2, 1, 3, 3, 3]];
const dtypes = [
  'float32',
  'float64',
  'float16',
  'bfloat16',
  'int64',
  'int32',
  'uint8',
  'bool',
  'complex64',
  'complex128',
];
const texts = [
  '',
  'mean',
  'sum',
  'none',
  'zeros',
  '1:',
  '...',
  'cpu',
  'cuda:99',
  'i,j->ij',
  'ij,jk->ik',
  '\u0000',
  'é'.repeat(100),
];

/** A list that says it has billions of elements. @returns {unknown[]} */
const endless = () => new Proxy([1], { get: (list, key) => (key === 'length' ? 2 ** 31 : Reflect.get(list, key)) });

/** Values that are no argument of anything, or that throw when they are looked at. */
const strangers = {
  symbol: () => Symbol('s'),
  function: () => () => 1,
  date: () => new Date(0),
  map: () => new Map([[1, 2]]),
  throwingGetter: () => Object.defineProperty({}, 'dim', { enumerable: true, get: () => { throw new Error('getter') } }), // biome-ignore format: one a line
  throwingProxy: () => new Proxy([], { get: () => { throw new Error('proxy') } }), // biome-ignore format: one a line
  circular: () => { const list = /** @type {unknown[]} */ ([]); list.push(list); return list }, // biome-ignore format: one a line
  detached: () => { const array = new Float32Array(4); structuredClone(array, { transfer: [array.buffer] }); return array }, // biome-ignore format: one a line
  typedArray: () => new Int32Array(3),
  endlessList: endless,
  endlessListInside: () => [endless()],
  sparseListInside: () => [1, [new Array(2 ** 31)]],
  hugeList: () => new Array(100_000).fill(1),
  bigint: () => 2n ** 70n,
};

const leaf = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      tensor: fc.constantFrom(...shapes),
      dtype: fc.constantFrom(...dtypes),
      grad: fc.boolean(),
      lent: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ number: fc.constantFrom(...numbers) }) },
  { weight: 3, arbitrary: fc.record({ number: fc.integer({ min: -3, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ bigint: fc.constantFrom(...bigints.map(String)) }) },
  { weight: 1, arbitrary: fc.record({ text: fc.constantFrom(...texts) }) },
  { weight: 1, arbitrary: fc.record({ boolean: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constantFrom({ nothing: 'null' }, { nothing: 'undefined' }, { disposed: true }) },
  {
    weight: 1,
    arbitrary: fc.record({ constant: fc.constantFrom(...dtypes, 'strided', 'sparse_coo', 'channels_last') }),
  },
  { weight: 1, arbitrary: fc.record({ stranger: fc.constantFrom(...Object.keys(strangers)) }) },
);

const value = fc.oneof(
  { weight: 6, arbitrary: leaf },
  { weight: 2, arbitrary: fc.record({ list: fc.array(leaf, { maxLength: 4 }) }) },
);

const names = [
  'dim',
  'keepdim',
  'dtype',
  'out',
  'size',
  'alpha',
  'other',
  'reduction',
  'generator',
  'device',
  'weight',
  'nonsense',
];
const options = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 2 });

/** The arguments of one call. */
export const call = fc.record({
  which: fc.nat({ max: 2 ** 31 - 1 }),
  args: fc.array(value, { maxLength: 5 }),
  options: fc.option(options, { freq: 3, nil: undefined }),
});

/**
 * Makes a value from its description.
 * @param {any} torch
 * @param {any} description
 * @param {any[]} tensors takes the tensors that are made
 * @returns {unknown}
 */
export function make(torch, description, tensors) {
  if (description.tensor) return makeTensor(torch, description, tensors);
  if (description.list) return description.list.map((/** @type {unknown} */ each) => make(torch, each, tensors));
  if ('number' in description) return description.number;
  if (description.bigint) return BigInt(description.bigint);
  if ('text' in description) return description.text;
  if ('boolean' in description) return description.boolean;
  if (description.nothing) return description.nothing === 'null' ? null : undefined;
  if (description.constant) return torch[description.constant];
  if (description.stranger) return strangers[/** @type {keyof typeof strangers} */ (description.stranger)]();
  const tensor = torch.ones(2);
  tensor.dispose();
  return tensor;
}

/** Arrays over the memory of the last tensors, which cannot grow while they live. @type {unknown[]} */
const arrays = [];
let lending = 0;

/** @typedef {{ tensor: number[], dtype: string, grad: boolean, lent: boolean, wild?: number, layout?: string }} Made */

/** @param {any} torch @param {Made} description @param {any[]} tensors */
function makeTensor(torch, { tensor: shape, dtype, grad, lent, wild = 0, layout = 'strided' }, tensors) {
  const type = torch[dtype];
  const numbers = torch.arange(shape.reduce((a, b) => a * b, 1));
  if (wild !== 0 && numbers.numel() > 0) numbers.index_put_([-1], wild);
  let made = numbers.reshape(shape).to(type);
  if (lent) arrays[lending++ % 64] = made.typed_array();
  if (layout === 'sparse_coo' && made.dim() > 0) made = made.to_sparse();
  if (layout === 'sparse_csr' && made.dim() === 2) made = made.to_sparse_csr();
  tensors.push(made);
  return grad && (type.is_floating_point || type.is_complex) ? made.requires_grad_() : made;
}
