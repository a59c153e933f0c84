/** A function's best linear approximation at a point. */

import { requireFunction, requireTensors } from '../arguments/checks';
import { TorchError } from '../base/errors';
import { sizeText } from '../base/python_text';
import type { Tensor } from '../tensor/tensor';
import type { AnyFunction } from './grad';
import { jvpOf } from './jvp';
import { flatten, sameSpec, specText } from './tree';

function checkTangents(primals: readonly Tensor[], tangents: readonly Tensor[]): void {
  tangents.forEach((tangent, i) => {
    const primal = primals[i]!;
    const pairs = [
      ['shape', sizeText(tangent.shape), sizeText(primal.shape)],
      ['device', String(tangent.device), String(primal.device)],
      ['dtype', String(tangent.dtype), String(primal.dtype)],
    ];
    for (const [what, have, want] of pairs) {
      if (have === want) continue;
      throw new TorchError(
        `tangent:${i} with ${what} ${have} in flattened pytree doesn't match the ${what} ${want} of the corresponding primal.`,
      );
    }
  });
}

/**
 * The output of `func` at the primals and the function that multiplies tangents with its Jacobian there. PyTorch
 * records the operations for later; here each product runs `func` again.
 * https://docs.pytorch.org/docs/2.13/generated/torch.func.linearize.html
 */
export function linearize<Primals extends unknown[], Output>(
  func: (...primals: Primals) => Output,
  ...primals: Primals
): [Output, (...tangents: Primals) => Output] {
  requireFunction('linearize', 'func', func);
  requireTensors('linearize', 'primals', flatten(primals)[0]);
  const output = func(...primals);
  const [values, spec] = flatten(primals);
  const product = (...tangents: Primals): Output => {
    const [vectors, vectorSpec] = flatten(tangents);
    if (!sameSpec(spec, vectorSpec)) {
      throw new TorchError(
        `Expected the tangents ${specText(vectorSpec)} to have the same argspec as the primals ${specText(spec)}`,
      );
    }
    checkTangents(values as Tensor[], vectors as Tensor[]);
    return jvpOf(func as AnyFunction, primals, tangents, null, {}).tangent as Output;
  };
  return [output, product];
}
