/**
 * Keeps the memory of a transferred ArrayBuffer where it is. A tensor over a buffer owns the memory too, so it does not
 * matter to it where JavaScript moves that. But the V8 of Node 22 moves the memory itself when `transfer` is asked for
 * another length, under whoever else owns it. Later versions copy then, as here; nothing else tells the two apart.
 */
import { isArrayBuffer } from 'node:util/types';

type Resizable = ArrayBuffer & { readonly resizable: boolean };
type Transfer = (this: Resizable, length?: number) => ArrayBuffer;

function copying(name: string, transfer: Transfer): Transfer {
  const functions = {
    [name](this: Resizable, length?: number): ArrayBuffer {
      const size = Math.trunc(Number(length)) || 0;
      const moves = length === undefined || !isArrayBuffer(this) || this.resizable || this.byteLength === size;
      if (moves) return transfer.call(this, length);
      const copy = new ArrayBuffer(size);
      new Uint8Array(copy).set(new Uint8Array(this, 0, Math.min(size, this.byteLength)));
      transfer.call(this); // leaves it without memory, as the standard says
      return copy;
    },
  };
  return functions[name]!;
}

/** The prototypes seen to: each realm has its own. */
const kept = new WeakSet<object>();

function keepInPlace(prototype: object): void {
  kept.add(prototype);
  for (const name of ['transfer', 'transferToFixedLength']) {
    const property = Object.getOwnPropertyDescriptor(prototype, name);
    if (property?.configurable !== true) continue; // Node 20 has none
    Object.defineProperty(prototype, name, { ...property, value: copying(name, property.value) });
  }
}

/** For a buffer that a tensor borrows, and those that its memory may move to. */
export function keepTransferredInPlace(buffer: object): void {
  if (Number.parseInt(process.versions.v8, 10) >= 13) return;
  for (const each of [Object.getPrototypeOf(buffer) as object | null, ArrayBuffer.prototype]) {
    if (each !== null && !kept.has(each)) keepInPlace(each);
  }
}
