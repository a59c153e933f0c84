/** Files from the network, and out of archives. Runs in the worker of base/blocking.ts: no tensors here. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { FileBytes, ZipArchive } from '../../face/system';
import { writeEntry } from './paths';
import { extractTar } from './tar';

export interface Download {
  /** Tried one after the other. */
  urls: string[];
  path: string;
  /** The file's MD5 as hexadecimal digits; null for any. */
  md5: string | null;
}

export async function md5Of(path: string): Promise<string> {
  const hash = createHash('md5');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Whether a file is there with this checksum. */
export async function isWhole(path: string, md5: string | null): Promise<boolean> {
  if (!existsSync(path)) return false;
  return md5 === null || (await md5Of(path)) === md5;
}

/** Goes on with what a broken download left in `part`, where the server can. */
async function transfer(url: string, part: string): Promise<void> {
  const have = existsSync(part) ? statSync(part).size : 0;
  const response = await fetch(url, have > 0 ? { headers: { range: `bytes=${have}-` } } : {});
  if (response.status === 416) {
    await response.body?.cancel(); // there is nothing after what is here: too much, or all of it
    return;
  }
  if (!response.ok || response.body === null) throw new Error(`${response.status} ${response.statusText}`);
  const flags = response.status === 206 ? 'a' : 'w';
  await pipeline(Readable.fromWeb(response.body), createWriteStream(part, { flags }));
}

async function fetchFrom(url: string, { path, md5 }: Download): Promise<void> {
  const part = `${path}.part`;
  const resumed = existsSync(part);
  await transfer(url, part);
  if (!(await isWhole(part, md5))) {
    rmSync(part, { force: true });
    // What was left over may be of another file.
    if (resumed) return fetchFrom(url, { urls: [url], path, md5 });
    throw new Error('File not found or corrupted.');
  }
  renameSync(part, path);
}

/** Makes sure that a file is there, whole: a broken download leaves nothing under its name. */
export async function download(request: Download): Promise<void> {
  if (await isWhole(request.path, request.md5)) return;
  mkdirSync(dirname(request.path), { recursive: true });
  const failures: string[] = [];
  for (const url of request.urls) {
    try {
      return await fetchFrom(url, request);
    } catch (error) {
      const { message, cause } = error as Error & { cause?: Error };
      failures.push(`Tried ${url}, got:\n${message}${cause?.message ? `: ${cause.message}` : ''}`);
    }
  }
  throw new Error(`Error downloading ${basename(request.path)}:\n${failures.join('\n')}`);
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
