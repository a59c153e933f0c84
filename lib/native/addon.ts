/** The native addon, typed. Its functions take and give their values through the frame (frame.ts). */
import type { NativeTable } from './functions';
import { loadAddon } from './loader';

export type { NativeFunction, NativeName } from './functions';

/** The functions listed in functions.ts, by their numbers, and those that take their arguments from Node-API. */
export interface Addon extends NativeTable {
  /** Calls the function whose number is in slot 0 of the frame; `objects` are its strings and buffers. */
  call(objects?: unknown[]): unknown[] | undefined;
  /** The buffer both sides share, grown to hold at least `slots` doubles. */
  frame(slots?: number): ArrayBuffer;
  /** Leaves objects to the collector; their handles are in the frame, without tags. */
  weaken(...objects: readonly object[]): void;
  /** What native code calls: the factory of errors, the printer of libtorch's warnings, and `serve` of frame.ts. */
  set_callbacks(
    makeError: (kind: string, message: string) => Error,
    warn: (message: string) => void,
    serve: (fn: (...args: unknown[]) => unknown, objects: unknown[] | undefined) => unknown[],
  ): void;
}

/** A copy of the facade has native state of its own; it ends when the copy is collected (native/environment.h). */
export const native = loadAddon<{ open(): Addon }>().open();
