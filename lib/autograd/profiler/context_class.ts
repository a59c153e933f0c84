/**
 * Classes whose objects Python uses in `with … as`. `new Class(…)` makes one; called without `new`, it is entered at
 * once, for as long as a callback runs or until it is disposed.
 */
import { during } from '../../context/profiling';

export interface Context extends Disposable {
  /** @internal Python's `__enter__`. */
  _enter(): void;
  /** @internal Python's `__exit__`. */
  _exit(): void;
}

/** What a call with a callback gives: the object, when all is over. */
export type Used<Made, Result> = Result extends PromiseLike<unknown> ? Promise<Made> : Made;

export interface ContextClass<Made, Args extends readonly unknown[]> {
  readonly prototype: Made;
  /** Makes one, which is not entered. */
  new (...args: Args): Made;
  /** Enters, runs the callback, and leaves; a promise that it returns is waited for. */
  <Result>(callback: (made: Made) => Result): Used<Made, Result>;
  /** Enters, runs the callback, and leaves; a promise that it returns is waited for. */
  <Result>(options: Args[0], callback: (made: Made) => Result): Used<Made, Result>;
  /** Enters; disposing of the object leaves. */
  (...args: Args): Made;
}

export function contextClass<Made extends Context, Args extends readonly unknown[]>(
  name: string,
  Class: new (...args: Args) => Made,
): ContextClass<Made, Args> {
  function made(...args: unknown[]): unknown {
    if (new.target !== undefined) return Reflect.construct(Class, args, new.target === made ? Class : new.target);
    const last = args[args.length - 1];
    if (typeof last !== 'function') {
      const opened = new Class(...(args as unknown as Args));
      opened._enter();
      return opened;
    }
    return runIn(new Class(...(args.slice(0, -1) as unknown as Args)), last as (made: Made) => unknown);
  }
  Object.defineProperty(made, 'name', { value: name });
  Object.defineProperty(made, 'prototype', { value: Class.prototype });
  return made as unknown as ContextClass<Made, Args>;
}

function runIn<Made extends Context>(made: Made, callback: (made: Made) => unknown): unknown {
  made._enter();
  const result = during(
    () => made._exit(),
    () => callback(made),
  );
  return result instanceof Promise ? result.then(() => made) : made;
}
