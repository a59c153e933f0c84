// The one source of truth for the libtorch version, its file lists and its checksums is pins.json.
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/**
 * @typedef {object} Pins
 * @property {string} version
 * @property {{ min: string, max: string }} supported
 * @property {string[]} variants
 * @property {string[]} keep  what to take out of an archive: patterns of names
 * @property {Record<string, { python: string, abi: string, platforms: string[] }>} wheels  by platform, for pip
 * @property {Record<string, string>} archives  URLs by platform and variant
 * @property {Record<string, string>} sha256  by file name; what is not here is checked by pip's index and RECORD only
 * @property {{ source: string, files: { path: string, source: string, sha256: string }[] }} yaml
 */

/** @type {Pins} */
export const pins = JSON.parse(readFileSync(new URL('./pins.json', import.meta.url), 'utf8'));
const keep = pins.keep.map((pattern) => new RegExp(pattern));

/** Whether an archive's member belongs to what tsorch uses. @param {string} name */
export const isKept = (name) => keep.some((pattern) => pattern.test(name));

/** This machine, as pins.json names it. */
export const platform = `${process.platform}-${process.arch}`;

/** @param {string} file */
export async function sha256(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/**
 * Compares a download with its pinned checksum.
 * @param {string} file
 * @param {string | undefined} expected
 * @throws {Error} when it differs
 */
export async function verify(file, expected) {
  if (!expected) return;
  const actual = await sha256(file);
  if (actual !== expected) {
    throw new Error(`checksum of ${file} is wrong\n  expected sha256 ${expected}\n  got             ${actual}`);
  }
}
