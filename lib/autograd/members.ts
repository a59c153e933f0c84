/** What autograd adds to Tensor. */

import { TorchError } from '../base/errors';
import { DType, dtypeOf } from '../base/types';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isOptions, typeName } from '../native/kinds';
import { addMembers } from '../tensor/members';
import { Tensor } from '../tensor/tensor';
import * as engine from './engine';
import * as signatures from './generated/torch';
import { type RemovableHandle, registerPostAccumulateGradHook, registerTensorHook } from './hooks';
import { type Node, wrapNodes } from './node';

export interface AutogradMembers {
  /**
   * Whether autograd follows this tensor. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.requires_grad.html
   * @throws TorchError when set on a tensor that is no leaf, or of integers
   */
  get requires_grad(): boolean;

  set requires_grad(value: boolean);

  /**
   * Says whether autograd follows this tensor; only a leaf can be changed.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.requires_grad_.html
   * @throws TorchError for a tensor that is no leaf, or of integers
   */
  requires_grad_(requires_grad?: boolean | { requires_grad?: boolean }): this;

  /** Made by the user, or not followed by autograd. */
  get is_leaf(): boolean;

  /**
   * The gradient that `backward` has gathered here, null before. https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.grad.html
   */
  get grad(): Tensor | null;

  set grad(value: Tensor | null);

  /**
   * The dtype that gradients of this leaf are cast to, its own by default; null lets them keep theirs.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.grad_dtype.html
   */
  get grad_dtype(): DType | null;

  set grad_dtype(dtype: DType | null);

  /**
   * The node of the graph that made this tensor, null for a leaf.
   * https://docs.pytorch.org/docs/2.13/generated/torch.autograd.graph.Node.html
   */
  get grad_fn(): Node | null;

  get output_nr(): number;

  /** Counts the changes in place. */
  get _version(): number;

  /** The tensor this one is a view of. */
  get _base(): Tensor | null;

  /** Keeps the gradient of a tensor that is not a leaf. */
  retain_grad(): void;

  get retains_grad(): boolean;

  /**
   * Calls `hook(grad)` whenever the gradient of this tensor is computed; a tensor that it returns replaces it.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.register_hook.html
   * @throws TorchError when the tensor requires no gradient
   */
  register_hook(...args: signatures.TensorRegisterHookArgs): RemovableHandle;

  /**
   * Calls `hook(x)` after a backward pass has added to the `grad` of this leaf.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.register_post_accumulate_grad_hook.html
   * @throws TorchError when the tensor requires no gradient or is not a leaf
   */
  register_post_accumulate_grad_hook(...args: signatures.TensorRegisterPostAccumulateGradHookArgs): RemovableHandle;

  /** The same memory, outside the graph. https://docs.pytorch.org/docs/2.13/tensors.html */
  get data(): Tensor;

  set data(value: Tensor);

  /**
   * Computes the gradients of the leaves this tensor was made from.
   * https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.backward.html
   * @throws TorchError for a tensor of more than one element without `gradient`, or one that no graph made
   *
   * @example
   * const x = torch.tensor([1, 2], { requires_grad: true });
   * x.pow(2).sum().backward();
   * console.log(x.grad); // tensor([2., 4.])
   */
  backward(...args: signatures.TensorBackwardArgs): void;
}

declare module '../tensor/tensor' {
  interface Tensor extends AutogradMembers {}
}

const members: AutogradMembers & ThisType<Tensor> = {
  get requires_grad(): boolean {
    return call(native.requires_grad, this);
  },

  set requires_grad(value: boolean) {
    call(native.set_requires_grad, this, value);
  },

  requires_grad_(requires_grad: boolean | { requires_grad?: boolean } = true) {
    const wanted: unknown = isOptions(requires_grad) ? (requires_grad.requires_grad ?? true) : requires_grad;
    if (typeof wanted !== 'boolean') {
      throw new TypeError(
        `requires_grad_(): argument 'requires_grad' (position 1) must be bool, not ${typeName(wanted)}`,
      );
    }
    this.requires_grad = wanted;
    return this;
  },

  get is_leaf(): boolean {
    return call(native.is_leaf, this);
  },

  get grad(): Tensor | null {
    return call(native.get_grad, this);
  },

  set grad(value: Tensor | null) {
    engine.setGrad(this, value);
  },

  get grad_dtype(): DType | null {
    const code = call(native.grad_dtype, this);
    return code === null ? null : dtypeOf(code);
  },

  set grad_dtype(dtype: DType | null) {
    if (dtype !== null && !(dtype instanceof DType)) {
      throw new TorchError(`grad_dtype must be a torch.dtype or None, but got ${typeName(dtype)}`);
    }
    call(native.set_grad_dtype, this, dtype);
  },

  get grad_fn(): Node | null {
    return call(native.grad_fn, this);
  },

  get output_nr(): number {
    return call(native.output_nr, this);
  },

  get _version(): number {
    return call(native.tensor_version, this);
  },

  get _base(): Tensor | null {
    return call(native.view_base, this);
  },

  retain_grad(): void {
    if (!this.requires_grad) throw new TorchError("can't retain_grad on Tensor that has requires_grad=False");
    call(native.retain_grad, this);
  },

  get retains_grad(): boolean {
    return call(native.retains_grad, this);
  },

  register_hook(...args: signatures.TensorRegisterHookArgs): RemovableHandle {
    const [hook] = signatures.Tensor_register_hook.list(args);
    return registerTensorHook(this, hook);
  },

  register_post_accumulate_grad_hook(...args: signatures.TensorRegisterPostAccumulateGradHookArgs): RemovableHandle {
    const [hook] = signatures.Tensor_register_post_accumulate_grad_hook.list(args);
    return registerPostAccumulateGradHook(this, hook);
  },

  get data(): Tensor {
    return call(native.get_data, this);
  },

  set data(value: Tensor) {
    if (!(value instanceof Tensor)) {
      throw new TypeError(`Variable data has to be a tensor, but got ${typeName(value)}`);
    }
    call(native.set_data, this, value);
  },

  backward(...args: signatures.TensorBackwardArgs): void {
    const [gradient, retain_graph, create_graph, inputs] = signatures.Tensor_backward.list(args);
    engine.tensorBackward(this, gradient, { retain_graph, create_graph, inputs });
  },
};

/** Adds them, and the nodes of the graph that they show. */
export function addAutograd(): void {
  wrapNodes();
  addMembers(members);
}
