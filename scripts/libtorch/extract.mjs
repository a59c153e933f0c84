// Takes the wanted files out of a wheel or libtorch archive, checked against the checksums it carries.
import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { require } from '../tools/packages.mjs';
import { isKept } from './pins.mjs';
import { progress } from './progress.mjs';

const yauzl = /** @type {typeof import('yauzl')} */ (require('yauzl'));

/**
 * Extracts what pins.json keeps. An archive's `libtorch/` becomes `torch/`, so that both kinds look like a wheel.
 * @param {string} archive
 * @param {string} folder
 * @throws {Error} when the archive is damaged: sizes and CRC are checked, a wheel's RECORD adds SHA-256
 */
export async function extract(archive, folder) {
  /** @type {import('yauzl').ZipFile | undefined} */
  let zip;
  try {
    zip = await yauzl.openPromise(archive, { autoClose: false });
    const entries = await list(zip);
    const digests = await writeAll(zip, entries, folder);
    await checkRecords(zip, entries, digests);
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    throw new Error(`${archive} cannot be unpacked: ${reason}`, { cause: error });
  } finally {
    zip?.close();
  }
}

const rename = (/** @type {string} */ name) => name.replace(/^libtorch\//, 'torch/');

/** @param {import('yauzl').ZipFile} zip */
async function list(zip) {
  const entries = [];
  for await (const entry of zip.eachEntry()) {
    if (!entry.fileName.endsWith('/') && isKept(rename(entry.fileName))) entries.push(entry);
  }
  if (!entries.length) throw new Error('it holds no libtorch');
  return entries;
}

/**
 * @param {import('yauzl').ZipFile} zip
 * @param {import('yauzl').Entry[]} entries
 * @param {string} folder
 * @returns {Promise<Map<string, string>>} SHA-256 by name
 */
async function writeAll(zip, entries, folder) {
  const size = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0);
  const bar = progress('unpacking', size);
  const digests = new Map();
  try {
    for (const entry of entries) {
      const file = join(folder, rename(entry.fileName));
      mkdirSync(dirname(file), { recursive: true });
      const hash = createHash('sha256');
      let crc = 0;
      const watch = new Transform({
        transform(chunk, _encoding, done) {
          hash.update(chunk);
          crc = crc32(chunk, crc);
          bar.add(chunk.length);
          done(null, chunk);
        },
      });
      await pipeline(await zip.openReadStreamPromise(entry), watch, createWriteStream(file));
      if (crc !== entry.crc32) throw new Error(`${entry.fileName} is damaged (CRC32)`);
      digests.set(entry.fileName, hash.digest('base64url'));
    }
  } finally {
    bar.stop();
  }
  return digests;
}

// A wheel lists the SHA-256 of each of its files in RECORD.
/**
 * @param {import('yauzl').ZipFile} zip
 * @param {import('yauzl').Entry[]} entries
 * @param {Map<string, string>} digests
 */
async function checkRecords(zip, entries, digests) {
  for (const entry of entries.filter(({ fileName }) => fileName.endsWith('.dist-info/RECORD'))) {
    const chunks = await (await zip.openReadStreamPromise(entry)).toArray();
    for (const line of Buffer.concat(chunks).toString('utf8').split('\n')) {
      const [, name, expected] = line.match(/^"?(.*?)"?,sha256=([\w-]+),/) ?? [];
      if (name && digests.has(name) && digests.get(name) !== expected) throw new Error(`${name} does not match RECORD`);
    }
  }
}
