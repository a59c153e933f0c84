/**
 * How values cross to C++ and back. Both sides share one array of doubles: a value is a tag and its payload
 * (native/frame.h has the other half). Filling the array costs a store a slot; passing arguments through Node-API
 * would cost a call each.
 */

import { OutOfMemoryError } from '../errors';
import { Complex, Device, deviceTypeCode, deviceTypeName } from '../types';
import { type NativeFunction, native } from './addon';
import { collect, collectAll, enroll, findInNursery, relieveNursery } from './memory';
import { Coded, NativeObject, Tag } from './object';

const FINE = 0;
const MOVED = 2;

let slots = new Float64Array(native.frame());
let bits = new BigInt64Array(slots.buffer);
let at = 1;
let objects: unknown[] = [];
/** How many lists the value being written is inside of. */
let nesting = 0;
const DEEPEST = 16;

/** Makes the JavaScript object of a native one; each subclass of NativeObject registers itself. */
type Wrap = (handle: number) => NativeObject;
const wraps: Wrap[] = [];

export function registerWrap(tag: number, wrap: Wrap): void {
  wraps[tag] = wrap;
}

function remap(): void {
  slots = new Float64Array(native.frame());
  bits = new BigInt64Array(slots.buffer);
}

/** Makes room for `count` more values. */
function reserve(count: number): void {
  if (at + 4 * count + 64 <= slots.length) return;
  native.frame(2 * (at + 4 * count + 64));
  remap();
}

/** Starts the arguments of a call. */
export function begin(): void {
  at = 1;
  nesting = 0;
  if (objects.length > 0) objects = [];
}

export function putTag(tag: number): void {
  slots[at++] = tag;
}

export function put(value: unknown): void {
  switch (typeof value) {
    case 'number':
      slots[at++] = Number.isSafeInteger(value) && !Object.is(value, -0) ? Tag.Integer : Tag.Float;
      slots[at++] = value;
      return;
    case 'object':
      if (value === null) slots[at++] = Tag.None;
      else if (value instanceof NativeObject) {
        slots[at++] = value._tag;
        slots[at++] = value._handle;
      } else putObject(value);
      return;
    case 'undefined':
      slots[at++] = Tag.NotGiven;
      return;
    case 'boolean':
      slots[at++] = Tag.Boolean;
      slots[at++] = value ? 1 : 0;
      return;
    case 'bigint':
      slots[at++] = Tag.BigInt;
      bits[at++] = value;
      return;
    case 'string':
      slots[at++] = Tag.String;
      slots[at++] = objects.push(value) - 1;
      return;
    default:
      slots[at++] = Tag.Object;
      slots[at++] = objects.push(value) - 1;
  }
}

function putObject(value: object): void {
  if (Array.isArray(value)) putList(value);
  else if (value instanceof Coded) {
    slots[at++] = Tag.Integer;
    slots[at++] = value._code;
  } else if (value instanceof Device) {
    slots[at++] = Tag.Device;
    slots[at++] = deviceTypeCode(value.type);
    slots[at++] = value.index ?? -1;
  } else if (value instanceof Complex) {
    slots[at++] = Tag.Complex;
    slots[at++] = value.re;
    slots[at++] = value.im;
  } else {
    slots[at++] = Tag.Object;
    slots[at++] = objects.push(value) - 1;
  }
}

/** A number that stays a float even when it is whole. */
export function putFloat(value: number): void {
  slots[at++] = Tag.Float;
  slots[at++] = value;
}

export function putList(values: readonly unknown[]): void {
  if (++nesting > DEEPEST) throw new TypeError('a list nested too deep, or one that contains itself, is no argument');
  reserve(values.length);
  slots[at++] = Tag.List;
  slots[at++] = values.length;
  for (let i = 0; i < values.length; i++) put(values[i]);
  nesting--;
}

/** Reads the next result. */
function read(results: unknown[] | undefined): unknown {
  const tag = slots[at++];
  switch (tag) {
    case Tag.Tensor:
      return enroll(wraps[tag]!(slots[at++]!));
    case Tag.Node:
    case Tag.Generator: {
      // rare enough that native code does not say which ones are known
      const handle = slots[at++]!;
      return findInNursery(handle) ?? enroll(wraps[tag]!(handle));
    }
    case Tag.Integer:
    case Tag.Float:
      return slots[at++];
    case Tag.None:
      return null;
    case Tag.Boolean:
      return slots[at++] === 1;
    case Tag.Object:
      return results![slots[at++]!];
    case Tag.List: {
      const list = new Array<unknown>(slots[at++]!);
      for (let i = 0; i < list.length; i++) list[i] = read(results);
      return list;
    }
    case Tag.KnownTensor: {
      const handle = slots[at++]!;
      return findInNursery(handle) ?? enroll(wraps[Tag.Tensor]!(handle));
    }
    case Tag.Device: {
      const type = deviceTypeName(slots[at++]!);
      const index = slots[at++]!;
      return new Device(type, index < 0 ? null : index);
    }
    case Tag.Complex:
      return new Complex(slots[at++]!, slots[at++]!);
    case Tag.BigInt:
      return bits[at++];
    default:
      throw new Error(`native code returned a value of unknown kind ${tag}`);
  }
}

/**
 * Runs a call once more after memory ran out, when everything unreachable is freed. Only operators: they allocate
 * before they change anything, and running them twice is harmless.
 */
function runAgain(fn: NativeFunction, error: unknown): unknown[] | undefined {
  if (fn !== native.invoke || !(error instanceof OutOfMemoryError)) throw error;
  const args = slots.slice(0, at);
  const argObjects = objects;
  collectAll();
  call(native.empty_caches);
  slots.set(args);
  return fn(argObjects);
}

function run(fn: NativeFunction): unknown[] | undefined {
  try {
    return objects.length > 0 ? fn(objects) : fn();
  } catch (error) {
    return runAgain(fn, error);
  }
}

/** Makes the call whose arguments are in the frame, and reads `count` results. */
export function finish(fn: NativeFunction, count: 1): unknown;
export function finish(fn: NativeFunction, count: number): unknown[];
export function finish(fn: NativeFunction, count: number): unknown {
  const results = run(fn);
  const state = slots[0];
  if (state === MOVED) remap();
  at = 1;
  let value: unknown;
  if (count === 1) value = read(results);
  else {
    const list = new Array<unknown>(count);
    for (let i = 0; i < count; i++) list[i] = read(results);
    value = list;
  }
  if (state !== FINE) collect();
  else relieveNursery();
  return value;
}

/** Calls a native function with these arguments; the result's type is the caller's to know. */
export function call<Result>(fn: NativeFunction, ...args: unknown[]): Result {
  begin();
  for (let i = 0; i < args.length; i++) put(args[i]);
  return finish(fn, 1) as Result;
}

/**
 * Runs a function for native code, on the list of arguments in the frame, and puts its result there. Native code
 * calls it as `call` calls native code; the frame is free for other calls while `fn` runs.
 */
export function serve(fn: (...args: unknown[]) => unknown, results: unknown[] | undefined): unknown[] {
  if (slots[0] === MOVED) remap();
  at = 1;
  const args = read(results) as unknown[];
  const value = fn(...args);
  begin();
  put(value);
  return objects;
}

/**
 * Calls a native function whose result is a new native object, and gives its bare handle: for constructors, which
 * make the object themselves and must `enroll` it.
 */
export function callForHandle(fn: NativeFunction, ...args: unknown[]): number {
  begin();
  for (let i = 0; i < args.length; i++) put(args[i]);
  fn(objects);
  if (slots[0] === MOVED) remap();
  return slots[2]!;
}
