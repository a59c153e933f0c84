// Ways to damage a file: its bytes, its zip entries, its pickle, its header.

/** @typedef {import('./random.mjs').Random} Random */
/** @typedef {(bytes: Buffer, random: Random) => Buffer} Mutation */

/** Numbers at which programs go wrong. */
export const edges = [0n, 1n, 0x7fn, 0xffn, 0x7fffn, 0xffffn, 0x7fffffffn, 0xffffffffn, 1n << 40n, (1n << 53n) + 1n, (1n << 63n) - 1n, (1n << 64n) - 1n]; // biome-ignore format: one line

/** @type {Mutation[]} */
const byteMutations = [
  (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  (bytes, random) => bytes.subarray(random.below(bytes.length)),
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    for (let i = random.below(8); i >= 0; i--) copy[random.below(copy.length)] ^= 1 << random.below(8);
    return copy;
  },
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    for (let i = random.below(3); i >= 0; i--) copy[random.below(copy.length)] = random.below(256);
    return copy;
  },
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    const width = random.pick([1, 2, 4, 8]);
    const value = Buffer.alloc(8);
    value.writeBigUInt64LE(random.pick(edges));
    if (random.below(4) === 0) value.subarray(0, width).reverse();
    value.copy(copy, random.below(copy.length), 0, width);
    return copy;
  },
  (bytes, random) => {
    const [at, from] = [random.below(bytes.length), random.below(bytes.length)];
    const block = bytes.subarray(from, from + random.below(100));
    return Buffer.concat([bytes.subarray(0, at), block, bytes.subarray(at)]);
  },
  (bytes, random) => {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(100))]);
  },
  (bytes, random) => {
    const at = random.below(bytes.length);
    const block = random.pick([Buffer.alloc(50), Buffer.alloc(50, 0xff), random.bytes(20)]);
    return Buffer.concat([bytes.subarray(0, at), block, bytes.subarray(at)]);
  },
];

/** @type {Mutation} */
export function damage(bytes, random) {
  if (bytes.length === 0) return bytes;
  const once = random.pick(byteMutations)(bytes, random);
  return random.below(4) === 0 ? damage(once, random) : once;
}

/** Replaces a number in a text. @type {Mutation} */
export function changeNumber(bytes, random) {
  const text = bytes.toString('latin1');
  const numbers = [...text.matchAll(/\d+/g)];
  if (numbers.length === 0) return bytes;
  const { index, 0: digits } = random.pick(numbers);
  const value = random.pick(['-1', '1.5', '1e400', 'null', ...edges.map(String)]);
  return Buffer.from(text.slice(0, index) + value + text.slice(index + digits.length), 'latin1');
}

const opcodes = [
  ...'(.0BCGIJKLMNQRTUVX]abcdeghijlopqrstu})\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x90\x91\x92\x93\x94\x95\x96\x97\x98',
];
const names = [
  'torch._utils\n_rebuild_tensor_v2\n',
  'torch._utils\n_rebuild_tensor_v3\n',
  'torch._utils\n_rebuild_parameter\n',
  'torch._utils\n_rebuild_sparse_tensor\n',
  'torch._utils\n_rebuild_meta_tensor_no_storage\n',
  'torch._tensor\n_rebuild_from_type_v2\n',
  'torch.serialization\n_get_layout\n',
  'torch\nSize\n',
  'torch\ndevice\n',
  'torch\nFloatStorage\n',
  'torch\nfloat32\n',
  'collections\nOrderedDict\n',
  '__builtin__\nset\n',
  '__builtin__\nbytearray\n',
  '__builtin__\ncomplex\n',
  '_codecs\nencode\n',
  'os\nsystem\n',
  'builtins\neval\n',
  'torch.nn.modules.linear\nLinear\n',
];

/** One instruction with an argument that fits, or does not. @param {Random} random */
function instruction(random) {
  const code = random.pick(opcodes);
  if (code === 'c') return Buffer.from(`c${random.pick(names)}`, 'latin1');
  if (code === 'X') return Buffer.from('X\x03\x00\x00\x00cpu', 'latin1');
  const width = { G: 8, J: 4, K: 1, M: 2, h: 1, q: 1, j: 4, r: 4, '\x8a': 1, '\x95': 8 }[code] ?? random.below(2);
  return Buffer.concat([Buffer.from(code, 'latin1'), random.bytes(width)]);
}

/** A program of random instructions. @param {Random} random */
export function randomPickle(random) {
  const codes = Array.from({ length: 1 + random.below(60) }, () => instruction(random));
  return Buffer.concat([Buffer.from([0x80, 2]), ...codes, Buffer.from('.')]);
}

/** Puts instructions between those of a pickle. @type {Mutation} */
export function insertInstructions(bytes, random) {
  const at = random.below(bytes.length);
  return Buffer.concat([bytes.subarray(0, at), instruction(random), bytes.subarray(at)]);
}

/** Deep, or of many references. @param {Random} random */
export function bombPickle(random) {
  const depth = random.pick([10, 1000, 100_000]);
  const body = random.pick([
    () => `${'('.repeat(depth)}${'t'.repeat(depth)}`,
    () => `)${'\x85'.repeat(depth)}`,
    () => `${']'.repeat(depth)}${'a'.repeat(depth - 1)}`,
    () => `${'}K\x01'.repeat(depth)}N${'s'.repeat(depth)}`,
    () => `]q\x00${'h\x00h\x00\x86q\x00'.repeat(depth)}`,
    () => `]q\x00(${'h\x00'.repeat(depth)}e`,
    () => `\x8b\xff\xff\xff\x7f`,
    () => `X\xff\xff\xff\xff`,
    () => `\x8e\xff\xff\xff\xff\xff\xff\xff\xff`,
    () => `${'ccollections\nOrderedDict\n)R'.repeat(Math.min(depth, 1000))}`,
  ])();
  return Buffer.from(`\x80\x02${body}.`, 'latin1');
}
