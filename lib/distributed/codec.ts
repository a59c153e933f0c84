/** Values as bytes: who can write pickles lies above this folder, and is handed in (lib/torch/distributed.ts). */

export interface Codec {
  /** @throws TypeError for what Python could not read */
  encode(value: unknown): Uint8Array;
  /** @throws UnpicklingError for bytes that name anything but plain values and tensors */
  decode(bytes: Uint8Array): unknown;
}

let used: Codec | undefined;

export function useCodec(codec: Codec): void {
  used = codec;
}

export function theCodec(): Codec {
  if (used === undefined) throw new Error('torch.distributed was loaded by a path of its own');
  return used;
}
