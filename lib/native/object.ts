/** The base of everything that stands for a native object. */
import { mark } from '../base/copies';

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
  Part: 16,
  Dict: 17,
  /** Results only. */
  Fields: 18,
  /** A tensor without a shape: native code takes it for a tensor, operators refuse it. */
  Uninitialized: 19,
} as const;

/**
 * What keeps an object from being cloned: V8 clones no symbols, and puts this text in front of "could not be cloned". It
 * also shows where objects are printed by their fields, as `assert.deepStrictEqual` does.
 */
const NOT_PLAIN = Symbol(
  'native memory of tsorch: send torch.multiprocessing.share(x) or x.tolist(), compare with torch.testing.assert_close',
);

/**
 * Holds a handle into the environment's table (native/handle_table.h). Nothing frees it but the memory manager, a
 * scope, or `dispose`; a stale handle is an error in native code.
 */
export abstract class NativeObject {
  /** @internal declared only: V8 runs the initializer of a field as a call of its own, 13 ns an object */
  declare _handle: number;
  /** @internal an own field, since a clone has no others; the same for all, and too cheap to measure */
  declare _memory: symbol;
  /** @internal which table entry the handle names; set on the prototype of each subclass */
  declare readonly _tag: number;

  /** @internal */
  constructor(handle: number) {
    this._handle = handle;
    this._memory = NOT_PLAIN;
  }

  /**
   * JSON has no tensors. Who asks without a key is no `JSON.stringify`, but wants what a person reads: jest and vitest.
   * @internal
   * @throws TypeError that names what JSON can have
   */
  toJSON(key?: string): string {
    if (key === undefined) return String(this);
    const place = key === '' ? '' : ` at '${key}'`;
    throw new TypeError(
      `a ${this.constructor.name}${place} has no JSON: take x.tolist() or x.item(), write it with torch.save, ` +
        'or send torch.multiprocessing.share(x) to another thread',
    );
  }
}

mark(NativeObject);

/** The fields that every native object has of itself. */
export const nativeFields: ReadonlySet<string> = new Set(['_handle', '_memory']);

// jest prints copies of what differs, and copies what getters give, `x.T` too, unless it is told which properties count.
Object.defineProperty(NativeObject.prototype, Symbol.for('@jest/serializableProperties'), { value: [...nativeFields] });

/** Makes a native object of one that no constructor has made. */
export function withHandle<T extends NativeObject>(object: T, handle: number): T {
  object._handle = handle;
  object._memory = NOT_PLAIN;
  return object;
}

/** The classes of native objects, which lie above this folder: each is added where it is declared. */
export interface NativeClasses {
  readonly object: NativeObject;
}
