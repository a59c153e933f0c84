/** States of the thread that hold while a callback runs: Python's `with`. */
import { typeName } from '../native/kinds';

/** A mode that ends when it is disposed: `using _ = torch.no_grad()`. */
export interface Mode extends Disposable {
  /** Ends the mode; a second call does nothing. */
  exit(): void;
}

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/** The arguments of a mode, and the callback that may be the last of them. */
export function splitCallback(args: readonly unknown[]): [given: readonly unknown[], callback?: () => never] {
  const last = args[args.length - 1];
  return typeof last === 'function' ? [args.slice(0, -1), last as () => never] : [args];
}

/** Enters now and gives the way back. */
export type Enter = () => () => void;

function modeOf(enter: Enter): Mode {
  let leave: (() => void) | undefined = enter();
  const exit = () => {
    leave?.();
    leave = undefined;
  };
  return { exit, [Symbol.dispose]: exit };
}

/**
 * Runs a callback under a mode, or opens the mode until it is disposed.
 * @throws TypeError when the callback returns a promise: the mode is the thread's, and other code would run under it.
 */
export function withMode<Result>(name: string, enter: Enter, callback: (() => Result) | undefined): Result | Mode {
  if (callback !== undefined && typeof callback !== 'function') {
    throw new TypeError(`${name}(): argument 'callback' must be function, not ${typeName(callback)}`);
  }
  if (callback === undefined) return modeOf(enter);
  const leave = enter();
  try {
    const result = callback();
    if (isPromise(result)) {
      throw new TypeError(
        `${name}(): the callback returned a promise. The mode belongs to the thread and ends with the callback; await outside of it.`,
      );
    }
    return result;
  } finally {
    leave();
  }
}
