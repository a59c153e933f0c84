/** The framing of event files: TensorFlow's TFRecord. https://www.tensorflow.org/tutorials/load_data/tfrecord */

/** Castagnoli's polynomial, bits reversed. */
const POLYNOMIAL = 0x82f63b78;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ POLYNOMIAL : remainder >>> 1;
  return remainder;
});

export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = table[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** The checksum as it is stored: turned by 15 bits, plus a constant, since sums of sums would be weak. */
export function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** The length with its checksum, then the data with its own. */
export function record(data: Uint8Array): Buffer {
  const framed = Buffer.alloc(12 + data.length + 4);
  framed.writeBigUInt64LE(BigInt(data.length), 0);
  framed.writeUInt32LE(masked(crc32c(framed.subarray(0, 8))), 8);
  framed.set(data, 12);
  framed.writeUInt32LE(masked(crc32c(data)), 12 + data.length);
  return framed;
}

/** A record of a file, by the place of its data in the bytes that were searched. */
export interface FoundRecord {
  start: number;
  data: Uint8Array;
}

/** `'length'`: nothing behind this place can be found. `'data'`: the next record can. */
export type Damage = 'length' | 'data';

const FRAME = 16;

/**
 * The whole records from `at` on, and what is damaged. Ends before a record that is not all there: a file may still be
 * written. So does the last record of `bytes` when its data has another checksum, as its blocks may yet have to come.
 * @returns where to go on
 */
export function* records(bytes: Uint8Array, at = 0): Generator<FoundRecord | Damage, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  while (at + FRAME <= bytes.length) {
    if (view.getUint32(at + 8, true) !== masked(crc32c(bytes.subarray(at, at + 8)))) {
      yield 'length';
      return at;
    }
    const start = at + 12;
    const end = start + Number(view.getBigUint64(at, true));
    if (end + 4 > bytes.length) return at;
    const data = bytes.subarray(start, end);
    const sound = view.getUint32(end, true) === masked(crc32c(data));
    if (!sound && end + 4 === bytes.length) return at;
    yield sound ? { start, data } : 'data';
    at = end + 4;
  }
  return at;
}

/** How many bytes the record at the start of `bytes` takes, which may be more than there are. */
export function recordSize(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return bytes.length < 8 ? FRAME : Number(view.getBigUint64(0, true)) + FRAME;
}
