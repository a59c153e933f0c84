/** Ranges that the user names. */
import { requireFunction } from '../../arguments/checks';
import { during, profiling } from '../../context/profiling';
import { isOptions } from '../../native/kinds';
import * as signatures from '../generated/autograd_profiler';

/** A range that ends when it is disposed. */
export interface Range extends Disposable {
  /** Ends the range; a second call does nothing. */
  exit(): void;
}

/** A function whose calls are to be ranges: Python's decorator. */
interface Decorated<Args extends unknown[], Result> {
  func: (...args: Args) => Result;
}

const nothing = () => {};

function open(name: string, args: string | null): () => void {
  return profiling.current?.open(name, args) ?? nothing;
}

/**
 * Gives a part of a program a name, which profiles show as a range: while a callback runs (if it returns a promise,
 * until that is settled), until the range is disposed, or around each call of a function that is given by name
 * (`{ func }`). Outside of a profile it does nothing.
 * https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.profiler.record_function
 *
 * @example
 * const { profile, record_function } = torch.profiler;
 * const prof = profile(() => record_function('square', () => torch.ones(3).pow(2)));
 * console.log(prof.key_averages().map(({ key }) => key).includes('square')); // true
 */
export function record_function<Args extends unknown[], Result>(
  name: string,
  decorated: Decorated<Args, Result>,
): (...args: Args) => Result;
export function record_function(...args: signatures.RecordFunctionArgs): Range;
export function record_function<Result>(name: string, callback: () => Result): Result;
export function record_function(...given: unknown[]): unknown {
  const last = given[given.length - 1];
  if (typeof last === 'function') {
    const { name, args } = signatures.record_function.read(given.slice(0, -1));
    return during(open(name, args), last as () => unknown);
  }
  if (isOptions(last) && 'func' in last) return decorate(given, last as { func: unknown });
  const { name, args } = signatures.record_function.read(given);
  const end = open(name, args);
  return { exit: end, [Symbol.dispose]: end } satisfies Range;
}

function decorate(given: readonly unknown[], { func, ...named }: { func: unknown }): unknown {
  const byName = Object.keys(named).length > 0 ? [named] : []; // `args` may be an object itself
  const { name, args } = signatures.record_function.read([...given.slice(0, -1), ...byName]);
  requireFunction('record_function', 'func', func);
  const ranged = func as (...values: unknown[]) => unknown;
  return function (this: unknown, ...values: unknown[]): unknown {
    return during(open(name, args), () => ranged.apply(this, values));
  };
}
