/** Results with names: arrays whose elements are properties too, as Python's named tuples. */
import { inspect } from 'node:util';

/** Makes the named tuple of one overload from its results. */
export type NamedTuple = (results: unknown[]) => unknown[];

/** The name and the fields of a kind of named tuple. */
export interface TupleKind {
  readonly name: string;
  readonly fields: readonly string[];
}

const kinds = new WeakMap<object, TupleKind>();

/** What kind of named tuple a list is, if it is one. */
export function tupleKind(list: readonly unknown[]): TupleKind | undefined {
  return kinds.get(Object.getPrototypeOf(list) as object);
}

/** What makes a list this kind of named tuple: the prototype to give to it. */
export function tuplePrototype(list: readonly unknown[]): object | undefined {
  const prototype = Object.getPrototypeOf(list) as object;
  return kinds.has(prototype) ? prototype : undefined;
}

/** `max.dim` → a maker of arrays with `values` and `indices`, printed as `torch.return_types.max(…)`. */
export function namedTuple(overload: string, names: readonly string[]): NamedTuple {
  const name = overload.split('.')[0]!;
  const show = (tuple: unknown[]) =>
    `torch.return_types.${name}(\n${names.map((field, i) => `${field}=${String(tuple[i])}`).join(',\n')})`;
  const prototype: object = Object.create(Array.prototype, {
    toString: {
      value: function (this: unknown[]) {
        return show(this);
      },
    },
    [inspect.custom]: {
      value: function (this: unknown[]) {
        return show(this);
      },
    },
    ...Object.fromEntries(
      names.map((field, i) => [
        field,
        {
          get(this: unknown[]) {
            return this[i];
          },
        },
      ]),
    ),
  });
  kinds.set(prototype, { name, fields: names });
  return (results) => Object.setPrototypeOf(results, prototype) as unknown[];
}
