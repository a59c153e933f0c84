/**
 * The order in which Python iterates over a set of few points (pairs of floats).
 *
 * The reference engine collects the ends of a visible line in a set, and draws from the first to the second; the pixels
 * depend on the direction. So to see what its wrestlers see, this follows CPython's hashes (3.8 and newer, 64 bit).
 */
import type { Vector } from './geometry';

const MODULUS_BITS = 61n;
const MODULUS = (1n << MODULUS_BITS) - 1n;
const PRIME_1 = 11400714785074694791n;
const PRIME_2 = 14029467366897019727n;
const PRIME_5 = 2870177450012600261n;
const TABLE_SIZE = 8;

const double = new Float64Array(1);
const bits = new BigUint64Array(double.buffer);
const word = (value: bigint) => BigInt.asUintN(64, value);

/** A finite float's hash: its value modulo 2**61 - 1, where a power of two is a rotation of the 61 bits. */
function hashOfFloat(value: number): bigint {
  double[0] = Math.abs(value);
  const exponent = Number(bits[0]! >> 52n);
  const fraction = bits[0]! & ((1n << 52n) - 1n);
  const mantissa = exponent === 0 ? fraction : fraction | (1n << 52n);
  const shift = (((Math.max(exponent, 1) - 1075) % 61) + 61) % 61;
  const rotated = mantissa << BigInt(shift);
  const hash = (rotated & MODULUS) + (rotated >> MODULUS_BITS);
  const reduced = hash >= MODULUS ? hash - MODULUS : hash;
  if (value >= 0) return reduced;
  return reduced === 1n ? -2n : -reduced;
}

/** A tuple's hash: xxHash's mixing of the hashes of its items. */
function hashOfPoint({ x, y }: Vector): bigint {
  let hash = PRIME_5;
  for (const item of [x, y]) {
    hash = word(hash + hashOfFloat(item) * PRIME_2);
    hash = word(word((hash << 31n) | (hash >> 33n)) * PRIME_1);
  }
  return word(hash + (2n ^ PRIME_5 ^ 3527539n));
}

/** Up to four points as `list(set(points))` has them: each once, in the order of their places in the hash table. */
export function pythonSet(points: readonly Vector[]): Vector[] {
  const table = new Array<Vector | undefined>(TABLE_SIZE);
  for (const point of points) {
    const hash = hashOfPoint(point);
    let place = Number(hash & 7n);
    let rest = hash;
    for (let other = table[place]; other !== undefined; other = table[place]) {
      if (other.x === point.x && other.y === point.y) break;
      rest >>= 5n;
      place = Number((BigInt(place) * 5n + 1n + rest) & 7n);
    }
    table[place] ??= point;
  }
  return table.filter((point) => point !== undefined);
}
