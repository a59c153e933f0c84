// Files of every format with a field or two that does not fit the rest.
import { crc32, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { edges } from './mutations.mjs';
import { PickleMaker, pickle } from './pickles.mjs';

/** @typedef {import('./random.mjs').Random} Random */
/** @typedef {{ kind: string, bytes: Buffer }} Made */

/** @param {bigint} value @param {number} width @param {boolean} [bigEndian] */
function number(value, width, bigEndian = false) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  const part = bytes.subarray(0, width);
  return bigEndian ? part.reverse() : part;
}

/** Writes numbers, of which one in `rarity` is an edge. */
class Fields {
  /** @param {Random} random @param {number} rarity */
  constructor(random, rarity) {
    this.random = random;
    this.rarity = rarity;
  }

  /** @param {number | bigint} value @param {number} width @param {boolean} [bigEndian] */
  put(value, width, bigEndian) {
    const wrong = this.random.below(this.rarity) === 0;
    const near = BigInt(value) + BigInt(this.random.below(5) - 2);
    return number(wrong ? this.random.pick([near, ...edges]) : BigInt(value), width, bigEndian);
  }
}

const LOCAL = Buffer.from('PK\x03\x04', 'latin1');
const CENTRAL = Buffer.from('PK\x01\x02', 'latin1');
const END = Buffer.from('PK\x05\x06', 'latin1');
const SYMLINK = 0o120777 * 2 ** 16;

/**
 * A zip file, with checksums or without.
 * @param {[string, Buffer][]} entries
 * @param {Random} random
 * @param {number} rarity
 */
function zip(entries, random, rarity) {
  const fields = new Fields(random, rarity);
  /** @type {Buffer[]} */
  const parts = [];
  /** @type {Buffer[]} */
  const directory = [];
  const checks = random.below(2) === 0;
  let at = 0;
  const add = (/** @type {Buffer[]} */ ...more) => {
    for (const each of more) at += each.length;
    parts.push(...more);
  };
  for (const [name, content] of entries) {
    const packs = random.below(5) === 0;
    const data = packs ? deflateRawSync(content) : content;
    const header = at;
    const is64 = random.below(6) === 0;
    const sizes = is64 ? [0xffffffff, 0xffffffff] : [data.length, content.length];
    const extra = is64
      ? Buffer.concat([
          fields.put(1, 2),
          fields.put(24, 2),
          fields.put(content.length, 8),
          fields.put(data.length, 8),
          fields.put(header, 8),
        ])
      : Buffer.alloc(0);
    const text = Buffer.from(name, 'utf8');
    const common = (/** @type {number} */ flags) =>
      Buffer.concat([
        fields.put(20, 2),
        fields.put(flags, 2),
        fields.put(packs ? 8 : 0, 2),
        Buffer.alloc(4),
        number(BigInt(checks ? crc32(content) : 0), 4),
        fields.put(/** @type {number} */ (sizes[0]), 4),
        fields.put(/** @type {number} */ (sizes[1]), 4),
        fields.put(text.length, 2),
      ]);
    add(LOCAL, common(0), fields.put(0, 2), text, data);
    const attributes = random.below(20) === 0 ? SYMLINK : 0;
    directory.push(
      CENTRAL,
      fields.put(20, 2),
      common(0),
      fields.put(extra.length, 2),
      fields.put(0, 2),
      Buffer.alloc(4),
      number(BigInt(attributes), 4),
      fields.put(is64 ? 0xffffffff : header, 4),
      text,
      extra,
    );
  }
  const start = at;
  add(...directory);
  const count = entries.length;
  add(
    END,
    fields.put(0, 2),
    fields.put(0, 2),
    fields.put(count, 2),
    fields.put(count, 2),
    fields.put(at - start, 4),
    fields.put(start, 4),
    fields.put(0, 2),
  );
  return Buffer.concat(parts);
}

/** One name twice, one lost, one of a folder above. @param {[string, Buffer][]} entries @param {Random} random */
function rearranged(entries, random) {
  const at = random.below(entries.length);
  const entry = /** @type {[string, Buffer]} */ (entries[at]);
  const change = random.below(30);
  if (change === 0) entries.push(entry);
  else if (change === 1) entries.splice(at, 1);
  else if (change === 2) entry[0] = random.pick(['../../x', '/etc/x', '', 'a\0b', `${'x/'.repeat(200)}y`]);
  else if (change === 3) entries.reverse();
  else if (change === 4) entry[1] = Buffer.alloc(0);
  return entries;
}

/** @param {Random} random */
const rarityOf = (random) => random.pick([8, 20, 60]);

/** @param {Random} random @returns {Made} */
function archive(random) {
  const maker = new PickleMaker(random, rarityOf(random));
  const folder = random.pick(['archive/', 'm/', '']);
  const content = () => random.bytes(random.pick([64, 64, 64, 3]));
  /** @type {[string, Buffer][]} */
  const entries = [
    ['data.pkl', pickle(maker.value(false))],
    ['byteorder', Buffer.from(random.pick(['little', 'little', 'big', 'x', '']))],
    ['data/0', content()],
    ['data/1', content()],
    ['data/2', content()],
    ['version', Buffer.from('3\n')],
  ];
  const named = entries.map(([name, bytes]) => /** @type {[string, Buffer]} */ ([folder + name, bytes]));
  return { kind: 'pt', bytes: zip(rearranged(named, random), random, random.pick([40, 1000])) };
}

/** @param {Random} random @returns {Made} */
function legacy(random) {
  const maker = new PickleMaker(random, rarityOf(random));
  const fields = new Fields(random, random.pick([10, 1000]));
  const keys = maker.slot(['0', '1', '2']);
  const pickles = [
    maker.random.below(50) === 0 ? maker.wrong() : 0x1950a86a20f9469cfc6cn,
    maker.random.below(50) === 0 ? maker.wrong() : 1001,
    maker.slot([]),
    maker.value(true),
    keys,
  ].map(pickle);
  const storages = ['0', '1', '2'].flatMap(() => [fields.put(4, 8), random.bytes(random.pick([4, 8, 16, 16, 32]))]);
  return { kind: 'pt', bytes: Buffer.concat([...pickles, ...storages]) };
}

const safeDtypes = ['F32', 'F64', 'F16', 'BF16', 'I64', 'I32', 'U8', 'BOOL', 'F8_E4M3', 'F4', 'X', ''];

/** A value of JSON that does not belong. @param {Random} random @returns {string} */
function wrongJson(random) {
  return random.pick([
    ...[
      'null',
      'true',
      '-1',
      '1.5',
      '1e400',
      '-0',
      '"x"',
      '[]',
      '{}',
      '[[1]]',
      '{"a":{"a":1}}',
      '"\\ud800"',
      '[1,2,3,4,5,6,7,8,9]',
    ],
    ...edges.map(String),
    `${'['.repeat(2000)}${']'.repeat(2000)}`,
    `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`,
  ]);
}

/** @param {Random} random @returns {Made} */
function safetensors(random) {
  const rarity = rarityOf(random);
  const slot = (/** @type {string} */ text) => (random.below(rarity) === 0 ? wrongJson(random) : text);
  const entries = [0, 1, 2].map((i) => {
    const offsets = `[${slot(String(16 * i))},${slot(String(16 * i + 16))}]`;
    const shape = `[${slot('2')},${slot('2')}]`;
    const name =
      random.below(rarity) === 0
        ? random.pick(['"t0"', '"__proto__"', '"__metadata__"', '""', '"a\\u0000"'])
        : `"t${i}"`;
    return `${name}:{"dtype":${slot(`"${random.below(rarity) === 0 ? random.pick(safeDtypes) : 'F32'}"`)},"shape":${slot(shape)},"data_offsets":${slot(offsets)}}`;
  });
  if (random.below(3) === 0) entries.push(`"__metadata__":${slot('{"format":"pt"}')}`);
  const header = Buffer.from(slot(`{${entries.join(',')}}`));
  const length = new Fields(random, 30).put(header.length, 8);
  return {
    kind: 'safetensors',
    bytes: Buffer.concat([length, header, random.bytes(random.pick([48, 48, 48, 47, 0]))]),
  };
}

const descrs = [
  '<f4',
  '>f8',
  '|u1',
  '<i8',
  '|b1',
  '<c16',
  '<f2',
  '|V2',
  '<U4',
  '|S3',
  '|O',
  '<m8[ns]',
  '',
  'f',
  '<f16',
  '<f-4',
  '<f4294967296',
];

/** @param {Random} random */
function npyBytes(random) {
  const rarity = rarityOf(random);
  const wrong = () =>
    random.pick([
      "'x'",
      'None',
      'True',
      '-1',
      '1.5',
      '()',
      '[]',
      '{}',
      '(1,)',
      "[('a','<f4')]",
      '1L',
      '0x10',
      'nan',
      ...edges.map(String),
      '('.repeat(3000),
    ]);
  const slot = (/** @type {string} */ text) => (random.below(rarity) === 0 ? wrong() : text);
  const shape = slot(`(${slot('2')}, ${slot('2')})`);
  const descr = random.below(4) === 0 ? random.pick(descrs) : '<f4';
  const text = slot(`{'descr': ${slot(`'${descr}'`)}, 'fortran_order': ${slot('False')}, 'shape': ${shape}, }`);
  const fields = new Fields(random, 30);
  const version = random.pick([1, 1, 1, 2, 3]);
  const header = Buffer.from(`${text}\n`, 'latin1');
  const length = fields.put(header.length, version === 1 ? 2 : 4);
  const content = random.bytes(random.pick([16, 16, 32, 15, 0]));
  return Buffer.concat([
    Buffer.from('\x93NUMPY', 'latin1'),
    fields.put(version, 1),
    fields.put(0, 1),
    length,
    header,
    content,
  ]);
}

/** @param {Random} random @returns {Made} */
function npz(random) {
  /** @type {[string, Buffer][]} */
  const entries = [0, 1].map((i) => [`a${i}.npy`, npyBytes(random)]);
  return { kind: 'numpy', bytes: zip(rearranged(entries, random), random, random.pick([40, 1000])) };
}

/** @param {Random} random @returns {Made} */
function idx(random) {
  const fields = new Fields(random, 6);
  const head = [fields.put(0, 2, true), fields.put(random.pick([8, 9, 11, 12, 13, 14]), 1), fields.put(2, 1)];
  const sizes = [fields.put(2, 4, true), fields.put(4, 4, true)];
  return { kind: 'idx', bytes: Buffer.concat([...head, ...sizes, random.bytes(8 * random.pick([1, 2, 4, 8]))]) };
}

/** @param {string} type @param {Buffer} content @param {Fields} fields */
function chunk(type, content, fields) {
  return Buffer.concat([fields.put(content.length, 4, true), Buffer.from(type), content, Buffer.alloc(4)]);
}

/** A PNG whose header says more than it has, or not. @param {Random} random @returns {Made} */
function png(random) {
  const fields = new Fields(random, 8);
  const size = () => fields.put(random.pick([2, 2, 30000]), 4, true);
  const header = Buffer.concat([
    size(),
    size(),
    fields.put(8, 1),
    fields.put(random.pick([0, 2, 3, 4, 6]), 1),
    Buffer.alloc(3),
  ]);
  const content = deflateSync(random.bytes(14));
  const start = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const chunks = [
    chunk('IHDR', header, fields),
    chunk('IDAT', content, fields),
    chunk('IEND', Buffer.alloc(0), fields),
  ];
  return { kind: 'image', bytes: Buffer.concat([start, ...chunks]) };
}

/** @param {Random} random @returns {Made} */
function tar(random) {
  const text = (/** @type {string} */ content, /** @type {number} */ length) => {
    const bytes = Buffer.alloc(length);
    bytes.write(content.slice(0, length), 'latin1');
    return bytes;
  };
  const size = random.pick(['00000000010', '00000000010', '77777777777', '-1', 'x', '', '\x80\x00\x00\x00\xff']);
  const name = random.pick(['a/b.txt', 'a/b.txt', '../../x', '/etc/x', '', 'a\0b']);
  const type = random.pick(['0', '0', '2', '5', 'x', 'L', '\0']);
  const header = Buffer.concat([
    text(name, 100),
    text('644', 24),
    text(size, 12),
    text('', 12),
    text('', 8),
    text(type, 1),
    text('../x', 100),
    text(random.pick(['ustar', '']), 255),
  ]);
  const bytes = Buffer.concat([header, random.bytes(random.pick([512, 512, 100, 0])), Buffer.alloc(1024)]);
  return random.below(2) === 0 ? { kind: 'tar', bytes } : { kind: 'tgz', bytes: gzipSync(bytes) };
}

/** @param {Random} random @returns {Made} */
function folder(random) {
  /** @type {[string, Buffer][]} */
  const entries = ['a/b.txt', 'c.txt'].map((name) => [name, random.bytes(10)]);
  return { kind: 'zip', bytes: zip(rearranged(entries, random), random, random.pick([20, 1000])) };
}

/** What is not what its reader is for. @param {Random} random @returns {Made} */
function foreign(random) {
  const start = random.pick(['', 'PK', 'PK\x03\x04', `PK\x05\x06${'\0'.repeat(18)}`, '\x89HDF\r\n\x1a\n', 'GGUF\x03\0\0\0', '\x93NUMPY', '<!DOCTYPE html><html>', 'version https://git-lfs.github.com/spec/v1\noid', '\x08\x07\x12\x07pytorch', '\x1f\x8b\x08', '\x80\x02.', '\x80\x02}', 'BZh9', '{"a":1}', '\x89PNG\r\n\x1a\n', '\xff\xd8\xff\xe0', '\x7fELF', '%PDF-1.4']); // biome-ignore format: one line
  const bytes = Buffer.concat([Buffer.from(start, 'latin1'), random.bytes(random.pick([0, 3, 600]))]);
  return { kind: random.pick(['pt', 'pt', 'safetensors', 'numpy', 'idx', 'image']), bytes };
}

/** @type {readonly ((random: Random) => Made)[]} */
const makers = [archive, archive, archive, archive, legacy, legacy, legacy, legacy, safetensors, safetensors, npz, (random) => ({ kind: 'numpy', bytes: npyBytes(random) }), idx, png, tar, folder, foreign]; // biome-ignore format: one line

/** @param {Random} random */
export function makeStructured(random) {
  return random.pick(makers)(random);
}
