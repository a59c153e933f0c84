/** Operators refuse parameters and buffers that wait for their shape. */
import { NativeObject, Tag } from '../native/object';
import type { Call } from './call';

export function isUninitialized(value: unknown): value is NativeObject {
  return value instanceof NativeObject && value._tag === Tag.Uninitialized;
}

/** What may be done before the shape is known. */
const allowed = new Set(
  'size copy_ is_complex is_floating_point half float double char short int long cuda cpu to get_device'.split(' '),
);

/** The error of a function that was given one. */
export function uninitializedError(name: string, x: object, method: boolean): RangeError {
  const fn = method
    ? `<method '${name}' of 'torch._C.TensorBase' objects>`
    : `<built-in method ${name} of type object>`;
  return new RangeError(
    `Attempted to use an uninitialized parameter in ${fn}. This error happens when you are using a \`LazyModule\` or explicitly manipulating \`torch.nn.parameter.${x.constructor.name}\` objects. When using LazyModules Call \`forward\` with a dummy batch to initialize the parameters before calling torch functions`,
  );
}

/** @throws RangeError when an argument has no shape yet, for all but a few functions */
export function refuseUninitialized({ name, args, options, receiver }: Call): void {
  if (allowed.has(name)) return;
  const values = [...args, ...Object.values(options ?? {})];
  const found = values.flatMap((value) => (Array.isArray(value) ? value : [value])).find(isUninitialized);
  if (found !== undefined) throw uninitializedError(name, found, receiver === 1);
}

/** The methods of `Tensor` that are no operators, and what is allowed of them. */
const kept = new Set(['constructor', 'dispose', 'toString', 'type', 'dim_order']);

/** Makes the methods that a class of uninitialized tensors inherits refuse, but for those that are allowed. */
export function refuseMethods(prototype: object, inherited: object, isOperator: (method: object) => boolean): void {
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(inherited))) {
    if (typeof value !== 'function' || kept.has(name) || allowed.has(name) || isOperator(value)) continue;
    if (Object.hasOwn(prototype, name)) continue;
    Object.defineProperty(prototype, name, {
      value(this: object) {
        throw uninitializedError(name, this, true);
      },
      configurable: true,
      writable: true,
    });
  }
}
