/** The nursery: it holds new native objects strongly until a scope ends or the collector looks at them (memory.ts). */
import type { NativeObject } from './object';

/**
 * Objects the nursery holds before they are left to the collector and the next collection is run; more while a scope is
 * open. Few, so that what is freed is still in the processor's cache: see docs/performance.md.
 */
const NURSERY = 1024;
export const SCOPED_NURSERY = 1 << 16;
/** The most of a forward pass, which is not interrupted. */
const PASS_NURSERY = 4096;

/**
 * The nursery's places are overwritten when it empties, not dropped with the array: an array old enough to have left
 * the young generation would keep its young elements alive through minor collections.
 */
const nursery: (NativeObject | null)[] = [];
let used = 0;
/** Where the parts of open scopes begin in the nursery. */
export const scopes: number[] = [];
/** Objects the nursery takes before a collection. */
let room = NURSERY;
let full: () => void;

/** Says what to do when it is full: the collector uses the frame, which fills the nursery, so it is handed in. */
export function whenFull(action: () => void): void {
  full = action;
}

/** Takes a new object in. Never flushes: results may still be unread in the frame, which a flush would overwrite. */
export function enroll(object: NativeObject): NativeObject {
  nursery[used++] = object;
  return object;
}

/** Makes room in a full nursery; only between calls, since it uses the frame. */
export function relieveNursery(): void {
  if (used >= room && (scopes.length === 0 || used >= SCOPED_NURSERY)) full();
}

/** The object of a handle that native code has no reference to. */
export function findInNursery(handle: number): NativeObject | undefined {
  for (let i = used - 1; i >= 0; i--) if (nursery[i]!._handle === handle) return nursery[i]!;
  return undefined;
}

/** How many objects it holds. */
export function youngCount(): number {
  return used;
}

/** The objects in the places from `from` to before `to`. */
export function youngBetween(from: number, to: number): NativeObject[] {
  return nursery.slice(from, to) as NativeObject[];
}

/** Lets go of all. */
export function forgetYoung(): void {
  nursery.fill(null, 0, used);
  used = 0;
  scopes.fill(0);
}

/** Takes as many as this forward pass had, and some more, before a collection. */
export function makeRoomForPass(): void {
  room = Math.min(Math.max(NURSERY, 1.25 * used), PASS_NURSERY);
}

/** Keeps of the part that begins at `start` what survives, and gives the others. */
export function endPart(start: number, survives: (object: NativeObject) => boolean): NativeObject[] {
  const doomed: NativeObject[] = [];
  let end = start;
  for (let i = start; i < used; i++) {
    const object = nursery[i]!;
    nursery[i] = null;
    if (survives(object)) nursery[end++] = object;
    else doomed.push(object);
  }
  used = end;
  return doomed;
}
