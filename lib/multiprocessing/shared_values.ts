/**
 * Numbers in shared memory: Python's `multiprocessing.Value` and `Array`.
 * https://docs.python.org/3/library/multiprocessing.html#shared-ctypes-objects
 */

import { REQUIRED, Signature } from '../arguments/signature';
import type { Mode } from '../context/mode';
import { typeName } from '../native/kinds';
import { position, sliced } from '../nn/modules/slices';
import { type AcquireArguments, LockType, RLock, RLockType } from './synchronize';

/** The types of C by Python's letters. */
const arrays = {
  b: Int8Array,
  B: Uint8Array,
  h: Int16Array,
  H: Uint16Array,
  i: Int32Array,
  I: Uint32Array,
  l: BigInt64Array,
  L: BigUint64Array,
  q: BigInt64Array,
  Q: BigUint64Array,
  f: Float32Array,
  d: Float64Array,
} as const;

/** A letter that says a type of C: `i` is a 32-bit integer, `q` one of 64 bits, `d` a float of 64. */
export type TypeCode = keyof typeof arrays;
type Storage = InstanceType<(typeof arrays)[TypeCode]>;
/** What is stored; integers that a number cannot hold come back as bigints. */
export type Stored = number | bigint;
type AnyLock = LockType | RLockType;

export interface LockOptions {
  /** A lock to use, none, or true for one of its own. */
  lock?: boolean | AnyLock;
}

function allocate(code: TypeCode, length: number): Storage {
  if (!Object.hasOwn(arrays, code)) throw new TypeError(`typecode must be one of ${Object.keys(arrays).join(', ')}`);
  const type = arrays[code] as { new (memory: SharedArrayBuffer): Storage; readonly BYTES_PER_ELEMENT: number };
  return new type(new SharedArrayBuffer(type.BYTES_PER_ELEMENT * length));
}

function store(values: Storage, place: number, value: Stored): void {
  if (typeof value !== 'number' && typeof value !== 'bigint') {
    const float = values instanceof Float32Array || values instanceof Float64Array;
    const wrong = `'${typeName(value)}' object cannot be interpreted as an integer`;
    throw new TypeError(float ? `must be real number, not ${typeName(value)}` : wrong);
  }
  if (values instanceof Float32Array || values instanceof Float64Array) {
    values[place] = Number(value);
    return;
  }
  if (typeof value === 'number' && !Number.isInteger(value)) {
    throw new TypeError("'float' object cannot be interpreted as an integer");
  }
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) values[place] = BigInt(value);
  else values[place] = Number(BigInt.asIntN(32, BigInt(value))); // as C does, the highest bits go
}

function load(values: Storage, place: number): Stored {
  const value = values[place]!;
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** One number in shared memory, without a lock. */
export class RawValueType {
  /** @internal */
  constructor(readonly storage: Storage) {}

  get value(): Stored {
    return load(this.storage, 0);
  }

  set value(value: Stored) {
    store(this.storage, 0, value);
  }
}

/** Numbers in shared memory, without a lock. */
export class RawArrayType {
  /** @internal */
  constructor(readonly storage: Storage) {}

  get length(): number {
    return this.storage.length;
  }

  /** Python's `array[i]` and `array[1:3]`. @throws RangeError outside of the array */
  index(place: number): Stored;
  index(slice: string): Stored[];
  index(index: number | string): Stored | Stored[] {
    const { storage } = this;
    if (typeof index === 'string') return sliced(index, storage.length).map((place) => load(storage, place));
    return load(storage, placeIn(storage, index));
  }

  /** Python's `array[i] = value` and `array[1:3] = values`. @throws RangeError outside, or for another count of values */
  index_put_(indices: readonly [number], value: Stored): void;
  index_put_(indices: readonly [string], values: readonly Stored[]): void;
  index_put_([index]: readonly [number | string], value: Stored | readonly Stored[]): void {
    const { storage } = this;
    if (typeof index !== 'string') {
      store(storage, placeIn(storage, index), value as Stored);
      return;
    }
    const values = value as readonly Stored[];
    const places = sliced(index, storage.length);
    if (places.length !== values.length) throw new RangeError('Can only assign sequence of same size');
    places.forEach((place, i) => {
      store(storage, place, values[i]!);
    });
  }

  *[Symbol.iterator](): Generator<Stored> {
    for (let i = 0; i < this.length; i++) yield load(this.storage, i);
  }
}

function placeIn(values: Storage, index: number): number {
  try {
    return position(index, values.length);
  } catch {
    throw new RangeError('invalid index');
  }
}

/** What a lock guards: each access takes it, and `with` holds it for several. */
abstract class Synchronized<Raw> {
  /** @internal */
  constructor(
    readonly raw: Raw,
    readonly lock: AnyLock,
  ) {}

  /** What is guarded, to be used while the lock is held. */
  get_obj(): Raw {
    return this.raw;
  }

  get_lock(): AnyLock {
    return this.lock;
  }

  acquire(...args: AcquireArguments): boolean {
    return this.lock.acquire(...args);
  }

  release(): void {
    this.lock.release();
  }

  /** Python's `with value:`, as `value.with(() => { … })` or `using _ = value.with()`. */
  with(): Mode;
  with<Result>(callback: () => Result): Result;
  with<Result>(callback?: () => Result): Result | Mode {
    return callback === undefined ? this.lock.with() : this.lock.with(callback);
  }
}

/** One number in shared memory, read and written under a lock. */
export class ValueType extends Synchronized<RawValueType> {
  get value(): Stored {
    return this.lock.with(() => this.raw.value);
  }

  set value(value: Stored) {
    this.lock.with(() => {
      this.raw.value = value;
    });
  }
}

/** Numbers in shared memory, read and written under a lock. */
export class ArrayType extends Synchronized<RawArrayType> {
  get length(): number {
    return this.raw.length;
  }

  /** Python's `array[i]` and `array[1:3]`. @throws RangeError outside of the array */
  index(place: number): Stored;
  index(slice: string): Stored[];
  index(index: never): Stored | Stored[] {
    return this.lock.with(() => this.raw.index(index));
  }

  /** Python's `array[i] = value` and `array[1:3] = values`. @throws RangeError outside, or for another count of values */
  index_put_(indices: readonly [number], value: Stored): void;
  index_put_(indices: readonly [string], values: readonly Stored[]): void;
  index_put_(indices: never, value: never): void {
    this.lock.with(() => this.raw.index_put_(indices, value));
  }

  *[Symbol.iterator](): Generator<Stored> {
    for (let i = 0; i < this.length; i++) yield this.index(i);
  }
}

/** The lock asked for; undefined for none. */
function lockOf(lock: boolean | AnyLock): AnyLock | undefined {
  if (lock === false) return undefined;
  if (lock === true || lock === null) return RLock();
  if (lock instanceof LockType || lock instanceof RLockType) return lock;
  throw new TypeError(`${String(lock)} has no method 'acquire'`);
}

interface Locked {
  typecode: TypeCode;
  lock?: boolean | AnyLock;
}

const ofValue = new Signature<Locked & { initial?: Stored }>(
  'Value',
  { typecode: REQUIRED, initial: 0, lock: true },
  1,
);

const ofArray = new Signature<Locked & { size_or_initializer: number | readonly Stored[] }>(
  'Array',
  { typecode: REQUIRED, size_or_initializer: REQUIRED, lock: true },
  1,
);

/**
 * A number that threads share: `Value('i', 0)`. Reading it and writing it takes a lock; what does both, `v.value += 1`,
 * goes into `v.with(() => { … })`.
 * https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Value
 * @throws TypeError for an unknown letter, or a value that is not of the type
 */
export function Value(typecode: TypeCode, initial: Stored | undefined, options: { lock: false }): RawValueType;
export function Value(typecode: TypeCode, options: { lock: false }): RawValueType;
export function Value(typecode: TypeCode, initial?: Stored, options?: { lock?: true | AnyLock }): ValueType;
export function Value(typecode: TypeCode, options: { lock?: true | AnyLock }): ValueType;
export function Value(...args: unknown[]): ValueType | RawValueType {
  const { typecode, initial, lock } = ofValue.read(args);
  const guard = lockOf(lock);
  const raw = new RawValueType(allocate(typecode, 1));
  raw.value = initial;
  return guard === undefined ? raw : new ValueType(raw, guard);
}

/**
 * Numbers that threads share: `Array('d', 10)` has ten zeros, `Array('i', [1, 2, 3])` those values.
 * https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Array
 * @throws TypeError for an unknown letter, or a value that is not of the type; RangeError for a negative length
 */
function SharedArray(typecode: TypeCode, values: number | readonly Stored[], options: { lock: false }): RawArrayType;
function SharedArray(
  typecode: TypeCode,
  values: number | readonly Stored[],
  options?: { lock?: true | AnyLock },
): ArrayType;
function SharedArray(...args: unknown[]): ArrayType | RawArrayType {
  const given = ofArray.read(args);
  const values = given.size_or_initializer;
  if (typeof values === 'number' && values < 0) throw new RangeError(`Array length must be >= 0, not ${values}`);
  const guard = lockOf(given.lock);
  const raw = new RawArrayType(allocate(given.typecode, typeof values === 'number' ? values : values.length));
  if (typeof values !== 'number') raw.index_put_([':'], values);
  return guard === undefined ? raw : new ArrayType(raw, guard);
}

export { SharedArray as Array };
