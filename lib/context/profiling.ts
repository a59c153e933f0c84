/** The profile of this thread, for what it is to name. It lies low, since optimizers and loaders look here. */
import { isPromise } from './mode';

export interface Profiling {
  /** Opens a range of this name; the result ends it. */
  open(name: string, args?: string | null): () => void;
}

/** The profile under way; null outside of one. */
export const profiling: { current: Profiling | null } = { current: null };

/**
 * Runs a callback, as a range of the profile if there is one. It lasts until the callback has returned, and if that was
 * a promise, until it is settled.
 */
export function inRange<Result>(name: () => string, callback: () => Result): Result {
  const { current } = profiling;
  return current === null ? callback() : during(current.open(name()), callback);
}

/** Runs a callback and ends what lasts for it. */
export function during<Result>(end: () => void, callback: () => Result): Result {
  let result: Result;
  try {
    result = callback();
  } catch (error) {
    end();
    throw error;
  }
  if (!isPromise(result)) {
    end();
    return result;
  }
  return endAfter(result, end) as Result;
}

async function endAfter(result: PromiseLike<unknown>, end: () => void): Promise<unknown> {
  try {
    return await result;
  } finally {
    end();
  }
}
