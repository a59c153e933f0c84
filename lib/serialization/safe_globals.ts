/** What files may name beyond what torch itself writes. */
import { type Mode, withMode } from '../context/mode';

/** A class, which is constructed, or a function, which is called. */
export type SafeGlobal = (abstract new (...args: never[]) => object) | ((...args: never[]) => unknown);
/** By full name: `'my_package.Config'`. */
export type SafeGlobals = Readonly<Record<string, SafeGlobal>>;

let allowed: Record<string, SafeGlobal> = {};

/**
 * Lets files name these: an object of Python's class `my_package.Config` is made by what stands here under that name.
 * Its attributes are set afterwards, with its `__setstate__(state)` if it has one.
 * https://docs.pytorch.org/docs/2.13/notes/serialization.html#torch.serialization.add_safe_globals
 */
export function add_safe_globals(globals: SafeGlobals): void {
  allowed = { ...allowed, ...globals };
}

/** What files may name beyond what torch itself writes. https://docs.pytorch.org/docs/2.13/notes/serialization.html#torch.serialization.get_safe_globals */
export function get_safe_globals(): SafeGlobals {
  return { ...allowed };
}

/** Takes back what files may name. https://docs.pytorch.org/docs/2.13/notes/serialization.html#torch.serialization.clear_safe_globals */
export function clear_safe_globals(): void {
  allowed = {};
}

/** Allows them while the callback runs, or until the result is disposed. */
export function safe_globals(globals: SafeGlobals): Mode;
export function safe_globals<Result>(globals: SafeGlobals, callback: () => Result): Result;
export function safe_globals<Result>(globals: SafeGlobals, callback?: () => Result): Result | Mode {
  const enter = () => {
    const before = allowed;
    add_safe_globals(globals);
    return () => {
      allowed = before;
    };
  };
  return withMode('safe_globals', enter, callback);
}

export function safeGlobal(path: string): SafeGlobal | undefined {
  return Object.hasOwn(allowed, path) ? allowed[path] : undefined;
}
