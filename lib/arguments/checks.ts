/** Arguments that must be of a kind: errors that name the function and the argument. */

import { isList, isOptions, typeName } from '../native/kinds';
import { type NativeClasses, NativeObject, Tag } from '../native/object';
import { unexpected } from './errors';

type Tensor = NativeClasses['Tensor'];

/** Whether a value is a tensor, for modules that `Tensor` itself depends on. */
export function isTensor(value: unknown): value is Tensor {
  return value instanceof NativeObject && (value._tag === Tag.Tensor || value._tag === Tag.Uninitialized);
}

/** @throws TypeError that names the function and the argument */
export function refuse(name: string, argument: string, wanted: string, value: unknown): never {
  throw new TypeError(`${name}(): argument '${argument}' must be ${wanted}, not ${typeName(value)}`);
}

export function requireFunction(name: string, argument: string, value: unknown): void {
  if (typeof value !== 'function') refuse(name, argument, 'a function', value);
}

export function requireTensor(name: string, argument: string, value: unknown): asserts value is Tensor {
  if (!isTensor(value)) refuse(name, argument, 'Tensor', value);
}

export function requireTensors(name: string, argument: string, value: unknown): asserts value is Tensor[] {
  if (!isList(value)) refuse(name, argument, 'a list of Tensors', value);
  for (const each of value) if (!isTensor(each)) refuse(name, argument, 'a list of Tensors', each);
}

export function requireIterable(name: string, argument: string, value: unknown): asserts value is Iterable<unknown> {
  if (isList(value)) return;
  if (typeof (value as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] !== 'function') {
    refuse(name, argument, 'iterable', value);
  }
}

export function requireList(name: string, argument: string, value: unknown): asserts value is readonly unknown[] {
  if (!isList(value)) refuse(name, argument, 'a list', value);
}

export function requireString(name: string, argument: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') refuse(name, argument, 'a string', value);
}

export function requireBoolean(name: string, argument: string, value: unknown): asserts value is boolean {
  if (typeof value !== 'boolean') refuse(name, argument, 'bool', value);
}

export function requireNumber(name: string, argument: string, value: unknown): asserts value is number {
  if (typeof value !== 'number') refuse(name, argument, 'a number', value);
}

export function requireNumbers(name: string, argument: string, value: unknown): asserts value is readonly number[] {
  requireList(name, argument, value);
  for (const each of value) if (typeof each !== 'number') refuse(name, argument, 'a list of numbers', each);
}

/** How many of something there are: a whole number, which may be 0. */
export function requireCount(name: string, argument: string, value: unknown): asserts value is number {
  requireNumber(name, argument, value);
  if (!Number.isInteger(value)) refuse(name, argument, 'an int', value);
}

/** @throws TypeError for arguments by name, of which a function has none whose parameters are Python's `*args` */
export function refuseNames(name: string, args: readonly unknown[]): void {
  const last = args.at(-1);
  if (isOptions(last)) throw unexpected(name, Object.keys(last)[0] ?? '');
}
