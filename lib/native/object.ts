/** The base of everything that stands for a native object. */

/** The tags of native/frame.h, in the same order. */
export const Tag = {
  None: 0,
  NotGiven: 1,
  Integer: 2,
  Float: 3,
  Boolean: 4,
  Complex: 5,
  BigInt: 6,
  Tensor: 7,
  List: 8,
  String: 9,
  Device: 10,
  Generator: 11,
  Object: 12,
  Node: 13,
  KnownTensor: 14,
  Event: 15,
  /** A tensor without a shape: native code takes it for a tensor, operators refuse it. */
  Uninitialized: 16,
} as const;

/**
 * Holds a handle into the environment's table (native/handle_table.h). Nothing frees it but the memory manager, a
 * scope, or `dispose`; a stale handle is an error in native code.
 */
export abstract class NativeObject {
  /** @internal declared only: V8 runs the initializer of a field as a call of its own, 13 ns an object */
  declare _handle: number;
  /** @internal which table entry the handle names; set on the prototype of each subclass */
  declare readonly _tag: number;

  /** @internal */
  constructor(handle: number) {
    this._handle = handle;
  }
}

/** The classes of native objects, which lie above this folder: each is added where it is declared. */
export interface NativeClasses {
  readonly object: NativeObject;
}
