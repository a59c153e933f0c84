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

let kept = false;

/** From the first buffer on that a tensor borrows. */
export function keepTransferredInPlace(): void {
  if (kept) return;
  kept = true;
  if (Number.parseInt(process.versions.v8, 10) >= 13) return;
  for (const name of ['transfer', 'transferToFixedLength']) {
    const property = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, name);
    if (property?.configurable !== true) continue; // Node 20 has none
    Object.defineProperty(ArrayBuffer.prototype, name, { ...property, value: copying(name, property.value) });
  }
}
