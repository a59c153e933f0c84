/**
 * How values cross to C++ and back. Both sides share one array of doubles: a value is a tag and its payload
 * (native/frame.h has the other half). Filling the array costs a store a slot; passing arguments through Node-API
 * would cost a call each.
 */

import { OutOfMemoryError, TorchError, warn } from '../base/errors';
import { Coded, Complex, Device, deviceTypeCode, deviceTypeName, Float } from '../base/types';
import { native } from './addon';
import type { AnyFunction, NativeFunction } from './functions';
import { checkLength, Kind, kindOf, kindOfList } from './kinds';
import { enroll, findInNursery, relieveNursery } from './nursery';
import { NativeObject, Tag } from './object';
import { makeError, withoutCuda } from './reports';

const FINE = 0;
const WAITING = 1;
const MOVED = 2;

/** Where the arguments of an operator start, after its header. */
const ARGUMENTS = 4;

// Constants of their own: V8 calls a function that it knows 50 ns faster.
const nativeCall = native.call;
const nativeInvoke = native.invoke;

let slots = new Float64Array(native.frame());
let bits = new BigInt64Array(slots.buffer);
let at = 1;
let objects: unknown[] = [];
/** How many lists the value being written is inside of. */
let nesting = 0;
const DEEPEST = 16;

/** Whether arguments are being written. */
let writing = false;
/** How often native code has called JavaScript. */
let served = 0;

interface Suspended {
  readonly slots: Float64Array;
  readonly objects: unknown[];
  readonly nesting: number;
}

/** Calls whose arguments are half written: those ran a getter or a Proxy's trap, and that makes calls of its own. */
const suspended: Suspended[] = [];

function suspend(): void {
  suspended.push({ slots: slots.slice(0, at), objects, nesting });
}

/** Ends a call, or gives up writing its arguments, and lets the call around it go on with its own. */
export function endCall(): void {
  writing = false;
  nesting = 0;
  const outer = suspended.pop();
  if (outer === undefined) return;
  slots.set(outer.slots);
  at = outer.slots.length;
  ({ objects, nesting } = outer);
  writing = true;
}

/** Makes the JavaScript object of a native one; each subclass of NativeObject registers itself. */
type Wrap = (handle: number) => NativeObject;
const wraps: Wrap[] = [];
let wrapTensor: Wrap;

export function registerWrap(tag: number, wrap: Wrap): void {
  wraps[tag] = wrap;
  if (tag === Tag.Tensor) wrapTensor = wrap;
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

/** Starts the arguments of a call. Who cannot finish them says `endCall`. */
export function begin(): void {
  if (writing) suspend();
  writing = true;
  at = 1;
  nesting = 0;
  if (objects.length > 0) objects = [];
}

/** A tag, or what needs none: a count, a handle where only handles come. */
export function putRaw(value: number): void {
  slots[at++] = value;
}

/** Puts a value and tells its kind: one look at its type serves both. */
export function put(value: unknown): Kind {
  switch (typeof value) {
    case 'number':
      slots[at++] = Number.isSafeInteger(value) && !Object.is(value, -0) ? Tag.Integer : Tag.Float;
      slots[at++] = value;
      return Number.isInteger(value) ? Kind.Int : Kind.Float;
    case 'object':
      if (value === null) {
        slots[at++] = Tag.None;
        return Kind.Null;
      }
      return value instanceof NativeObject ? putNative(value) : putObject(value);
    case 'undefined':
      slots[at++] = Tag.NotGiven;
      return Kind.NotGiven;
    case 'boolean':
      slots[at++] = Tag.Boolean;
      slots[at++] = value ? 1 : 0;
      return Kind.Bool;
    case 'bigint':
      putBigInt(value);
      return Kind.Int;
    case 'string':
      slots[at++] = Tag.String;
      slots[at++] = objects.push(value) - 1;
      return Kind.String;
    default:
      if (value instanceof NativeObject) return putNative(value); // a node of the graph
      slots[at++] = Tag.Object;
      slots[at++] = objects.push(value) - 1;
      return Kind.Other;
  }
}

/** An integer that no int64 holds goes beside the frame: what becomes of it depends on who reads it. */
function putBigInt(value: bigint): void {
  if (BigInt.asIntN(64, value) === value) {
    slots[at++] = Tag.BigInt;
    bits[at++] = value;
  } else {
    slots[at++] = Tag.Object;
    slots[at++] = objects.push(value) - 1;
  }
}

function putNative(value: NativeObject): Kind {
  const tag = value._tag;
  if (tag === Tag.Tensor) {
    slots[at++] = tag;
    slots[at++] = value._handle;
    return Kind.Tensor;
  }
  slots[at++] = tag === Tag.Uninitialized ? Tag.Tensor : tag;
  slots[at++] = value._handle;
  return kindOf(value);
}

/** Puts an argument of an operator; not a list of lists, which none takes and which may contain itself. */
export function putArgument(value: unknown): Kind {
  if (value instanceof NativeObject) return putNative(value);
  if (!Array.isArray(value)) return put(value);
  const kind = kindOfList(value);
  if (kind !== Kind.OtherList) putList(value);
  return kind;
}

function putObject(value: object): Kind {
  if (Array.isArray(value)) {
    putList(value);
    return Kind.OtherList;
  }
  if (value instanceof Coded) {
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
  } else if (value instanceof Entries) {
    putEntries(value.entries);
  } else if (value instanceof Float) {
    slots[at++] = Tag.Float;
    slots[at++] = value.value;
  } else {
    slots[at++] = Tag.Object;
    slots[at++] = objects.push(value) - 1;
  }
  return kindOf(value);
}

/** A dictionary for native code, which takes any object else as it is. */
export class Entries {
  constructor(readonly entries: readonly (readonly [key: unknown, value: unknown])[]) {}
}

function putEntries(entries: Entries['entries']): void {
  if (++nesting > DEEPEST) throw new TypeError(TOO_DEEP);
  reserve(2 * entries.length);
  slots[at++] = Tag.Dict;
  slots[at++] = entries.length;
  for (const [key, value] of entries) {
    put(key);
    put(value);
  }
  nesting--;
}

const TOO_DEEP = 'a list nested too deep, or one that contains itself, is no argument';

export function putList(values: readonly unknown[]): void {
  if (++nesting > DEEPEST) throw new TypeError(TOO_DEEP);
  checkLength(values);
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
    case Tag.Event:
    case Tag.Part:
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
    case Tag.Dict:
      return readEntries(results);
    case Tag.Fields:
      return readFields(results);
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

/** A dictionary: an object, or a Map where a key is no text. */
function readEntries(results: unknown[] | undefined): Record<string, unknown> | Map<unknown, unknown> {
  const entries = new Map<unknown, unknown>();
  for (let left = slots[at++]!; left > 0; left--) {
    const key = read(results);
    entries.set(key, read(results));
  }
  const plain = [...entries.keys()].every((key) => typeof key === 'string');
  return plain ? (Object.fromEntries(entries) as Record<string, unknown>) : entries;
}

/** A named tuple: an array with the names as properties too. */
function readFields(results: unknown[] | undefined): unknown[] {
  const list: unknown[] = [];
  for (let left = slots[at++]!; left > 0; left--) {
    const name = read(results) as string;
    const value = read(results);
    list.push(value);
    Object.defineProperty(list, name, { value, writable: true, configurable: true });
  }
  return list;
}

/** Ends a call whose results are read: from here on other code may run, and use the frame. */
function settle(state: number): void {
  if (suspended.length > 0) endCall();
  if (state === FINE) relieveNursery();
  else attend();
}

/** What frees memory when a call wants it: collector and frame use each other, so it is handed in. */
interface Collector {
  collect(): void;
  collectAll(): void;
  /** Whether buffers may be over the memory of tensors. */
  isLending(): boolean;
}

let collector: Collector;

export function useCollector(ours: Collector): void {
  collector = ours;
}

/** Shows the warnings of calls, and collects when memory wants it: native code says that something waits, not which. */
function attend(): void {
  begin();
  run(native.show_warnings);
  const state = stateOf();
  if (suspended.length > 0) endCall();
  if (state !== FINE) collector.collect();
}

/** What native code says of a call, in an array that it may have replaced. */
function stateOf(): number {
  if (slots[0] === MOVED) remap();
  return slots[0]!;
}

/** The names of operators, by their ids. */
export const operatorNames: string[] = [];

/** How errors begin that do not say whose argument it is. */
const nameless = /^(expected [\w ]+, not |argument '\w+' failed to unpack )/;

/** An argument that native code could not read: the message says whose. */
function nameFunction(error: TypeError, fn: NativeFunction, id: number): void {
  const name = operatorNames[id] ?? Object.entries(native).find(([, each]) => each === fn)?.[0];
  if (name !== undefined) error.message = `${name.replace(/\.\w+$/, '')}(): ${error.message}`; // without the overload
}

/** Ends a call that failed, and shows what it warned of before. */
function fail(error: unknown): never {
  const state = stateOf();
  endCall();
  if (state === WAITING) attend();
  throw error;
}

/** Whether an operator failed for want of what a collection may free: memory, or a storage that was lent. */
function wantsCollection(error: unknown): boolean {
  if (error instanceof OutOfMemoryError) return true;
  return (
    error instanceof TorchError && error.message.includes('storage that is not resizable') && collector.isLending()
  );
}

/**
 * Runs an operator once more when everything unreachable is freed. It asks for memory before it changes anything, so
 * that running it twice is harmless; unless it `called` JavaScript, which used the frame.
 */
function runAgain(error: unknown, id: number, called: boolean): unknown[] | undefined {
  const args = slots.slice(0, at);
  const argObjects = objects;
  if (slots[0] === MOVED) remap();
  if (called || !wantsCollection(error)) fail(error);
  collector.collectAll();
  call(native.empty_caches);
  if (writing) suspend(); // the call around this one
  writing = false;
  slots.set(args);
  slots[0] = nativeInvoke;
  try {
    return nativeCall(argObjects);
  } catch (again) {
    return fail(named(again, nativeInvoke, id));
  }
}

/** An error with what only this side knows of the call. */
function named(error: unknown, fn: NativeFunction, id = -1): unknown {
  if (error instanceof TypeError && nameless.test(error.message)) nameFunction(error, fn, id);
  return fn === nativeInvoke ? withoutCuda(error) : error;
}

function run(fn: NativeFunction): unknown[] | undefined {
  writing = false;
  slots[0] = fn;
  try {
    return objects.length > 0 ? nativeCall(objects) : nativeCall();
  } catch (error) {
    return fail(named(error, fn));
  }
}

/** Makes the call whose arguments are in the frame, and reads its only result. */
export function finish<F extends AnyFunction>(fn: NativeFunction<F>): ReturnType<F> {
  return readOnly(run(fn)) as ReturnType<F>;
}

/** Reads the only result of a call. */
function readOnly(results: unknown[] | undefined): unknown {
  const state = stateOf();
  let value: unknown;
  if (slots[1] === Tag.Tensor) value = enroll(wrapTensor(slots[2]!));
  else {
    at = 1;
    value = read(results);
  }
  settle(state);
  return value;
}

/** Reads `count` results of a call. */
function readAll(results: unknown[] | undefined, count: number): unknown[] {
  const state = stateOf();
  at = 1;
  const values = new Array<unknown>(count);
  for (let i = 0; i < count; i++) values[i] = read(results);
  settle(state);
  return values;
}

/** Starts the arguments of an operator. */
export function beginOperator(): void {
  if (writing) suspend();
  writing = true;
  at = ARGUMENTS;
  if (objects.length > 0) objects = [];
}

/** Starts an operator with the first `count` of these arguments. */
export function putOperands(values: readonly unknown[], count: number): void {
  beginOperator();
  try {
    for (let i = 0; i < count; i++) put(values[i]);
  } catch (error) {
    endCall();
    throw error;
  }
}

/**
 * Calls an operator with the `given` arguments in the frame; those that follow take the schema's defaults. From place
 * `gathered` on they are the elements of one list; `given` itself says that there is none.
 */
export function invoke(id: number, given: number, gathered: number): unknown {
  return readOnly(runOperator(id, given, gathered));
}

/** The same for an operator of several results, or none. */
export function invokeForAll(id: number, given: number, gathered: number, count: number): unknown[] {
  return readAll(runOperator(id, given, gathered), count);
}

function runOperator(id: number, given: number, gathered: number): unknown[] | undefined {
  writing = false;
  slots[0] = nativeInvoke;
  slots[1] = id;
  slots[2] = given;
  slots[3] = gathered;
  const servedBefore = served;
  try {
    return objects.length > 0 ? nativeCall(objects) : nativeCall();
  } catch (error) {
    return runAgain(named(error, nativeInvoke, id), id, served !== servedBefore);
  }
}

function beginWith(args: readonly unknown[]): void {
  begin();
  try {
    for (let i = 0; i < args.length; i++) put(args[i]);
  } catch (error) {
    endCall();
    throw error;
  }
}

/** Calls a native function with these arguments. */
export function call<F extends AnyFunction>(fn: NativeFunction<F>, ...args: Parameters<F>): ReturnType<F> {
  beginWith(args);
  return finish(fn);
}

/**
 * Runs a function for native code, on the list of arguments in the frame, and puts its result there. Native code
 * calls it as `call` calls native code; the frame is free for other calls while `fn` runs.
 */
export function serve(fn: (...args: unknown[]) => unknown, results: unknown[] | undefined): unknown[] {
  served++;
  if (slots[0] === MOVED) remap();
  at = 1;
  const args = read(results) as unknown[];
  beginWith([fn(...args)]);
  writing = false;
  return objects;
}

/**
 * Calls a native function whose result is a new native object, and gives its bare handle: for constructors, which
 * make the object themselves and must `enroll` it.
 */
export function callForHandle<F extends AnyFunction>(fn: NativeFunction<F>, ...args: Parameters<F>): number {
  beginWith(args);
  run(fn);
  const state = stateOf();
  const handle = slots[2]!;
  settle(state);
  return handle;
}

native.set_callbacks(makeError, warn, serve);
