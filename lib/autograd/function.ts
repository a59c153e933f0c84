/** Operations with a derivative of the user's own. https://docs.pytorch.org/docs/2.13/autograd.html#function */

import { isTensor, requireFunction } from '../arguments/checks';
import { NotImplementedError, TorchError } from '../base/errors';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isList, typeName } from '../native/kinds';
import { keep } from '../native/memory';
import { objectsIn } from '../native/tidy';
import type { Tensor } from '../tensor/tensor';
import { withoutForwardGrad } from './forward_mode';
import { rememberCall } from './function_attributes';
import { FunctionCtx, type MaybeTensor } from './function_ctx';
import { is_grad_enabled, no_grad } from './grad_mode';
import type { Node } from './node';

export { FunctionCtx } from './function_ctx';

/** A gradient, or nothing for an argument that has none. */
export type Gradient = MaybeTensor | undefined;
type Results = Gradient | readonly Gradient[];

type Static = (...args: never[]) => unknown;

/** A class that extends Function, as far as `apply` looks at it. */
interface FunctionClass {
  readonly name: string;
  readonly forward: Static;
  readonly backward: Static;
  readonly vjp: Static;
  readonly jvp: Static;
}

/** The arguments of `apply`: those of `forward` without its context, which is not passed when setup_context is there. */
type ApplyArguments<Class extends FunctionClass> = Class extends { setup_context: Static }
  ? Parameters<Class['forward']>
  : Parameters<Class['forward']> extends [unknown, ...infer Rest]
    ? Rest
    : never;

declare const nobody: unique symbol;
/** `this` of a call without an object. In a union, since TypeScript lets any object pass for a plain `void`. */
// biome-ignore lint/suspicious/noConfusingVoidType: it is what TypeScript says of such a call
type Nobody = void | { readonly [nobody]: true };

interface Apply {
  <Class extends FunctionClass>(this: Class, ...args: ApplyArguments<Class>): ReturnType<Class['forward']>;
  /** Taken off its class, `f<typeof Sq>(x)` says which it was. */
  <Class extends FunctionClass>(this: Nobody, ...args: ApplyArguments<Class>): ReturnType<Class['forward']>;
  (this: Nobody, ...args: unknown[]): Tensor;
}

/**
 * The base of operations with a derivative of their own: `class Exp extends torch.autograd.Function` with static
 * `forward` and `backward`, used as `Exp.apply(x)`.
 * https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.Function
 */
// biome-ignore lint/complexity/noStaticOnlyClass: PyTorch's interface is a class of static methods
export class Function {
  /** Computes the outputs: one value or an array. Takes a context first, unless setup_context is defined. */
  static forward(..._args: never[]): unknown {
    throw new NotImplementedError('You must implement the forward function for custom autograd.Function.');
  }

  /** Computes a gradient, or null, for each argument of forward, from one for each output. */
  static backward(..._args: never[]): unknown {
    throw new NotImplementedError(
      'You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD.',
    );
  }

  /** Another name for `backward`. */
  static vjp(..._args: never[]): unknown {
    return Function.backward();
  }

  /** Computes the tangents of the outputs from those of the arguments. */
  static jvp(..._args: never[]): unknown {
    throw new NotImplementedError(
      'You must implement the jvp function for custom autograd.Function to use it with forward mode AD.',
    );
  }

  /** Calls the function, as part of the graph. It may be taken off its class: `const sq = Sq.apply; sq(x)`. */
  declare static readonly apply: Apply;
}

const bound = new WeakMap<FunctionClass, (...args: unknown[]) => unknown>();

/** `apply` of a class, which stays with that class. */
function boundApply(cls: FunctionClass): (...args: unknown[]) => unknown {
  const known = bound.get(cls);
  if (known !== undefined) return known;
  const apply = (...args: unknown[]) => applyFunction(cls, args);
  bound.set(cls, apply);
  return apply;
}

Object.defineProperty(Function, 'apply', {
  configurable: true,
  get(this: FunctionClass) {
    return boundApply(this);
  },
});

// Not declared in the class, where a subclass would have to say that it overrides it.
Object.defineProperty(Function, 'generate_vmap_rule', { value: false, writable: true, configurable: true });

/** The user's `backward` or `vjp`. */
function backwardOf(cls: FunctionClass): Static {
  const hasVjp = cls.vjp !== Function.vjp;
  if (hasVjp && cls.backward !== Function.backward) {
    throw new TorchError(
      "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only implement one of them.",
    );
  }
  return hasVjp ? cls.vjp : cls.backward;
}

function listed(results: unknown): unknown[] {
  return isList(results) ? results : [results];
}

/** The gradients of the arguments that are tensors; the others can have none. */
function gradientsOfTensors(name: string, results: unknown, tensors: readonly boolean[]): MaybeTensor[] {
  const gradients = listed(results).map((gradient) => gradient ?? null);
  while (gradients.length > tensors.length && gradients[gradients.length - 1] === null) gradients.pop();
  if (gradients.length !== tensors.length) {
    throw new TorchError(
      `function ${name} returned an incorrect number of gradients (expected ${tensors.length}, got ${gradients.length})`,
    );
  }
  return gradients.flatMap((gradient, i) => {
    if (gradient !== null && !tensors[i]) {
      throw new TorchError(
        `function ${name} returned a gradient different than None at position ${i + 1}, but the corresponding forward input was not a Variable`,
      );
    }
    if (gradient !== null && !isTensor(gradient)) {
      throw new TorchError(`expected Variable or None (got ${typeName(gradient)})`);
    }
    return tensors[i] ? [gradient as MaybeTensor] : [];
  });
}

/** What the graph calls in the backward pass. It holds the context, and nothing else of the call. */
function backwardHook(cls: FunctionClass, ctx: FunctionCtx, tensors: readonly boolean[]) {
  const backward = (node: Node, gradients: readonly unknown[]) =>
    ctx._during(node, () => Reflect.apply(backwardOf(cls), cls, [ctx, ...gradients]));
  const hook = (node: Node, gradients: readonly MaybeTensor[]) =>
    gradientsOfTensors(`${cls.name}Backward`, backward(node, gradients), tensors);
  rememberCall(hook, { ctx, backward });
  return hook;
}

/** What libtorch calls when an argument has a tangent; null when the class has no jvp. */
function jvpHook(cls: FunctionClass, ctx: FunctionCtx, tensors: readonly boolean[]) {
  if (cls.jvp === Function.jvp) return null;
  return (tangents: readonly MaybeTensor[]) => {
    let next = 0;
    const args = tensors.map((isOne) => (isOne ? tangents[next++] : null));
    return listed(Reflect.apply(cls.jvp, cls, [ctx, ...args])).map((tangent, i) => {
      if (tangent === null || tangent === undefined || isTensor(tangent)) return tangent ?? null;
      throw new TorchError(`expected Variable or None (got ${typeName(tangent)}) for grad output ${i}.`);
    });
  };
}

/** Whether the class defines setup_context, so that forward takes no context. */
export function setupContextOf(
  cls: object,
): ((ctx: FunctionCtx, inputs: unknown[], output: unknown) => void) | undefined {
  return (cls as { setup_context?: (ctx: FunctionCtx, inputs: unknown[], output: unknown) => void }).setup_context;
}

/** Runs forward, and setup_context when there is one, outside of the graph. */
function runForward(cls: FunctionClass, ctx: FunctionCtx, args: readonly unknown[]): unknown {
  const setup = setupContextOf(cls);
  return no_grad(() =>
    withoutForwardGrad(() => {
      if (setup === undefined) return Reflect.apply(cls.forward, cls, [ctx, ...args]);
      const output = Reflect.apply(cls.forward, cls, args);
      setup.call(cls, ctx, [...args], output);
      return output;
    }),
  );
}

/** Calls a function class outside of any transform of torch.func. */
export function applySingleLevel(cls: FunctionClass, args: readonly unknown[]): unknown {
  const tensors = args.map(isTensor);
  const inputs = args.filter(isTensor);
  const ctx = new FunctionCtx();
  const needed = call(
    native.function_needs_grad,
    args.map((arg) => (isTensor(arg) ? arg : null)),
  );
  ctx.needs_input_grad = needed;
  const output = runForward(cls, ctx, args);
  const outputs = listed(output);
  const { saved, dirty, nonDifferentiable, materialize, materializeNonDifferentiable } = ctx._finish();
  const wrapped = call(
    native.function_apply,
    `${cls.name}Backward`,
    backwardHook(cls, ctx, tensors),
    jvpHook(cls, ctx, tensors),
    inputs,
    outputs.map((each) => (isTensor(each) ? each : null)),
    saved,
    dirty,
    nonDifferentiable,
    materialize,
    materializeNonDifferentiable,
    setupContextOf(cls) !== undefined,
    ctx._pureView,
  );
  // What the user put on the context belongs to the graph, beyond the tidy() scope it was made in.
  if (needed.includes(true)) for (const object of objectsIn({ ...ctx }, new Set())) keep(object);
  const results = outputs.map((each, i) => wrapped[i] ?? each);
  return isList(output) ? results : results[0];
}

/** How a function is called once transforms of torch.func are there. */
interface Transforms {
  active(): boolean;
  /** While one is under way. */
  apply(cls: FunctionClass, args: readonly unknown[]): unknown;
  /** Arguments without the wrappers of those that have ended. */
  unwrapped(args: readonly unknown[]): unknown[];
}

let transforms: Transforms | undefined;

/** lib/func provides them. */
export function provideTransforms(provided: Transforms): void {
  transforms = provided;
}

function applyFunction(cls: FunctionClass, args: readonly unknown[]): unknown {
  if (transforms === undefined) return applySingleLevel(cls, args);
  return transforms.active() ? transforms.apply(cls, args) : applySingleLevel(cls, transforms.unwrapped(args));
}

export type { FunctionClass };

const ONCE = 'trying to differentiate twice a function that was marked with @once_differentiable';

/**
 * Marks a `backward` whose own derivative would be wrong: `static backward = once_differentiable((ctx, g) => …)`.
 * A second differentiation is an error.
 * https://docs.pytorch.org/docs/2.13/generated/torch.autograd.function.once_differentiable.html
 */
export function once_differentiable<Args extends unknown[]>(
  fn: (...args: Args) => Results,
): (...args: Args) => Results {
  requireFunction('once_differentiable', 'fn', fn);
  const wrapper = function (this: unknown, ...args: Args): Results {
    const results = no_grad(() => fn.apply(this, args));
    const differentiated = args.some((arg) => isTensor(arg) && arg.requires_grad);
    if (!is_grad_enabled() || !differentiated) return results;
    return call(
      native.delayed_error,
      ONCE,
      listed(results).map((result) => (result ?? null) as Tensor | null),
    );
  };
  Object.defineProperty(wrapper, 'name', { value: fn.name });
  return wrapper;
}
