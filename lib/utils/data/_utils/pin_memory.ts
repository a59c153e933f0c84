/** Page-locked memory, from which an accelerator copies faster. */
import { isMap } from 'node:util/types';
import { isList, isOptions } from '../../../native/kinds';
import { Tensor } from '../../../tensor/tensor';

/** The same value with its tensors in pinned memory. */
export function pinned<Value>(value: Value): Value;
export function pinned(value: unknown): unknown {
  if (value instanceof Tensor) return value.pin_memory();
  if (isList(value)) return Object.setPrototypeOf(value.map(pinned), Object.getPrototypeOf(value));
  if (isMap(value)) return new Map([...value].map(([key, each]) => [key, pinned(each)]));
  if (isOptions(value)) return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, pinned(each)]));
  const { pin_memory } = (value ?? {}) as { pin_memory?: () => unknown };
  return typeof pin_memory === 'function' ? pin_memory.call(value) : value;
}
