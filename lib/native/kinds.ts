/** What kind of value an argument is: all that overload resolution looks at. */

import { otherCopy } from '../base/copies';
import { Complex, Device, DType, Float, Layout, MemoryFormat } from '../base/types';
import { NativeObject, Tag } from './object';

export const Kind = {
  NotGiven: 0,
  Null: 1,
  Tensor: 2,
  Int: 3,
  Float: 4,
  Bool: 5,
  Complex: 6,
  String: 7,
  DType: 8,
  Device: 9,
  Layout: 10,
  MemoryFormat: 11,
  Generator: 12,
  EmptyList: 13,
  Ints: 14,
  Floats: 15,
  Bools: 16,
  Tensors: 17,
  OtherList: 18,
  Other: 19,
} as const;

export type Kind = (typeof Kind)[keyof typeof Kind];

/** One more than the largest kind; kinds are digits to this base in a cache key. */
export const KINDS = 20;

export function kindOf(value: unknown): Kind {
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? Kind.Int : Kind.Float;
    case 'object':
      return value === null ? Kind.Null : kindOfObject(value);
    case 'boolean':
      return Kind.Bool;
    case 'undefined':
      return Kind.NotGiven;
    case 'string':
      return Kind.String;
    case 'bigint':
      return Kind.Int;
    default:
      return Kind.Other;
  }
}

function kindOfObject(value: object): Kind {
  if (value instanceof NativeObject) {
    return value._tag === Tag.Tensor ? Kind.Tensor : value._tag === Tag.Generator ? Kind.Generator : Kind.Other;
  }
  if (Array.isArray(value)) return kindOfList(value);
  if (value instanceof DType) return Kind.DType;
  if (value instanceof Device) return Kind.Device;
  if (value instanceof Complex) return Kind.Complex;
  if (value instanceof Float) return Kind.Float;
  if (value instanceof Layout) return Kind.Layout;
  if (value instanceof MemoryFormat) return Kind.MemoryFormat;
  return Kind.Other;
}

/** No argument of an operator needs as many elements. */
const LONGEST = 2 ** 24;

/** V8 keeps no more in one array. One may say so without having them (`new Array(2 ** 31)`), and a Proxy anything. */
const LONGEST_ARRAY = 2 ** 27;

export function checkLength(values: readonly unknown[], longest = LONGEST): void {
  if (values.length > longest) throw new TypeError(`a list of ${values.length} elements is too long for an argument`);
}

/**
 * Whether a value is a list.
 * @throws TypeError for one that says it has billions of elements, since reading them would never end
 */
export const isList = ((value: unknown) => {
  if (!Array.isArray(value)) return false;
  checkLength(value, LONGEST_ARRAY);
  return true;
}) as typeof Array.isArray;

/**
 * Refuses the same in lists at any depth: where a number is expected, JavaScript makes a list into text.
 * @throws TypeError for a list in it that says it has billions of elements
 */
export function checkNestedLengths(values: readonly unknown[]): void {
  let seen: Set<unknown> | undefined; // a list may contain itself
  const waiting = [values];
  for (let list = waiting.pop(); list !== undefined; list = waiting.pop()) {
    for (let i = 0; i < list.length; i++) {
      const value = list[i];
      if (typeof value !== 'object' || !isList(value)) continue;
      seen ??= new Set([values]);
      if (seen.has(value)) continue;
      seen.add(value);
      waiting.push(value);
    }
  }
}

/**
 * A copy of a list. Reading an element may run code (a getter, a Proxy) and give another value each time, so it is done
 * once, before any argument of the call is looked at.
 */
export function ownList<T>(values: readonly T[]): T[] {
  checkLength(values);
  const own: T[] = [];
  for (let i = 0; i < values.length; i++) own.push(values[i]!);
  return own;
}

/** A list is named for its elements; integers among floats are floats, nulls among tensors stand for missing ones. */
export function kindOfList(values: readonly unknown[]): Kind {
  if (values.length === 0) return Kind.EmptyList;
  checkLength(values);
  let common: Kind = Kind.NotGiven;
  for (const value of values) {
    if (Array.isArray(value)) return Kind.OtherList; // not looked into: it may contain itself
    const kind = kindOf(value);
    if (kind === common || (kind === Kind.Null && common === Kind.Tensor)) continue;
    if (common === Kind.NotGiven || (common === Kind.Null && kind === Kind.Tensor)) common = kind;
    else if (common === Kind.Int && kind === Kind.Float) common = Kind.Float;
    else if (!(common === Kind.Float && kind === Kind.Int)) return Kind.OtherList;
  }
  switch (common) {
    case Kind.Int:
      return Kind.Ints;
    case Kind.Float:
      return Kind.Floats;
    case Kind.Bool:
      return Kind.Bools;
    case Kind.Tensor:
    case Kind.Null:
      return Kind.Tensors;
    default:
      return Kind.OtherList;
  }
}

/** The options object that may end an argument list: a plain object, of any realm. */
export function isOptions(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

/** The name of a value's type, for messages. */
export function typeName(value: unknown): string {
  const other = otherCopy(value);
  if (other !== undefined) return `${(value as object).constructor.name} ${other}`;
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  if (value instanceof DType) return 'torch.dtype';
  if (value instanceof Device) return 'torch.device';
  if (value instanceof Layout) return 'torch.layout';
  if (value instanceof MemoryFormat) return 'torch.memory_format';
  return value.constructor?.name ?? 'object';
}
