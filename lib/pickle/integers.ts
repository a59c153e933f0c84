/** Python's integers of any size: two's complement, little-endian, no byte more than needed. */

export function encodeInteger(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest !== 0n && rest !== -1n) {
    bytes.push(Number(rest & 0xffn));
    rest >>= 8n;
  }
  const negative = value < 0n;
  const last = bytes[bytes.length - 1] ?? 0;
  if (negative !== last >= 0x80 && value !== 0n) bytes.push(negative ? 0xff : 0);
  return Buffer.from(bytes);
}

/** A number when it holds the integer exactly. */
export function decodeInteger(bytes: Uint8Array): number | bigint {
  if (bytes.length === 0) return 0;
  const text = Buffer.from(bytes).reverse().toString('hex');
  const value = BigInt.asIntN(8 * bytes.length, BigInt(`0x${text}`));
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
