/** Functions of the user that run during a backward pass. https://docs.pytorch.org/docs/2.13/notes/autograd.html#backward-hooks-execution */

import { isTensor } from '../arguments/checks';
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { NativeFunction } from '../native/functions';
import { isList, typeName } from '../native/kinds';
import type { Tensor } from '../tensor/tensor';
import type { Node } from './node';

/** A callback need not return anything. */
// biome-ignore lint/suspicious/noConfusingVoidType: `undefined` would refuse functions without a return
type OrNothing<Value> = Value | null | void;

/** Looks at a gradient; a tensor that it returns takes the gradient's place. */
export type TensorHook = (grad: Tensor) => OrNothing<Tensor>;

/** Runs after the `grad` of a leaf has changed. */
export type PostAccumulateGradHook = (param: Tensor) => OrNothing<Tensor>;

/** A gradient, or null where there is none. */
export type Gradients = (Tensor | null)[];

/** Looks at the gradients a node has computed and those it was given; returned ones take the computed ones' place. */
export type NodeHook = (grad_inputs: Gradients, grad_outputs: Gradients) => OrNothing<Gradients>;

/** Looks at the gradients a node is given; returned ones take their place. */
export type NodePreHook = (grad_outputs: Gradients) => OrNothing<Gradients>;

/** What a registration gives back: the way to undo it. https://docs.pytorch.org/docs/2.13/generated/torch.utils.hooks.RemovableHandle.html */
export class RemovableHandle implements Disposable {
  /** @internal */
  constructor(
    readonly id: number,
    private readonly undo: () => void,
  ) {}

  /** Removes the hook; a second call does nothing. */
  remove(): void {
    this.undo();
  }

  [Symbol.dispose](): void {
    this.remove();
  }
}

type AnyHook = (...args: never[]) => unknown;

function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function checkCallable(hook: unknown): void {
  if (typeof hook !== 'function') throw new TypeError(`'${typeName(hook)}' object is not callable`);
}

function checkVariable(value: unknown): unknown {
  if (isNothing(value) || isTensor(value)) return value;
  throw new TypeError(`expected Variable, but hook returned '${typeName(value)}'`);
}

function checkVariables(value: unknown): unknown {
  if (isNothing(value)) return value;
  if (!isList(value)) throw new TypeError(`expected tuple, but hook returned '${typeName(value)}'`);
  for (const each of value) checkVariable(each);
  return value;
}

/** What native code calls: the hook with its result checked, under the hook's name, which messages show. */
function checked(hook: AnyHook, check: (result: unknown) => unknown): (...args: never[]) => unknown {
  const wrapper = (...args: never[]) => check(hook(...args));
  Object.defineProperty(wrapper, 'name', { value: hook.name });
  return wrapper;
}

type Registration<Target> = NativeFunction<(target: Target, hook: AnyHook) => number>;

function register<Target>(
  registration: Registration<Target>,
  target: Target,
  hook: AnyHook,
  check: (result: unknown) => unknown,
): RemovableHandle {
  checkCallable(hook);
  const id = call(registration, target, checked(hook, check));
  return new RemovableHandle(id, () => call(native.remove_hook, id));
}

export function registerTensorHook(x: Tensor, hook: TensorHook): RemovableHandle {
  return register(native.tensor_register_hook, x, hook, checkVariable);
}

export function registerPostAccumulateGradHook(x: Tensor, hook: PostAccumulateGradHook): RemovableHandle {
  return register(native.tensor_register_accumulated_hook, x, hook, checkVariable);
}

export function registerNodeHook(node: Node, hook: NodeHook): RemovableHandle {
  return register(native.node_register_hook, node, hook, checkVariables);
}

export function registerNodePreHook(node: Node, hook: NodePreHook): RemovableHandle {
  return register(native.node_register_prehook, node, hook, checkVariables);
}
