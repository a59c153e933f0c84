/** The files of a ZIP archive of less than 4 GiB. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32, inflateRawSync } from 'node:zlib';
import { writeEntry } from './paths';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;

interface Entry {
  name: string;
  method: number;
  crc: number;
  compressed: number;
  size: number;
  offset: number;
}

/** Refuses before it takes memory what is not there. */
function read(file: number, position: number, length: number): Buffer {
  if (position + length > fstatSync(file).size) throw new Error('the ZIP archive ends too early');
  const bytes = Buffer.alloc(length);
  if (readSync(file, bytes, 0, length, position) !== length) throw new Error('the ZIP archive ends too early');
  return bytes;
}

/** The directory at the archive's end. */
function directoryOf(file: number): Buffer {
  const { size } = fstatSync(file);
  const tail = read(file, Math.max(0, size - 65557), Math.min(size, 65557));
  for (let at = tail.length - 22; at >= 0; at--) {
    if (tail.readUInt32LE(at) === END) return read(file, tail.readUInt32LE(at + 16), tail.readUInt32LE(at + 12));
  }
  throw new Error('this is no ZIP archive');
}

function* entriesOf(directory: Buffer): Generator<Entry> {
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === ENTRY; ) {
    const [nameLength, extra, comment] = [28, 30, 32].map((field) => directory.readUInt16LE(at + field));
    yield {
      name: directory.toString('utf8', at + 46, at + 46 + nameLength!),
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      compressed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    };
    at += 46 + nameLength! + extra! + comment!;
  }
}

function contentOf(file: number, { name, method, crc, compressed, size, offset }: Entry): Buffer {
  const header = read(file, offset, 30);
  const start = offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const bytes = read(file, start, compressed);
  if (method !== STORED && method !== DEFLATED) throw new Error(`'${name}' is compressed in an unknown way: ${method}`);
  const content = method === STORED ? bytes : inflateRawSync(bytes, { maxOutputLength: Math.max(1, size) });
  if (content.length !== size || crc32(content) !== crc) throw new Error(`'${name}' in the ZIP archive is damaged`);
  return content;
}

export function extractZip(path: string, folder: string): void {
  const file = openSync(path, 'r');
  try {
    for (const entry of entriesOf(directoryOf(file))) {
      if (!entry.name.endsWith('/')) writeEntry(folder, entry.name, contentOf(file, entry));
    }
  } finally {
    closeSync(file);
  }
}
