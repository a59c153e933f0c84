/** The base of objects that can be called: a call is their `__call__`. */
export abstract class Callable {
  constructor() {
    const object = (...args: unknown[]): unknown => (object as unknown as Callable).__call__(...args);
    const freed = object as { name?: string; length?: number };
    delete freed.name; // subclasses may have properties of these names
    delete freed.length;
    Object.setPrototypeOf(object, new.target.prototype);
    // biome-ignore lint/correctness/noConstructorReturn: a class can only be made callable by returning a function
    return object as unknown as this;
  }

  // biome-ignore lint/suspicious/noExplicitAny: each subclass has its own arguments
  abstract __call__(...args: any[]): unknown;
}
