// Where the elements of a call's tensors lie: inside their storages, and after a failed call where they lay before.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { native } = require('../../../dist/native/addon.js');
const { call } = require('../../../dist/native/frame.js');

/** @typedef {{ shape: number[], strides: number[], itemsize: number, address: number, offset: number, bytes: number }} Placement */

/** Undefined for a tensor without elements in memory. @param {any} x @returns {Placement | undefined} */
function placementOf(x) {
  if (x.is_meta || x.is_nested || x.is_sparse || x.is_sparse_csr || x.is_mkldnn || x.is_quantized) return undefined;
  if (x.layout.toString() !== 'torch.strided' || x._is_zerotensor()) return undefined;
  const [address, offset, , bytes] = call(native.tensor_storage, x);
  return { shape: x.shape, strides: x.stride(), itemsize: x.itemsize, address, offset, bytes };
}

/** @param {Placement} placement */
function isInside({ shape, strides, itemsize, offset, bytes }) {
  if (shape.some((size) => size === 0)) return true;
  const steps = shape.map((size, dim) => (BigInt(size) - 1n) * BigInt(strides[dim] ?? 0));
  const last = steps.reduce((sum, step) => sum + step, BigInt(offset));
  return last >= 0n && (last + 1n) * BigInt(itemsize) <= BigInt(bytes);
}

/** Tensors, and where they lay before a call. */
export class Placements {
  /** @param {any[]} tensors */
  constructor(tensors) {
    this.before = tensors.map((x) => /** @type {const} */ ([x, this.placementOf(x)]));
  }

  /** @param {any} x */
  placementOf(x) {
    try {
      return placementOf(x);
    } catch {
      return undefined; // disposed, or of a kind that has no storage
    }
  }

  /** What is wrong after the call, if anything. @param {boolean} failed @param {unknown} [result] */
  fault(failed, result) {
    for (const [x, before] of this.before) {
      const now = this.placementOf(x);
      if (now && !isInside(now)) return `an argument outside of its storage: ${JSON.stringify(now)}`;
      if (failed && before && now && !isSame(before, now))
        return `a failed call moved an argument: ${JSON.stringify([before, now])}`;
    }
    for (const x of Array.isArray(result) ? result : [result]) {
      const now = typeof x?.storage_offset === 'function' ? this.placementOf(x) : undefined;
      if (now && !isInside(now)) return `a result outside of its storage: ${JSON.stringify(now)}`;
    }
    return undefined;
  }
}

/** A storage may have grown; one that is empty has no address of its own. @param {Placement} before @param {Placement} now */
function isSame(before, now) {
  const facts = (/** @type {Placement} */ { shape, strides, offset }) => JSON.stringify([shape, strides, offset]);
  return facts(before) === facts(now);
}
