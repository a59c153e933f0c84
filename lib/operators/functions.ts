/** Turns the tables into callable functions and methods. */
import { isOptions } from '../native/kinds';
import { Overloads } from './overloads';
import { type Namespace, tables } from './tables';

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Free = (...args: unknown[]) => unknown;

/**
 * A method with as many parameters as callers mostly give: V8 passes those without making an array first.
 * More than three come as a rest array.
 */
export function methodOf(overloads: Overloads): Method {
  function method(this: unknown, a?: unknown, b?: unknown, c?: unknown, ...rest: unknown[]): unknown {
    // biome-ignore lint/complexity/noArguments: a rest array is what this avoids
    switch (arguments.length) {
      case 0:
        return overloads.callFew(1, this);
      case 1:
        return overloads.callFew(2, this, a);
      case 2:
        return overloads.callFew(3, this, a, b);
      case 3:
        return overloads.callFew(4, this, a, b, c);
      default:
        return overloads.call([this, a, b, c, ...rest]);
    }
  }
  Object.defineProperty(method, 'name', { value: overloads.name });
  return method;
}

/** A free function, likewise. */
export function functionOf(overloads: Overloads): Free {
  function free(a?: unknown, b?: unknown, c?: unknown, ...rest: unknown[]): unknown {
    // biome-ignore lint/complexity/noArguments: a rest array is what this avoids
    switch (arguments.length) {
      case 0:
        return overloads.callFew(0);
      case 1:
        return overloads.callFew(1, a);
      case 2:
        return overloads.callFew(2, a, b);
      case 3:
        return overloads.callFew(3, a, b, c);
      default:
        return overloads.call([a, b, c, ...rest]);
    }
  }
  Object.defineProperty(free, 'name', { value: overloads.name });
  return free;
}

/** `_foreach_add_` and its kin give their list back, though their schemas have no result. */
function givesList(free: Free): Free {
  const given = (...args: unknown[]): unknown => {
    free(...args);
    const first = args[0];
    return isOptions(first) ? first.self : first;
  };
  Object.defineProperty(given, 'name', { value: free.name });
  return given;
}

const installed = new WeakSet<object>();

/** Whether a method is an operator's, not one written by hand. */
export function isOperatorMethod(method: object): boolean {
  return installed.has(method);
}

/** Defines every method of the tables on a prototype, except those it has already. */
export function installMethods(prototype: object): void {
  for (const [name, entries] of Object.entries(tables.methods)) {
    if (Object.hasOwn(prototype, name)) continue;
    const value = methodOf(new Overloads(name, entries, true));
    installed.add(value);
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  }
}

/** The functions of one of Python's namespaces. */
export function functionsOf<Functions>(namespace: Namespace): Functions {
  const functions: Record<string, Free> = {};
  for (const [name, entries] of Object.entries(tables.functions[namespace])) {
    const errorName = namespace === 'torch' || namespace === 'nn' ? name : entries[0]![1].split('.')[0];
    const free = functionOf(new Overloads(name, entries, false, errorName));
    functions[name] = /^_foreach_\w+_$/.test(name) ? givesList(free) : free;
  }
  return functions as Functions;
}
