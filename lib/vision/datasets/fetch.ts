/** Files from the network, and out of archives. Runs in the worker of base/blocking.ts: no tensors here. */
import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { digestOf, FileBytes, fetchFile, reasonOf, WrongChecksum, ZipArchive } from '../../face/system';
import { writeEntry } from './paths';
import { extractTar } from './tar';

export interface Download {
  /** Tried one after the other. */
  urls: string[];
  path: string;
  /** The file's MD5 as hexadecimal digits; null for any. */
  md5: string | null;
}

/** Whether a file is there with this checksum. */
export async function isWhole(path: string, md5: string | null): Promise<boolean> {
  if (!existsSync(path)) return false;
  return md5 === null || (await digestOf(path, 'md5')) === md5;
}

/** Makes sure that a file is there, whole: a broken download leaves nothing under its name. */
export async function download({ urls, path, md5 }: Download): Promise<void> {
  if (await isWhole(path, md5)) return;
  const checksum = md5 === null ? null : { algorithm: 'md5' as const, digits: md5 };
  const failures: string[] = [];
  for (const url of urls) {
    try {
      return await fetchFile({ url, path, checksum });
    } catch (error) {
      const reason = error instanceof WrongChecksum ? 'File not found or corrupted.' : reasonOf(error);
      failures.push(`Tried ${url}, got:\n${reason}`);
    }
  }
  throw new Error(`Error downloading ${basename(path)}:\n${failures.join('\n')}`);
}

/** Fails where the file does, for which `pipe` would not care. */
function unzipped(archive: string): AsyncIterable<Buffer> {
  const content = createGunzip();
  pipeline(createReadStream(archive), content).catch(() => {}); // its reader gets the error
  return content;
}

function extractZip(path: string, folder: string): void {
  const file = new FileBytes(path);
  try {
    const archive = new ZipArchive(file);
    for (const name of archive.entries.keys()) {
      if (!name.endsWith('/')) writeEntry(folder, name, archive.bytes(name));
    }
  } finally {
    file.close();
  }
}

/** Unpacks `.gz`, `.tar.gz`, `.tgz`, `.tar` and `.zip` into a folder; each file appears whole or not at all. */
export async function extract(archive: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  if (/\.(tar\.gz|tgz)$/.test(archive)) return extractTar(unzipped(archive), folder);
  if (archive.endsWith('.tar')) return extractTar(createReadStream(archive), folder);
  if (archive.endsWith('.zip')) return extractZip(archive, folder);
  if (!archive.endsWith('.gz')) throw new Error(`Unknown compression or archive type: '${basename(archive)}'.`);
  const target = join(folder, basename(archive, '.gz'));
  await pipeline(createReadStream(archive), createGunzip(), createWriteStream(`${target}.part`));
  renameSync(`${target}.part`, target);
}
