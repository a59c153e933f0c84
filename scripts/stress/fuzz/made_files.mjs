// The files that the fuzzer reads: made from those in the tests' fixtures.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../tools/run.mjs';
import { bombPickle, changeNumber, damage, insertInstructions, randomPickle } from './mutations.mjs';
import { makeStructured } from './structured.mjs';

const require = createRequire(import.meta.url);
const { BytesSource } = require('../../../dist/files/source.js');
const { BytesSink } = require('../../../dist/files/replace_file.js');
const { ZipReader } = require('../../../dist/files/zip/reader.js');
const { ZipWriter } = require('../../../dist/files/zip/writer.js');

/** @typedef {import('./random.mjs').Random} Random */

/** @param {string} path */
const read = (path) => readFileSync(join(root, 'test', path));
/** @param {string} folder @param {string[]} names */
const all = (folder, names) => names.map((name) => read(`${folder}/fixtures/${name}`));

const archives = all('serialization', ['values.pt', 'checkpoint.pt', 'config.pt', 'protocol4.pt', 'modules.pt']);
const legacy = all('serialization', ['legacy.pt', 'legacy_values.pt']);
const programs = all('export', ['mlp.pt2', 'control.pt2', 'shapes.pt2', 'dtypes.pt2']);
const scripts = all('jit', ['mlp.pt', 'control.pt', 'cnn_frozen.pt', 'lstm.pt', 'quantized.pt']);
const safetensors = all('safetensors', ['dtypes.safetensors', 'model-00002-of-00002.safetensors']);
const arrays = all('numpy', ['version1.npy', 'version2.npy', 'version3.npy', 'object.npy']);
const arrayArchives = all('numpy', ['arrays.npz', 'compressed.npz']);

/** @param {Buffer} archive @returns {[string, Buffer][]} */
function entriesOf(archive) {
  const zip = new ZipReader(new BytesSource(archive));
  return [...zip.entries.keys()].map((name) => [name, Buffer.from(zip.bytes(name))]);
}

/** With right checksums. @param {[string, Buffer][]} entries @param {boolean} compress */
function archiveOf(entries, compress) {
  const sink = new BytesSink();
  const zip = new ZipWriter(sink, compress);
  for (const [name, content] of entries) zip.add(name, [content]);
  zip.finish();
  return Buffer.from(sink.finish());
}

/**
 * Changes one entry, of all or of those whose name ends so; the archive around it stays right.
 * @param {Buffer} archive
 * @param {Random} random
 * @param {string} suffix
 * @param {(content: Buffer) => Buffer} change
 */
function withEntry(archive, random, suffix, change) {
  const entries = entriesOf(archive);
  const entry = random.pick(entries.filter(([name]) => name.endsWith(suffix)));
  entry[1] = change(entry[1]);
  return archiveOf(entries, random.below(4) === 0);
}

/** Entries lost, named alike, or in another order. @param {Buffer} archive @param {Random} random */
function shuffled(archive, random) {
  const entries = entriesOf(archive);
  const index = random.below(entries.length);
  const change = random.below(3);
  if (change === 0) entries.splice(index, 1);
  else if (change === 1) entries.push(/** @type {[string, Buffer]} */ (entries[index]));
  /** @type {[string, Buffer]} */ else entries[index][0] = random.pick(entries)[0];
  return archiveOf(entries, false);
}

/** Without checksums, so that what is damaged is read. @param {Buffer} archive */
function unchecked(archive) {
  const bytes = Buffer.from(archive);
  for (let at = bytes.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = bytes.indexOf('PK\x01\x02', at + 1, 'latin1'))
    bytes.writeUInt32LE(0, at + 16);
  return bytes;
}

/** @param {Buffer} pickle @param {Random} random */
function changedPickle(pickle, random) {
  return random.pick([
    () => damage(pickle, random),
    () => damage(pickle, random),
    () => insertInstructions(pickle, random),
    () => randomPickle(random),
    () => bombPickle(random),
  ])();
}

const LEGACY_PREFIX = 80; // magic number, protocol and the machine

/** The format and bytes of a file. @param {Random} random @returns {{ kind: string, bytes: Buffer }} */
export function makeFile(random) {
  return random.below(2) === 0 ? makeStructured(random) : makeDamaged(random);
}

/** @param {Random} random @returns {{ kind: string, bytes: Buffer }} */
function makeDamaged(random) {
  return random.pick([
    () => ({ kind: 'pt', bytes: damage(random.pick(archives), random) }),
    () => ({ kind: 'pt', bytes: damage(unchecked(random.pick(archives)), random) }),
    () => ({
      kind: 'pt',
      bytes: withEntry(random.pick(archives), random, 'data.pkl', (pickle) => changedPickle(pickle, random)),
    }),
    () => ({
      kind: 'pt',
      bytes: withEntry(random.pick(archives), random, 'data.pkl', (pickle) => changedPickle(pickle, random)),
    }),
    () => ({ kind: 'pt', bytes: withEntry(random.pick(archives), random, '', (entry) => damage(entry, random)) }),
    () => ({ kind: 'pt', bytes: shuffled(random.pick(archives), random) }),
    () => ({ kind: 'pt', bytes: damage(random.pick(legacy), random) }),
    () => {
      const bytes = random.pick(legacy);
      const changed = changedPickle(bytes.subarray(LEGACY_PREFIX), random);
      return { kind: 'pt', bytes: Buffer.concat([bytes.subarray(0, LEGACY_PREFIX), changed]) };
    },
    () => ({ kind: 'export', bytes: damage(unchecked(random.pick(programs)), random) }),
    () => {
      const change = random.pick([damage, changeNumber]);
      return {
        kind: 'export',
        bytes: withEntry(random.pick(programs), random, '.json', (json) => change(json, random)),
      };
    },
    () => ({ kind: 'script', bytes: damage(unchecked(random.pick(scripts)), random) }),
    () => ({ kind: 'script', bytes: withEntry(random.pick(scripts), random, '', (entry) => damage(entry, random)) }),
    () => ({
      kind: 'script',
      bytes: withEntry(random.pick(scripts), random, '.pkl', (pickle) => changedPickle(pickle, random)),
    }),
    () => ({
      kind: 'script',
      bytes: withEntry(random.pick(scripts), random, '.py', (code) => changeNumber(code, random)),
    }),
    () => ({ kind: 'script', bytes: shuffled(random.pick(scripts), random) }),
    () => ({ kind: 'safetensors', bytes: damage(random.pick(safetensors), random) }),
    () => {
      const bytes = random.pick(safetensors);
      const length = bytes.readUInt32LE(0);
      const header = random.pick([damage, changeNumber])(bytes.subarray(8, 8 + length), random);
      const start = Buffer.alloc(8);
      start.writeUInt32LE(header.length);
      return { kind: 'safetensors', bytes: Buffer.concat([start, header, bytes.subarray(8 + length)]) };
    },
    () => ({ kind: 'numpy', bytes: damage(random.pick(arrays), random) }),
    () => ({ kind: 'numpy', bytes: changeNumber(random.pick(arrays), random) }),
    () => ({ kind: 'numpy', bytes: damage(random.pick(arrayArchives), random) }),
    () => ({ kind: 'numpy', bytes: damage(unchecked(random.pick(arrayArchives)), random) }),
    () => {
      const change = random.pick([damage, changeNumber]);
      return {
        kind: 'numpy',
        bytes: withEntry(random.pick(arrayArchives), random, '.npy', (entry) => change(entry, random)),
      };
    },
  ])();
}
