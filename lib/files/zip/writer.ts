/** Writes zip files, of any size. */
import { constants, crc32, deflateRawSync } from 'node:zlib';
import {
  CENTRAL,
  CENTRAL_SIZE,
  DEFLATED,
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
  UTF8,
  ZIP64_EXTRA,
} from './layout';

/** What a zip file is written to. What was written can be written again: sizes are known when an entry is whole. */
export interface PatchableSink {
  readonly position: number;
  write(bytes: Uint8Array): void;
  patch(position: number, bytes: Uint8Array): void;
}

interface Written {
  name: Buffer;
  method: number;
  crc: number;
  compressed: number;
  size: number;
  header: number;
}

const VERSION_WITH_ZIP64 = 45;
/** 1 January 1980: equal content makes equal files. */
const EPOCH = 0x0021;

export class ZipWriter {
  private readonly entries: Written[] = [];

  constructor(
    private readonly sink: PatchableSink,
    private readonly compress: boolean,
  ) {}

  add(name: string, content: Iterable<Uint8Array>): void {
    const entry: Written = {
      name: Buffer.from(name, 'utf8'),
      method: this.compress ? DEFLATED : STORED,
      crc: 0,
      compressed: 0,
      size: 0,
      header: this.sink.position,
    };
    this.sink.write(localHeader(entry));
    const start = this.sink.position;
    for (const piece of content) {
      entry.crc = crc32(piece, entry.crc);
      entry.size += piece.length;
      this.sink.write(this.compress ? packed(piece) : piece);
    }
    if (this.compress) this.sink.write(packed(new Uint8Array(0), true));
    entry.compressed = this.sink.position - start;
    this.sink.patch(entry.header, localHeader(entry));
    this.entries.push(entry);
  }

  finish(): void {
    const offset = this.sink.position;
    for (const entry of this.entries) this.sink.write(centralHeader(entry));
    this.sink.write(end(this.entries.length, this.sink.position - offset, offset));
  }
}

/** Pieces that follow each other make one stream. */
function packed(piece: Uint8Array, last = false): Buffer {
  return deflateRawSync(piece, { finishFlush: last ? constants.Z_FINISH : constants.Z_SYNC_FLUSH });
}

/** Its sizes are in the zip64 field, for which there must be room before they are known. */
function localHeader({ name, method, crc, compressed, size }: Written): Buffer {
  const extra = Buffer.alloc(20);
  extra.writeUInt16LE(ZIP64_EXTRA, 0);
  extra.writeUInt16LE(16, 2);
  extra.writeBigUInt64LE(BigInt(size), 4);
  extra.writeBigUInt64LE(BigInt(compressed), 12);
  const header = Buffer.alloc(LOCAL_SIZE);
  header.writeUInt32LE(LOCAL, 0);
  writeCommon(header, 4, method, crc, IN_ZIP64_32, IN_ZIP64_32, name.length);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, name, extra]);
}

function centralHeader({ name, method, crc, compressed, size, header: offset }: Written): Buffer {
  const large = [size, compressed, offset].filter((value) => value >= IN_ZIP64_32);
  const extra = Buffer.alloc(large.length > 0 ? 4 + 8 * large.length : 0);
  if (large.length > 0) {
    extra.writeUInt16LE(ZIP64_EXTRA, 0);
    extra.writeUInt16LE(8 * large.length, 2);
    large.forEach((value, i) => {
      extra.writeBigUInt64LE(BigInt(value), 4 + 8 * i);
    });
  }
  const header = Buffer.alloc(CENTRAL_SIZE);
  header.writeUInt32LE(CENTRAL, 0);
  header.writeUInt16LE(VERSION_WITH_ZIP64, 4);
  writeCommon(header, 6, method, crc, Math.min(compressed, IN_ZIP64_32), Math.min(size, IN_ZIP64_32), name.length);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(Math.min(offset, IN_ZIP64_32), 42);
  return Buffer.concat([header, name, extra]);
}

/** What both headers of an entry have. */
function writeCommon(
  header: Buffer,
  at: number,
  method: number,
  crc: number,
  compressed: number,
  size: number,
  nameLength: number,
): void {
  header.writeUInt16LE(VERSION_WITH_ZIP64, at);
  header.writeUInt16LE(UTF8, at + 2);
  header.writeUInt16LE(method, at + 4);
  header.writeUInt16LE(EPOCH, at + 8);
  header.writeUInt32LE(crc, at + 10);
  header.writeUInt32LE(compressed, at + 14);
  header.writeUInt32LE(size, at + 18);
  header.writeUInt16LE(nameLength, at + 22);
}

function end(count: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(END_SIZE);
  record.writeUInt32LE(END, 0);
  record.writeUInt16LE(Math.min(count, IN_ZIP64_16), 8);
  record.writeUInt16LE(Math.min(count, IN_ZIP64_16), 10);
  record.writeUInt32LE(Math.min(size, IN_ZIP64_32), 12);
  record.writeUInt32LE(Math.min(offset, IN_ZIP64_32), 16);
  const isLarge = count >= IN_ZIP64_16 || size >= IN_ZIP64_32 || offset >= IN_ZIP64_32;
  return isLarge ? Buffer.concat([end64(count, size, offset), record]) : record;
}

function end64(count: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(END64_SIZE + LOCATOR64_SIZE);
  record.writeUInt32LE(END64, 0);
  record.writeBigUInt64LE(BigInt(END64_SIZE - 12), 4);
  record.writeUInt16LE(VERSION_WITH_ZIP64, 12);
  record.writeUInt16LE(VERSION_WITH_ZIP64, 14);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(size), 40);
  record.writeBigUInt64LE(BigInt(offset), 48);
  record.writeUInt32LE(LOCATOR64, END64_SIZE);
  record.writeBigUInt64LE(BigInt(offset + size), END64_SIZE + 8);
  record.writeUInt32LE(1, END64_SIZE + 16);
  return record;
}
