/** The nodes of the autograd graph. https://docs.pytorch.org/docs/2.13/autograd.html#autograd-graph */
import { inspect } from 'node:util';
import { isTensor } from '../arguments/checks';
import { type Device, type DType, dtypeOf } from '../base/types';
import { native } from '../native/addon';
import { call, registerWrap } from '../native/frame';
import { isOptions } from '../native/kinds';
import { NativeObject, Tag } from '../native/object';
import type { Tensor } from '../tensor/tensor';
import { contextBehind } from './function_attributes';
import { type NodeHook, type NodePreHook, type RemovableHandle, registerNodeHook, registerNodePreHook } from './hooks';
import { defineSavedFields, type SavedTensor, type SavedValue, savedPlaces } from './saved_fields';

/** What a gradient that reaches a node looks like. */
export interface InputMetadata {
  readonly shape: number[];
  readonly dtype: DType;
  readonly device: Device;
}

declare module '../native/object' {
  interface NativeClasses {
    readonly Node: Node;
  }
}

/** What a node makes of gradients: one, or one for each of its inputs. */
export type NodeResult = Tensor | null | (Tensor | null)[];

/** A node may be called like the function that it is. */
export interface Node {
  /**
   * The gradients of its inputs from those of its outputs, null for a missing one. No hook is called.
   * @throws TypeError for another number of gradients; of a custom Function, whose backward is `apply`
   */
  // biome-ignore lint/style/useShorthandFunctionType: it is merged with the class
  (...gradients: (Tensor | null)[]): NodeResult;
}

/**
 * A step of the backward pass: what `x.grad_fn` shows. What its operator saved is in properties of its own, `_saved_self`,
 * `_saved_result`, `_saved_dim`, by the operator's names; those of another operator are undefined. The node of a custom
 * Function has what the context has: `(y.grad_fn as Node & FunctionCtx<{ k: number }>).k`.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor returns a function
export class Node extends NativeObject {
  readonly [saved: `_saved_${string}`]: SavedValue | undefined;
  readonly [place: `_raw_saved_${string}`]: SavedTensor | readonly SavedTensor[] | undefined;

  /** Of a custom Function: whether each argument of forward needs a gradient. */
  declare readonly needs_input_grad?: boolean[];
  /** Of a custom Function: its backward. */
  declare readonly apply?: (...gradients: (Tensor | null)[]) => unknown;

  /** @internal */
  constructor(handle: number) {
    super(handle);
    // biome-ignore lint/correctness/noConstructorReturn: a class can only be made callable by returning a function
    return makeNode(handle);
  }

  /** Its name, `AddBackward0`. */
  name(): string {
    return call(native.node_name, this);
  }

  /** The nodes that this one hands gradients to, each with the number of that node's input; null where none is wanted. */
  get next_functions(): [Node | null, number][] {
    return call(native.node_next, this);
  }

  /** The tensors that a custom Function saved, while the graph keeps them. */
  get saved_tensors(): Tensor[] {
    return call(native.function_saved_tensors, this);
  }

  /** The places of the tensors that a custom Function saved. */
  get _raw_saved_tensors(): readonly SavedTensor[] | undefined {
    return savedPlaces(this, 'tensors') as SavedTensor[] | undefined;
  }

  /** The leaf whose gradient an AccumulateGrad node gathers; null for other nodes. */
  get variable(): Tensor | null {
    return call(native.node_variable, this);
  }

  /** An object for notes of one's own: the same one for as long as the graph has this node. */
  get metadata(): Record<string, unknown> {
    const existing = call(native.node_metadata, this);
    if (existing !== null) return existing;
    const made = {};
    call(native.node_set_metadata, this, made);
    return made;
  }

  /**
   * Calls `hook(grad_inputs, grad_outputs)` whenever the node has run; gradients that it returns replace its results.
   * https://docs.pytorch.org/docs/2.13/generated/torch.autograd.graph.Node.register_hook.html
   */
  register_hook(hook: NodeHook): RemovableHandle {
    return registerNodeHook(this, hook);
  }

  /**
   * Calls `hook(grad_outputs)` before the node runs; gradients that it returns replace its arguments.
   * https://docs.pytorch.org/docs/2.13/generated/torch.autograd.graph.Node.register_prehook.html
   */
  register_prehook(hook: NodePreHook): RemovableHandle {
    return registerNodePreHook(this, hook);
  }

  /** Counts the nodes of a thread: of two that are ready, the one with the higher number runs first. */
  _sequence_nr(): number {
    return call(native.node_sequence_nr, this);
  }

  get _input_metadata(): (InputMetadata | null)[] {
    const raw = call(native.node_input_metadata, this);
    return raw.map((entry) => entry && { shape: entry[0], dtype: dtypeOf(entry[1]), device: entry[2] });
  }

  /** As Python shows it: `<AddBackward0 object at 0x7f5c40a0e2c0>`. */
  override toString(): string {
    const name = this.name().replace(/^(\w+::)+/, '');
    const home = call(native.node_is_custom, this) ? 'torch.autograd.function.' : '';
    return `<${home}${name} object at 0x${call(native.node_address, this).toString(16)}>`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

function callNode(node: Node, gradients: readonly unknown[]): NodeResult {
  if (call(native.node_is_custom, node)) throw new TypeError(`'${node.name()}' object is not callable`);
  if (isOptions(gradients.at(-1))) throw new TypeError('keyword arguments are not supported');
  const wrong = gradients.findIndex((gradient) => gradient !== null && !isTensor(gradient));
  if (wrong >= 0) throw new TypeError(`argument ${wrong} is not a Variable`);
  return call(native.node_call, node, gradients as readonly (Tensor | null)[]);
}

function makeNode(handle: number): Node {
  const node = ((...gradients: unknown[]) => callNode(node, gradients)) as Node & { length?: number };
  delete (node as { name?: unknown }).name; // a function's own would hide the method
  delete node.length;
  Object.setPrototypeOf(node, Node.prototype);
  node._handle = handle;
  return node;
}

// A handle is a property of the prototype too, so that setting a node's own does not ask what is behind that.
Object.defineProperties(Node.prototype, { _tag: { value: Tag.Node }, _handle: { value: 0, writable: true } });
Object.setPrototypeOf(Node.prototype, contextBehind(NativeObject.prototype));
defineSavedFields(Node.prototype);

/** Makes Nodes of what native code gives, `x.grad_fn`. */
export function wrapNodes(): void {
  registerWrap(Tag.Node, makeNode);
}
