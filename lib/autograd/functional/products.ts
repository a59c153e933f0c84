/** Products of vectors with Jacobians and Hessians. https://docs.pytorch.org/docs/2.13/autograd.html#functional-higher-level-api */

import { requireFunction } from '../../arguments/checks';
import { TorchError } from '../../base/errors';
import { callOperator } from '../../operators/operator';
import type { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/autograd_functional';
import { enable_grad, is_grad_enabled, set_grad_enabled } from '../grad_mode';
import {
  type AnyFunction,
  checkDependent,
  filled,
  finished,
  gradients,
  type MaybeTensor,
  outputsOf,
  prepared,
  type Values,
  valuesOf,
  vectorOf,
} from './values';

export type { VjpOptions as FunctionalOptions } from '../generated/autograd_functional';

type FunctionalOptions = signatures.VjpOptions;

interface Given {
  readonly func: AnyFunction;
  readonly inputs: unknown;
  readonly v: unknown;
  readonly create_graph: boolean;
  readonly strict: boolean;
}

function given(signature: typeof signatures.vjp, args: readonly unknown[]): Given {
  const values = signature.read(args);
  requireFunction(signature.name, 'func', values.func);
  return values;
}

const ONE_OUTPUT =
  'The vector v can only be None if the user-provided function returns a single Tensor with a single element.';
const ONE_INPUT =
  'The vector v can only be None if the input to the user-provided function is a single Tensor with a single element.';

type OneOrMore = Tensor | readonly Tensor[];
/** One tensor for one, a list for a list. */
type Like<Value> = Value extends Tensor ? Tensor : Tensor[];

interface Product {
  /** The outputs of a function of tensors, and a product with its Jacobian or Hessian: [outputs, product]. */
  <Inputs extends OneOrMore, Output extends OneOrMore>(
    func: (...inputs: never[]) => Output,
    inputs: Inputs,
    options?: FunctionalOptions,
  ): [Like<Output>, Tensor | Tensor[]];
  /** The outputs of a function of tensors, and a product with its Jacobian or Hessian: [outputs, product]. */
  <Inputs extends OneOrMore, Output extends OneOrMore>(
    func: (...inputs: never[]) => Output,
    inputs: Inputs,
    v: OneOrMore | null,
    create_graph?: boolean | FunctionalOptions,
    strict?: boolean,
  ): [Like<Output>, Tensor | Tensor[]];
  /** The outputs of a function of tensors, and a product with its Jacobian or Hessian: [outputs, product]. */
  <Inputs extends OneOrMore, Output extends OneOrMore>(
    args: FunctionalOptions & { func: (...inputs: never[]) => Output; inputs: Inputs },
  ): [Like<Output>, Tensor | Tensor[]];
}

function underMode<Result>(create: boolean, body: () => Result): Result {
  return set_grad_enabled(create || is_grad_enabled(), body);
}

/**
 * [outputs, vᵀJ] of a function of tensors.
 * https://docs.pytorch.org/docs/2.13/generated/torch.autograd.functional.vjp.html
 */
export const vjp = function vjp(...args: unknown[]): unknown {
  const { func, inputs: raw, v, create_graph: create, strict } = given(signatures.vjp, args);
  const [inputs, outputs, vector] = enable_grad(() => {
    const own = prepared(valuesOf(raw, 'inputs', 'vjp'), create, true);
    const out = outputsOf(func, own.list, 'vjp');
    checkDependent(out.list, 'outputs', strict);
    return [own, out, vectorOf(v, out, 'vjp', create, ONE_OUTPUT)] as const;
  });
  const product = underMode(create, () =>
    filled(gradients(outputs.list, inputs.list, vector, create), inputs.list, 'back', strict, create),
  );
  return [finished(outputs.list, outputs.isList, create), finished(product, inputs.isList, create)];
} as Product;

/** Zeros like the values, of which a derivative can be taken. */
function probes(values: readonly Tensor[]): Tensor[] {
  return values.map((x) => callOperator<Tensor>('zeros_like', x).requires_grad_());
}

/**
 * [outputs, Jv] of a function of tensors, by differentiating twice backwards.
 * https://docs.pytorch.org/docs/2.13/generated/torch.autograd.functional.jvp.html
 */
export const jvp = function jvp(...args: unknown[]): unknown {
  const { func, inputs: raw, v, create_graph: create, strict } = given(signatures.jvp, args);
  const [outputs, vector, pulled, probe] = enable_grad(() => {
    const own = prepared(valuesOf(raw, 'inputs', 'jvp'), create, true);
    const along = vectorOf(v, own, 'jvp', create, ONE_INPUT);
    const out = outputsOf(func, own.list, 'jvp');
    checkDependent(out.list, 'outputs', strict);
    const zeros = probes(out.list);
    const back = gradients(out.list, own.list, zeros, true);
    checkDependent(back, 'grad_inputs', strict);
    return [out, along, back, zeros] as const;
  });
  const push = () => filled(gradients(pulled, probe, vector, create), outputs.list, 'back_trick', strict, create);
  const product = create ? enable_grad(push) : push();
  return [finished(outputs.list, outputs.isList, create), finished(product, outputs.isList, create)];
} as Product;

/** A function's single output of one element. */
function scalarOf(outputs: Values, name: string): void {
  if (outputs.isList) throw new TorchError(`The function given to ${name} should return a single Tensor`);
  if (outputs.list[0]!.numel() !== 1) {
    throw new TorchError(`The Tensor returned by the function given to ${name} should contain a single element`);
  }
}

interface Curved {
  readonly inputs: Values;
  readonly outputs: Values;
  readonly vector: readonly MaybeTensor[];
  readonly jacobian: readonly MaybeTensor[];
}

/** The first derivative, of which the Hessian's product is taken. */
function curved({ func, inputs: raw, v, create_graph: create, strict }: Given, name: string): Curved {
  const inputs = prepared(valuesOf(raw, 'inputs', name), create, true);
  const vector = vectorOf(v, inputs, name, create, ONE_INPUT);
  const outputs = outputsOf(func, inputs.list, name);
  checkDependent(outputs.list, 'outputs', strict);
  scalarOf(outputs, name);
  const jacobian = gradients(outputs.list, inputs.list, null, true);
  checkDependent(jacobian, 'jacobian', strict);
  return { inputs, outputs, vector, jacobian };
}

/**
 * [output, vᵀH] of a function with one number as its output.
 * https://docs.pytorch.org/docs/2.13/generated/torch.autograd.functional.vhp.html
 */
export const vhp = function vhp(...args: unknown[]): unknown {
  const call = given(signatures.vhp, args);
  const { create_graph: create, strict } = call;
  const { inputs, outputs, vector, jacobian } = enable_grad(() => curved(call, 'vhp'));
  const product = underMode(create, () =>
    filled(gradients(jacobian, inputs.list, vector, create), inputs.list, 'double_back', strict, create),
  );
  return [finished(outputs.list, outputs.isList, create), finished(product, inputs.isList, create)];
} as Product;

/**
 * [output, Hv] of a function with one number as its output; `vhp` is faster and the same where the Hessian is symmetric.
 * https://docs.pytorch.org/docs/2.13/generated/torch.autograd.functional.hvp.html
 */
export const hvp = function hvp(...args: unknown[]): unknown {
  const call = given(signatures.hvp, args);
  const { create_graph: create, strict } = call;
  const [{ inputs, outputs, vector }, probe, twice] = enable_grad(() => {
    const own = curved(call, 'hvp');
    const zeros = probes(own.inputs.list);
    return [own, zeros, gradients(own.jacobian, own.inputs.list, zeros, true)] as const;
  });
  const product = underMode(create, () =>
    filled(gradients(twice, probe, vector, create), inputs.list, 'double_back_trick', strict, create),
  );
  return [finished(outputs.list, outputs.isList, create), finished(product, inputs.isList, create)];
} as Product;
