/** The nodes of the autograd graph. https://docs.pytorch.org/docs/2.13/autograd.html#autograd-graph */
import { inspect } from 'node:util';
import { native } from '../native/addon';
import { call, registerWrap } from '../native/frame';
import { NativeObject, Tag } from '../native/object';
import type { Tensor } from '../tensor';

/** A step of the backward pass: what `x.grad_fn` shows. */
export class Node extends NativeObject {
  /** Its name, `AddBackward0`. */
  name(): string {
    return call(native.node_name, this);
  }

  /** The nodes that this one hands gradients to, each with the number of that node's input; null where none is wanted. */
  get next_functions(): [Node | null, number][] {
    return call(native.node_next, this);
  }

  /** The leaf whose gradient an AccumulateGrad node gathers; null for other nodes. */
  get variable(): Tensor | null {
    return call(native.node_variable, this);
  }

  override toString(): string {
    return `<${this.name()}>`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

Object.defineProperty(Node.prototype, '_tag', { value: Tag.Node });
registerWrap(Tag.Node, (handle) => new Node(handle));
