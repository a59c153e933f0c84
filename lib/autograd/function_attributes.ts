/** In Python the node of a custom Function is its context: what forward put on that is read from `y.grad_fn`. */
import { native } from '../native/addon';
import { call } from '../native/frame';
import { keep } from '../native/memory';
import { objectsIn } from '../native/tidy';
import type { Node } from './node';

/** One call of a custom Function. */
interface FunctionCall {
  readonly ctx: object;
  /** The user's backward, in which `saved_tensors` are those of the node. */
  readonly backward: (node: Node, gradients: readonly unknown[]) => unknown;
}

/** By what the node calls in the backward pass. */
const calls = new WeakMap<object, FunctionCall>();

/** Lets the node that calls `hook` find its context. */
export function rememberCall(hook: object, made: FunctionCall): void {
  calls.set(hook, made);
}

function callOf(node: Node): FunctionCall | undefined {
  const hook = call(native.function_backward, node);
  return hook === null ? undefined : calls.get(hook);
}

/** The end of a prototype chain whose objects are nodes: what those do not have is asked of the context. */
export function contextBehind(prototype: object): object {
  const find = (key: PropertyKey, node: Node) => (typeof key === 'string' ? callOf(node) : undefined);
  return new Proxy(Object.create(prototype) as object, {
    get(target, key, node: Node) {
      if (key in target) return Reflect.get(target, key, node);
      const made = find(key, node);
      if (key === 'apply' && made !== undefined) return (...gradients: unknown[]) => made.backward(node, gradients);
      return made === undefined ? undefined : Reflect.get(made.ctx, key);
    },
    set(target, key, value, node: Node) {
      const made = find(key, node);
      if (made === undefined) return Reflect.set(target, key, value, node);
      for (const object of objectsIn(value, new Set())) keep(object); // the graph has it beyond a tidy() scope
      return Reflect.set(made.ctx, key, value);
    },
  });
}
