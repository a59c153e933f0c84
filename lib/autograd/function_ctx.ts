/** What a custom Function's forward leaves for its backward. */

import { isTensor } from '../arguments/checks';
import { TorchError } from '../base/errors';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { typeName } from '../native/kinds';
import type { Tensor } from '../tensor/tensor';
import type { Node } from './node';

export type MaybeTensor = Tensor | null;

/** What forward has said of its call. */
interface Marks {
  readonly saved: readonly MaybeTensor[];
  readonly dirty: readonly Tensor[];
  readonly nonDifferentiable: readonly Tensor[];
  readonly materialize: boolean;
  readonly materializeNonDifferentiable: boolean;
}

/** What `FunctionCtx` is, apart from attributes of the user's. */
class CallContext {
  /** Whether each argument of forward needs a gradient. */
  needs_input_grad: boolean[] = [];
  /** Whether the zeros of `set_materialize_grads` are made for outputs that are marked as not differentiable, too. */
  _materialize_non_diff_grads = true;

  #marks: {
    saved: MaybeTensor[] | null;
    forward: MaybeTensor[];
    dirty: Tensor[] | null;
    nonDifferentiable: Tensor[] | null;
  } = { saved: null, forward: [], dirty: null, nonDifferentiable: null };
  #materialize = true;
  #node: Node | null = null;
  #pureView = false;

  /** @internal the output is a view of the input and nothing more */
  get _pureView(): boolean {
    return this.#pureView;
  }

  /** Keeps tensors, or nulls, for `saved_tensors` in backward. Changes to them in place are noticed there. */
  save_for_backward(...tensors: (MaybeTensor | undefined)[]): void {
    tensors.forEach((tensor, i) => {
      if (tensor === null || tensor === undefined || isTensor(tensor)) return;
      throw new TypeError(
        `save_for_backward can only save variables, but argument ${i} is of type ${typeName(tensor)}`,
      );
    });
    this.#marks.saved = tensors.map((tensor) => tensor ?? null);
  }

  /** Keeps tensors, or nulls, for `saved_tensors` in jvp. */
  save_for_forward(...tensors: (MaybeTensor | undefined)[]): void {
    for (const tensor of tensors) {
      if (tensor === null || tensor === undefined || isTensor(tensor)) continue;
      throw new TorchError(
        'save_for_forward expects all arguments to be tensors; you should save non-tensors as attributes on ctx.',
      );
    }
    this.#marks.forward = tensors.map((tensor) => tensor ?? null);
  }

  /** The tensors that forward saved. */
  get saved_tensors(): Tensor[] {
    if (this.#node !== null) return call(native.function_saved_tensors, this.#node);
    return this.#marks.forward as Tensor[];
  }

  /** What forward has given to `save_for_backward`; null before, and when forward is done. */
  get to_save(): readonly MaybeTensor[] | null {
    return this.#marks.saved;
  }
  set to_save(tensors: readonly MaybeTensor[]) {
    this.save_for_backward(...tensors);
  }

  /** What forward has marked as dirty; null before, and when forward is done. */
  get dirty_tensors(): readonly Tensor[] | null {
    return this.#marks.dirty;
  }
  set dirty_tensors(tensors: readonly Tensor[]) {
    this.mark_dirty(...tensors);
  }

  /** What forward has marked as not differentiable; null before, and when forward is done. */
  get non_differentiable(): readonly Tensor[] | null {
    return this.#marks.nonDifferentiable;
  }
  set non_differentiable(tensors: readonly Tensor[]) {
    this.mark_non_differentiable(...tensors);
  }

  /** Says that forward changed these arguments in place; they must be among its outputs. */
  mark_dirty(...tensors: Tensor[]): void {
    for (const tensor of tensors as unknown[]) {
      if (!isTensor(tensor))
        throw new TorchError(`mark_dirty can only accept variables, but argument ${typeName(tensor)}`);
    }
    this.#marks.dirty = tensors;
  }

  /** Says that these outputs have no derivative. */
  mark_non_differentiable(...tensors: Tensor[]): void {
    for (const tensor of tensors as unknown[]) {
      if (isTensor(tensor)) continue;
      throw new TorchError(`mark_non_differentiable only accepts variable arguments, but got ${typeName(tensor)}`);
    }
    this.#marks.nonDifferentiable = tensors;
  }

  /** Whether backward gets zeros, not null, for an output whose gradient is missing; true at first. */
  set_materialize_grads(value: boolean): void {
    this.#materialize = value;
  }

  /** @internal Hands the marks over when forward is done; only what jvp needs stays. */
  _finish(): Marks {
    const { saved, dirty, nonDifferentiable } = this.#marks;
    this.#marks = { saved: null, forward: this.#marks.forward, dirty: null, nonDifferentiable: null };
    return {
      saved: saved ?? [],
      dirty: dirty ?? [],
      nonDifferentiable: nonDifferentiable ?? [],
      materialize: this.#materialize,
      materializeNonDifferentiable: this._materialize_non_diff_grads,
    };
  }

  /** @internal Runs backward, in which `saved_tensors` are those of `node`. */
  _during<Result>(node: Node, backward: () => Result): Result {
    const before = this.#node;
    this.#node = node;
    try {
      return backward();
    } finally {
      this.#node = before;
    }
  }
}

/**
 * The context of one call. It takes attributes of your own, whose types are given at the argument:
 * `static forward(ctx: FunctionCtx<{ k: number }>, x: Tensor)` may set `ctx.k`, and `backward` with the same type read it.
 * https://docs.pytorch.org/docs/2.13/generated/torch.autograd.function.FunctionCtx.html
 */
export type FunctionCtx<Attributes extends object = object> = CallContext & Attributes;
export const FunctionCtx = CallContext;
