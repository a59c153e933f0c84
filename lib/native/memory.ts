/**
 * Frees native objects nobody can reach, in synchronous code too.
 *
 * Node runs finalizers only between turns of the event loop, so a plain training loop would never free a tensor.
 * Instead: a new object sits in the nursery, which holds it strongly. A scope that ends frees its part of the nursery
 * at once. When the nursery is full, or after a backward pass that is worth it, or when enough bytes have gathered, its
 * objects get weak references, which the collector clears in synchronous code too; a collection is run then, and the
 * cleared ones are freed.
 */
import { native } from './addon';
import { collector } from './collector';
import { begin, call, endCall, finish, putRaw, useCollector } from './frame';
import {
  endPart,
  forgetYoung,
  makeRoomForPass,
  SCOPED_NURSERY,
  scopes,
  whenFull,
  youngBetween,
  youngCount,
} from './nursery';
import type { NativeObject } from './object';

/** Every so many minor collections those objects are looked at too that survived two. */
const OLD_ROUND = 64;
/** Live objects that call for a full collection, beside twice as many as the last one left. */
const MAJOR_COUNT = 8_192;
/** Live bytes that call for one, likewise. */
const MAJOR_BYTES = 32 * 2 ** 20;
/** Bytes since the last collection that call for the next one, beside half of what was alive then. */
const BYTES_STEP = 8 * 2 ** 20;
/** Bytes since the last collection that call for one after a backward pass. */
const PASS_STEP = 8 * 2 ** 20;
/** Objects and graph nodes that do. */
const PASS_COUNT = 512;
/** Bytes that results on other devices bring until a collection. */
const DEVICE_STEP = 256 * 2 ** 20;

/** The handles of what they made that has left it, and may have been collected; by how deep the scope is nested. */
const departed = new Map<number, number[]>();
/** The handles of what was kept while scopes are open. */
const kept = new Set<number>();
let aliveAfterMajor = MAJOR_COUNT;
let bytesAfterMajor = MAJOR_BYTES;
let bytesAfterCollection = 0;
/** What a forward pass has lately allocated; the next one shall not be interrupted for as much. */
let passBytes = 0;
/** Graph nodes made until the last collection. */
let nodesBefore = 0;
let reportedBytes = 0;
let collecting = false;
const counters = { minor: 0, major: 0 };

/** Leaves the nursery's objects to the collector, and runs it. */
function flushNursery(): void {
  emptyNursery();
  collect(false);
}

/** Objects that the smallest frame and V8's stack of arguments have room for. */
const CHUNK = 1024;

/** Makes the nursery's references weak. A function of its own, so that no local variable holds the objects while the collector runs. */
function emptyNursery(): void {
  noteDeparted();
  const young = youngCount();
  for (let from = 0; from < young; from += CHUNK) weaken(youngBetween(from, Math.min(from + CHUNK, young)));
  forgetYoung();
  for (const [depth, handles] of departed) {
    if (handles.length <= SCOPED_NURSERY) continue;
    const left = handles.filter((handle) => call(native.is_alive, handle));
    departed.set(depth, left);
  }
}

/** Scopes remember what they made by handle, since the collector is to have the objects. */
function noteDeparted(): void {
  for (let depth = 0; depth < scopes.length; depth++) {
    const handles = departed.get(depth) ?? [];
    const end = scopes[depth + 1] ?? youngCount();
    for (const object of youngBetween(scopes[depth]!, end)) handles.push(object._handle);
    departed.set(depth, handles);
  }
}

function weaken(objects: readonly NativeObject[]): void {
  begin();
  for (let i = 0; i < objects.length; i++) putRaw(objects[i]!._handle);
  try {
    native.weaken(...objects);
  } finally {
    endCall();
  }
}

function alive() {
  return call(native.memory_stats);
}

/** Whether buffers may be over the memory of tensors. */
export function isLending(): boolean {
  const [, , , , , , lent] = alive();
  return lent > 0;
}

/** Bytes of tensors and graphs, wherever they are. */
function bytesAlive(): number {
  const [, , cpu, device] = alive();
  return cpu + device;
}

/**
 * Collects what is unreachable: the young first, everything when that did not help. `pressed` for memory it is freed at
 * once; otherwise the next operators free it as they go.
 */
export function collect(pressed = true): void {
  if (collecting) return; // freeing a graph may run hooks that allocate
  collecting = true;
  try {
    if (scopes.length === 0) emptyNursery();
    collector({ type: 'minor', execution: 'sync' });
    counters.minor++;
    call(native.sweep, pressed || counters.minor % OLD_ROUND === 0, pressed);
    const [, handles] = alive();
    if (handles > 2 * aliveAfterMajor || (pressed && bytesAlive() > 2 * bytesAfterMajor)) collectEverything();
    if (pressed) settle();
  } finally {
    collecting = false;
  }
}

/**
 * Collects after a backward pass if it is worth it. What the forward pass made is dead then, and still young; in the
 * middle of the pass it is alive, and a collection there makes it old, which only a full one frees.
 */
export function collectAfterPass(): void {
  if (scopes.length > 0 || collecting) return;
  const [, , cpu, device, nodes] = alive();
  const grown = cpu + device - bytesAfterCollection;
  const made = youngCount() + nodes - nodesBefore;
  if (grown < PASS_STEP && made < PASS_COUNT) return;
  passBytes = Math.max(grown, 0.9 * passBytes);
  makeRoomForPass();
  nodesBefore = nodes;
  collect(grown >= PASS_STEP);
}

/** Sets the marks for the next collection from what is alive now. */
function settle(): void {
  const [, , cpu, device, , borrowed, lent] = alive();
  bytesAfterCollection = cpu + device;
  const room = 1.25 * passBytes;
  const cpuLimit = cpu + Math.max(BYTES_STEP, cpu / 2, room);
  call(native.set_pressure, Math.floor(cpuLimit), Math.floor(Math.max(DEVICE_STEP, device / 2, room)));
  // V8 counts its buffers' memory itself. What is both borrowed and lent is subtracted twice; V8 ends the process below 0.
  const own = Math.max(0, cpu - borrowed - lent);
  call(native.adjust_external_memory, own - reportedBytes);
  reportedBytes = own;
}

/** What each object's tensor leads to in the graph, while a full collection runs (native/autograd/reach.cpp). */
let leads: WeakMap<object, unknown> | undefined;

/** Lets the collector see through the graph, so that cycles through it and JavaScript are freed. */
function loosenGraph(): void {
  const pairs = call(native.loosen_values);
  if (pairs === null) return;
  leads = new WeakMap();
  for (let i = 0; i < pairs.length; i += 2) leads.set(pairs[i]!, pairs[i + 1]);
}

function fastenGraph(): void {
  if (leads === undefined) return;
  leads = undefined;
  call(native.fasten_values);
}

function collectEverything(): void {
  loosenGraph();
  collector();
  fastenGraph();
  if (isLending()) collector({ type: 'minor', execution: 'sync' }); // V8 lets go of buffers in the background until the next
  counters.major++;
  call(native.sweep, true, true);
  const [, handles] = alive();
  aliveAfterMajor = Math.max(handles, MAJOR_COUNT);
  bytesAfterMajor = Math.max(bytesAlive(), MAJOR_BYTES);
}

/** JavaScript values that native objects own. */
function ownedValues(): number {
  return call(native.owned_values);
}

/** A full collection, as `gc.collect()` in Python; loops do not need it. */
export function collectAll(): void {
  emptyNursery();
  // A freed graph lets go of JavaScript values, which may hold the next graph.
  for (let before = Infinity, now = ownedValues(); now < before; now = ownedValues()) {
    before = now;
    collectEverything();
  }
  settle();
}

/** Frees the objects of these handles now; those that were freed before have none any more. */
function releaseHandles(handles: readonly number[]): void {
  for (let from = 0; from < handles.length; from += CHUNK) {
    const to = Math.min(from + CHUNK, handles.length);
    begin();
    putRaw(to - from);
    for (let i = from; i < to; i++) putRaw(handles[i]!);
    finish(native.release);
  }
}

/** Frees these objects now. */
export function release(objects: readonly NativeObject[]): void {
  for (let from = 0; from < objects.length; from += CHUNK) {
    const to = Math.min(from + CHUNK, objects.length);
    begin();
    putRaw(to - from);
    for (let i = from; i < to; i++) putRaw(objects[i]!._handle);
    finish(native.release);
  }
}

/** Exempts an object from the end of its scope. */
export function keep<T extends NativeObject>(object: T): T {
  if (scopes.length > 0) kept.add(object._handle);
  return object;
}

/** Opens a scope; everything enrolled from now on belongs to it. */
export function openScope(): void {
  scopes.push(youngCount());
}

/** Frees what the innermost scope made, except `survivors`, which belong to the scope around it. */
export function closeScope(survivors: ReadonlySet<NativeObject>): void {
  const survives = (object: NativeObject) =>
    (survivors.size > 0 && survivors.has(object)) || (kept.size > 0 && kept.has(object._handle));
  const doomed = endPart(scopes.pop()!, survives);
  release(doomed);
  if (departed.size > 0) releaseDeparted(survivors);
  if (scopes.length === 0 && kept.size > 0) kept.clear();
}

/** The same for what has left the nursery. */
function releaseDeparted(survivors: ReadonlySet<NativeObject>): void {
  const depth = scopes.length;
  const handles = departed.get(depth) ?? [];
  departed.delete(depth);
  const spared = new Set(kept);
  for (const object of survivors) spared.add(object._handle);
  const around = departed.get(depth - 1);
  if (around !== undefined) for (const handle of handles) if (spared.has(handle)) around.push(handle);
  releaseHandles(handles.filter((handle) => !spared.has(handle)));
}

/**
 * What is alive in this thread, and how often memory was collected. `bytes` and `device_bytes` count the process's
 * tensors on the CPU and on the accelerator. Part of `bytes` are `borrowed_bytes`, of the buffers under tensors of
 * `frombuffer` and `from_numpy`, and `lent_bytes`, of the tensors under arrays of `typed_array`, both this thread's.
 */
export function memoryStats(): {
  tensors: number;
  handles: number;
  bytes: number;
  device_bytes: number;
  borrowed_bytes: number;
  lent_bytes: number;
  minor_collections: number;
  major_collections: number;
} {
  const [tensors, handles, bytes, device_bytes, , borrowed_bytes, lent_bytes] = alive();
  return {
    tensors,
    handles,
    bytes,
    device_bytes,
    borrowed_bytes,
    lent_bytes,
    minor_collections: counters.minor,
    major_collections: counters.major,
  };
}

useCollector({ collect, collectAll, isLending });
whenFull(flushNursery);
