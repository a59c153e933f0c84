/** The inputs and outputs of a function whose derivatives are checked. */

import { isTensor } from '../../arguments/checks';
import { NotImplementedError, TorchError, warn } from '../../base/errors';
import { dtypes, layouts } from '../../base/types';
import { isList } from '../../native/kinds';
import { callOperator } from '../../operators/operator';
import type { Tensor } from '../../tensor/tensor';
import { contentOf, isSparse } from './sparse';

/** The derivatives found by two ways differ, or break a rule. */
export class GradcheckError extends TorchError {
  override name = 'GradcheckError';
}

export type Checked = (...inputs: never[]) => unknown;

/** A function of a list that gives a list. */
export type Listed = (inputs: readonly unknown[]) => Tensor[];

export function listOf(value: unknown): unknown[] {
  return isList(value) ? value : [value];
}

export function listed(fn: Checked): Listed {
  return (inputs) => listOf(fn(...(inputs as never[]))) as Tensor[];
}

export function isDifferentiable(value: unknown): value is Tensor {
  return isTensor(value) && (value.is_floating_point() || value.is_complex());
}

/** The tensors among the inputs that need a gradient, with their places. */
export function followed(inputs: readonly unknown[]): { index: number; x: Tensor }[] {
  return inputs.flatMap((x, index) => (isTensor(x) && x.requires_grad ? [{ index, x }] : []));
}

export function differentiableOutputs(outputs: readonly Tensor[]): Tensor[] {
  return outputs.filter((output) => output.requires_grad);
}

export function zerosLike(x: Tensor): Tensor {
  return callOperator('zeros_like', x);
}

export function imaginary(x: Tensor): Tensor {
  return callOperator('complex', zerosLike(x), x);
}

export function requireDense(x: Tensor): void {
  if (x.layout !== layouts.strided) {
    throw new NotImplementedError(`gradcheck of ${x.layout} tensors is not available; check the dense function`);
  }
}

/** @throws TorchError for inputs whose elements share memory, Error when none needs a gradient */
export function checkInputs(inputs: readonly unknown[]): void {
  const tensors = followed(inputs);
  if (tensors.length === 0) {
    throw new RangeError(
      'gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True.',
    );
  }
  for (const { index, x } of tensors) {
    if (x.dtype !== dtypes.float64 && x.dtype !== dtypes.complex128) {
      warn(
        `Input #${index} requires gradient and is not a double precision floating point or complex. This check will likely fail if all the inputs are not of double precision floating point or complex. `,
      );
    }
    const content = contentOf(x);
    requireDense(content);
    const { shape } = content;
    if (content.stride().every((stride, d) => stride > 0 || shape[d]! <= 1)) continue;
    throw new TorchError(
      `The ${index}th input has a dimension with stride 0. gradcheck only supports inputs that are non-overlapping to be able to compute the numerical gradients correctly. You should call .contiguous on the input before passing it to gradcheck.`,
    );
  }
}

/** @throws RangeError for sparse ones, which the function must make dense itself */
export function checkOutputs(outputs: readonly Tensor[]): void {
  for (const output of outputs.filter(isTensor)) {
    if (isSparse(output)) {
      throw new RangeError(
        'Sparse output is not supported at gradcheck yet. Please call to_dense(masked_grad=...) on the output of fn for gradcheck.',
      );
    }
    requireDense(output);
  }
}
