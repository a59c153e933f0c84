/** Derivatives by autograd, and the rules that they must follow. */

import { sizeText } from '../../base/python_text';
import { callOperator } from '../../operators/operator';
import type { Tensor } from '../../tensor/tensor';
import * as engine from '../engine';
import { dual_level, make_dual, unpack_dual } from '../forward_ad';
import type { Direction } from './numerical';
import { dense } from './sparse';
import { followed, GradcheckError, isDifferentiable, type Listed, zerosLike } from './values';

export interface Rules {
  readonly nondet_tol: number;
  readonly check_grad_dtypes: boolean;
}

const NOT_REENTRANT = (tolerance: number) =>
  `Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different values, although analytical gradient matches numerical gradient.The tolerance for nondeterminism was ${tolerance}.\n\nNOTE: a function that relies on nondeterministic operations can be checked with \`nondet_tol\`.`;

/** Products of each vector with the Jacobian: for each input, a row of gradients. */
function products(output: Tensor, inputs: readonly Tensor[], vectors: readonly Tensor[]): (Tensor | null)[][] {
  const options = { retain_graph: true, allow_unused: true } as const;
  const rows = vectors.map((vector) => engine.grad(output, inputs, vector, options));
  return inputs.map((_, i) => rows.map((row) => row[i] ?? null));
}

/** The unit vectors of an output. */
function units(output: Tensor): Tensor[] {
  return Array.from({ length: output.numel() }, (_, j) => {
    const unit = callOperator<Tensor>('zeros', [output.numel()], output.dtype, null, output.device);
    unit.select(0, j).fill_(1);
    return unit.view(output.shape);
  });
}

/** Gradients as the columns of a matrix; missing ones are zero. */
function columns(gradients: readonly (Tensor | null)[], x: Tensor): Tensor {
  const zeros = (shape: number[]) => callOperator<Tensor>('zeros', shape, x.dtype, null, x.device);
  const empty = () => zeros([x.numel()]);
  if (gradients.length === 0) return zeros([x.numel(), 0]);
  const list = gradients.map((gradient) =>
    gradient === null || gradient.numel() !== x.numel() ? empty() : dense(gradient.detach()).reshape([-1]).to(x.dtype),
  );
  return callOperator('stack', list, 1);
}

function checkGradients(gradients: readonly (Tensor | null)[], x: Tensor, rules: Rules): void {
  for (const gradient of gradients) {
    if (gradient === null) continue;
    const sized = sizeText(gradient.shape) === sizeText(x.shape);
    if (sized && gradient.dtype !== x.dtype && rules.check_grad_dtypes) {
      throw new GradcheckError('Gradient has dtype mismatch');
    }
    if (!sized) throw new GradcheckError('Analytical gradient has incorrect size');
  }
}

/** The products of one output with vectors, run twice to see that they are the same; for each input a matrix. */
export function backwardProducts(
  output: Tensor,
  inputs: readonly unknown[],
  vectors: readonly Tensor[],
  rules: Rules,
): Tensor[] {
  const tensors = followed(inputs).map(({ x }) => x);
  const [first, second] = [0, 1].map(() => products(output, tensors, vectors));
  return tensors.map((x, i) => {
    checkGradients(first![i]!, x, rules);
    const [a, b] = [columns(first![i]!, x), columns(second![i]!, x)];
    if (a.numel() > 0 && a.sub(b).abs().max().item() > rules.nondet_tol) {
      throw new GradcheckError(NOT_REENTRANT(rules.nondet_tol));
    }
    return a;
  });
}

/** The whole Jacobian of one output: for each input, a row an element. */
export function backwardJacobian(output: Tensor, inputs: readonly unknown[], rules: Rules): Tensor[] {
  return backwardProducts(output, inputs, units(output), rules);
}

/** A tangent that is a view of nothing: a function whose jvp must give a view of it is found out by one that does not. */
const own = (tangent: Tensor, x: Tensor) => zerosLike(x).copy_(tangent.view_as(x));

/** The tangents of the outputs when one input's tangent is `tangent` and the others' are zero. */
function tangentsOf(fn: Listed, inputs: readonly unknown[], index: number, tangent: Tensor, rules: Rules): Tensor[] {
  return dual_level(() => {
    const places = new Set(followed(inputs).map((each) => each.index));
    const duals = inputs.map((input, i) => {
      if (!places.has(i)) return input;
      const x = (input as Tensor).detach();
      return make_dual(x, i === index ? own(tangent, x) : zerosLike(x));
    });
    return fn(duals)
      .filter(isDifferentiable)
      .map((dual) => {
        const { primal, tangent: result } = unpack_dual(dual);
        if (result === null) return zerosLike(primal).detach().reshape([-1]);
        if (rules.check_grad_dtypes && primal.is_complex() !== result.is_complex()) {
          throw new GradcheckError('Forward AD gradient has dtype mismatch.');
        }
        return result.detach().reshape([-1]).clone();
      });
  });
}

/** For one input: for each output a matrix with a row an element of the input. */
export function forwardJacobian(fn: Listed, inputs: readonly unknown[], index: number, rules: Rules): Tensor[] {
  const x = inputs[index] as Tensor;
  const rows = units(x).map((unit) => tangentsOf(fn, inputs, index, unit, rules));
  if (rows.length === 0) return [];
  return rows[0]!.map((_, o) =>
    callOperator(
      'stack',
      rows.map((row) => row[o]),
      0,
    ),
  );
}

/** For one input: for each output its change along a direction. */
export function forwardProduct(
  fn: Listed,
  inputs: readonly unknown[],
  index: number,
  direction: Direction,
  rules: Rules,
): Tensor[] {
  return tangentsOf(fn, inputs, index, direction as Tensor, rules);
}
