/**
 * Zip files, read as untrusted data: every number is checked against the file before it is used. Synchronous, by
 * positions and with zip64, which no library for Node.js is all at once. PyTorch's archives and NumPy's are zip files, data sets come
 * in some. No tensors here: this runs in the worker of base/blocking.ts too.
 */
import { crc32, inflateRawSync } from 'node:zlib';
import { TorchError } from '../../base/errors';
import type { Bytes } from '../bytes';
import {
  CENTRAL,
  CENTRAL_SIZE,
  DEFLATED,
  ENCRYPTED,
  END,
  END_SIZE,
  END64,
  END64_SIZE,
  IN_ZIP64_16,
  IN_ZIP64_32,
  LOCAL,
  LOCAL_SIZE,
  LOCATOR64,
  LOCATOR64_SIZE,
  STORED,
  ZIP64_EXTRA,
} from './layout';

export interface Entry {
  readonly name: string;
  readonly method: number;
  /** Of the content; 0 when the writer did not compute it. */
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
  /** Where its local header is. */
  readonly header: number;
}

/** Where the central directory is. */
interface Directory {
  count: number;
  size: number;
  offset: number;
}

/** No stream of DEFLATE unpacks to more than this many times its length. */
const MOST_EXPANSION = 1032;
/** What is compressed further than any real data, and large too, is taken for a bomb. */
const SUSPICIOUS_EXPANSION = 200;
const SUSPICIOUS_SIZE = 1 << 28;

export interface ZipOptions {
  /** Bytes that a compressed entry may unpack to, whatever it looks like. */
  max_size?: number;
  /** Compares checksums; not of mapped files, which are not read as a whole. */
  verify?: boolean;
}

/** What is wrong with a zip file. */
export class BadZipFile extends TorchError {
  override name = 'BadZipFile';
}

export class ZipArchive {
  readonly entries = new Map<string, Entry>();
  /** Where the content of an entry begins. */
  protected readonly starts = new Map<Entry, number>();

  constructor(
    protected readonly source: Bytes,
    private readonly options: ZipOptions = {},
  ) {
    const directory = this.findDirectory();
    for (const entry of this.readDirectory(directory)) {
      if (this.entries.has(entry.name)) throw this.bad(`it has two entries '${entry.name}'`);
      this.entries.set(entry.name, entry);
    }
    this.checkLayout(directory);
  }

  private bad(what: string): BadZipFile {
    return new BadZipFile(`failed reading zip archive ${this.source.name}: ${what}`);
  }

  private read(position: number, length: number, what: string): Buffer {
    if (position < 0 || position + length > this.source.size) throw this.bad(`${what} lies beyond the end of the file`);
    return this.source.read(position, length);
  }

  // ---- the central directory

  private findDirectory(): Directory {
    const longest = Math.min(this.source.size, END_SIZE + 0xffff);
    const tail = this.source.read(this.source.size - longest, longest);
    for (let at = tail.length - END_SIZE; at >= 0; at--) {
      if (tail.readUInt32LE(at) !== END) continue;
      const end = this.source.size - longest + at;
      const [count, size, offset] = [
        tail.readUInt16LE(at + 10),
        tail.readUInt32LE(at + 12),
        tail.readUInt32LE(at + 16),
      ];
      const isLarge = count === IN_ZIP64_16 || size === IN_ZIP64_32 || offset === IN_ZIP64_32;
      const directory = isLarge ? this.findDirectory64(end) : { count, size, offset };
      return this.checkDirectory(directory, end);
    }
    throw this.bad('failed finding central directory: it is cut off, as by a download or a save that was broken off');
  }

  private findDirectory64(end: number): Directory {
    const locator = this.read(end - LOCATOR64_SIZE, LOCATOR64_SIZE, 'the zip64 locator');
    if (locator.readUInt32LE(0) !== LOCATOR64) throw this.bad('it has no zip64 locator');
    const record = this.read(this.number64(locator, 8), END64_SIZE, 'the zip64 record');
    if (record.readUInt32LE(0) !== END64) throw this.bad('it has no zip64 record');
    return {
      count: this.number64(record, 32),
      size: this.number64(record, 40),
      offset: this.number64(record, 48),
    };
  }

  private number64(bytes: Buffer, at: number): number {
    const value = bytes.readBigUInt64LE(at);
    if (value > BigInt(this.source.size)) throw this.bad(`it counts ${value} bytes and has ${this.source.size}`);
    return Number(value);
  }

  private checkDirectory(directory: Directory, end: number): Directory {
    const { count, size, offset } = directory;
    if (offset + size > end) throw this.bad('its central directory lies beyond its end');
    if (count * CENTRAL_SIZE > size) throw this.bad(`its central directory is too small for ${count} entries`);
    return directory;
  }

  private *readDirectory({ count, size, offset }: Directory): Generator<Entry> {
    const bytes = this.source.read(offset, size);
    let at = 0;
    for (let i = 0; i < count; i++) {
      if (at + CENTRAL_SIZE > size || bytes.readUInt32LE(at) !== CENTRAL) throw this.bad(`entry ${i} is damaged`);
      const [name, extra, comment] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field)) as [
        number,
        number,
        number,
      ];
      const next = at + CENTRAL_SIZE + name + extra + comment;
      if (next > size) throw this.bad(`entry ${i} is damaged`);
      yield this.readEntry(bytes.subarray(at, next), name, extra);
      at = next;
    }
  }

  private readEntry(bytes: Buffer, nameLength: number, extraLength: number): Entry {
    const extraAt = CENTRAL_SIZE + nameLength;
    const name = bytes.toString('utf8', CENTRAL_SIZE, extraAt);
    if (bytes.readUInt16LE(8) & ENCRYPTED) throw this.bad(`entry '${name}' is encrypted`);
    const large = this.largeNumbers(bytes.subarray(extraAt, extraAt + extraLength), name);
    const number = (at: number) => {
      const value = bytes.readUInt32LE(at);
      return value === IN_ZIP64_32 ? large() : value;
    };
    const size = number(24);
    const compressed = number(20);
    const entry = {
      name,
      method: bytes.readUInt16LE(10),
      crc: bytes.readUInt32LE(16),
      compressed,
      size,
      header: number(42),
    };
    this.checkEntry(entry);
    return entry;
  }

  /** Gives the numbers of the zip64 field, one after the other. */
  private largeNumbers(extra: Buffer, name: string): () => number {
    let field: Buffer = Buffer.alloc(0);
    for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
      if (extra.readUInt16LE(at) === ZIP64_EXTRA) field = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
    }
    let at = 0;
    return () => {
      if (at + 8 > field.length) throw this.bad(`entry '${name}' has no zip64 sizes`);
      at += 8;
      const value = field.readBigUInt64LE(at - 8);
      if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.bad(`entry '${name}' is larger than the file justifies`);
      return Number(value);
    };
  }

  private checkEntry({ name, method, compressed, size }: Entry): void {
    if (method !== STORED && method !== DEFLATED) throw this.bad(`entry '${name}' has compression method ${method}`);
    const most = method === STORED ? compressed : compressed * MOST_EXPANSION;
    if (compressed > this.source.size || size > most || (method === STORED && size !== compressed)) {
      throw this.bad(`entry '${name}' of ${size} bytes is larger than the file justifies`);
    }
  }

  // ---- the entries

  /** Entries that share bytes would make a small file large. */
  private checkLayout({ offset }: Directory): void {
    const inOrder = [...this.entries.values()].sort((a, b) => a.header - b.header);
    inOrder.forEach((entry, i) => {
      const start = this.startOf(entry);
      const end = inOrder[i + 1]?.header ?? offset;
      if (start + entry.compressed > end) throw this.bad(`entry '${entry.name}' overlaps what follows it`);
      this.starts.set(entry, start);
    });
  }

  private startOf({ name, header }: Entry): number {
    const bytes = this.read(header, LOCAL_SIZE, `entry '${name}'`);
    if (bytes.readUInt32LE(0) !== LOCAL) throw this.bad(`entry '${name}' has no header`);
    return header + LOCAL_SIZE + bytes.readUInt16LE(26) + bytes.readUInt16LE(28);
  }

  protected entry(name: string): Entry {
    const entry = this.entries.get(name);
    if (entry === undefined) throw this.bad(`it has no entry '${name}'`);
    return entry;
  }

  protected get verifies(): boolean {
    return this.options.verify !== false;
  }

  protected check(entry: Entry, crc: number): void {
    if (this.verifies && entry.crc !== 0 && crc !== entry.crc) {
      throw this.bad(`entry '${entry.name}' does not match its checksum`);
    }
  }

  protected inflate(entry: Entry): Buffer {
    const most = this.options.max_size ?? Math.max(SUSPICIOUS_SIZE, SUSPICIOUS_EXPANSION * entry.compressed);
    if (entry.size > most) {
      throw this.bad(
        `entry '${entry.name}' of ${entry.compressed} bytes unpacks to ${entry.size}: give 'max_size' if that is right`,
      );
    }
    const packed = this.source.read(this.starts.get(entry)!, entry.compressed);
    try {
      const content = inflateRawSync(packed, { maxOutputLength: Math.max(entry.size, 1) });
      if (content.length === entry.size) return content;
    } catch (error) {
      throw this.bad(`entry '${entry.name}' cannot be unpacked: ${(error as Error).message}`);
    }
    throw this.bad(`entry '${entry.name}' has not the ${entry.size} bytes that it says`);
  }

  /** The content of a small entry, not to be changed. */
  bytes(name: string): Buffer {
    const entry = this.entry(name);
    const stored = entry.method === STORED;
    const content = stored ? this.source.read(this.starts.get(entry)!, entry.size) : this.inflate(entry);
    this.check(entry, crc32(content));
    return content;
  }
}
