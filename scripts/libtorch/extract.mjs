// Takes the wanted files out of a wheel or libtorch archive, checked against the checksums it carries.
import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import yauzl from 'yauzl';
import { isKept } from './pins.mjs';
import { progress } from './progress.mjs';

/**
 * Extracts what pins.json keeps. An archive's `libtorch/` becomes `torch/`, so that both kinds look like a wheel.
 * @param {string} archive
 * @param {string} folder
 * @throws {Error} when the archive is damaged; yauzl checks sizes and CRC, RECORD adds SHA-256
 */
export async function extract(archive, folder) {
  try {
    const wanted = await list(archive);
    const digests = await writeAll(archive, wanted, folder);
    await checkRecords(archive, wanted, digests);
  } catch (error) {
    throw new Error(`${archive} cannot be unpacked: ${error.message}`, { cause: error });
  }
}

const rename = (name) => name.replace(/^libtorch\//, 'torch/');

async function list(archive) {
  const zip = await yauzl.openPromise(archive);
  const entries = [];
  for await (const entry of zip.eachEntry()) {
    if (!entry.fileName.endsWith('/') && isKept(rename(entry.fileName))) entries.push(entry);
  }
  if (!entries.length) throw new Error('it holds no libtorch');
  return entries;
}

async function writeAll(archive, entries, folder) {
  const zip = await yauzl.openPromise(archive, { autoClose: false });
  const bar = progress(
    `unpack ${basename(archive)}`,
    entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0),
  );
  const digests = new Map();
  try {
    for (const entry of entries) {
      const file = join(folder, rename(entry.fileName));
      mkdirSync(dirname(file), { recursive: true });
      const hash = createHash('sha256');
      await pipeline(await zip.openReadStreamPromise(entry), tap(hash, bar), createWriteStream(file));
      digests.set(entry.fileName, hash.digest('base64url'));
    }
  } finally {
    bar.stop();
    zip.close();
  }
  return digests;
}

function tap(hash, bar) {
  return new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk);
      bar.add(chunk.length);
      done(null, chunk);
    },
  });
}

// A wheel lists the SHA-256 of each of its files in RECORD.
async function checkRecords(archive, entries, digests) {
  const zip = await yauzl.openPromise(archive, { autoClose: false });
  try {
    for (const entry of entries.filter((candidate) => candidate.fileName.endsWith('.dist-info/RECORD'))) {
      const chunks = await (await zip.openReadStreamPromise(entry)).toArray();
      for (const line of Buffer.concat(chunks).toString('utf8').split('\n')) {
        const [, name, expected] = line.match(/^"?(.*?)"?,sha256=([\w-]+),/) ?? [];
        if (digests.has(name) && digests.get(name) !== expected) throw new Error(`${name} does not match RECORD`);
      }
    }
  } finally {
    zip.close();
  }
}
