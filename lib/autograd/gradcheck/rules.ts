/** Rules of a backward function beside its values: zero for zero, missing gradients, batches. */

import { isTensor } from '../../arguments/checks';
import { isError, TorchError } from '../../base/errors';
import { sizeText } from '../../base/python_text';
import { native } from '../../native/addon';
import { call } from '../../native/frame';
import { callOperator } from '../../operators/operator';
import type { Tensor } from '../../tensor/tensor';
import * as engine from '../engine';
import { dual_level, make_dual, unpack_dual } from '../forward_ad';
import { overBatches } from '../legacy_vmap';
import { dense, isSparse } from './sparse';
import { differentiableOutputs, followed, GradcheckError, isDifferentiable, type Listed, zerosLike } from './values';

function tensorsOf(inputs: readonly unknown[]): Tensor[] {
  return followed(inputs).map(({ x }) => x);
}

/** Zero gradients of the outputs must give zero gradients of the inputs, of their kind. */
export function checkZeroGivesZero(outputs: readonly Tensor[], inputs: readonly unknown[]): void {
  if (outputs.length === 0) return;
  const tensors = tensorsOf(inputs);
  const gradients = engine.grad(outputs, tensors, outputs.map(zerosLike), { allow_unused: true, retain_graph: true });
  gradients.forEach((gradient, i) => {
    const x = tensors[i]!;
    if (gradient === null) return;
    if (isSparse(gradient) && gradient.layout !== x.layout) {
      throw new GradcheckError(`grad is incorrect layout (${gradient.layout} is not ${x.layout})`);
    }
    if (dense(gradient).ne(0).any().item()) throw new GradcheckError('backward not multiplied by grad_output');
    if (gradient.dtype !== x.dtype) throw new GradcheckError('grad is incorrect type');
    if (!gradient.device.equals(x.device)) throw new GradcheckError('grad is incorrect device');
    if (sizeText(gradient.shape) !== sizeText(x.shape)) throw new GradcheckError('grad is incorrect size');
  });
}

function checkUndefined(outputs: readonly Tensor[], tensors: readonly Tensor[]): void {
  let gradients: (Tensor | null)[];
  try {
    gradients = engine.grad(outputs, tensors, outputs.map(zerosLike), { allow_unused: true });
  } catch (error) {
    if (!isError(error)) throw error;
    throw new GradcheckError(
      'Expected backward function to handle undefined output grads. Please look at "Notes about undefined output gradients" in "tools/autograd/derivatives.yaml"',
      { cause: error },
    );
  }
  for (const gradient of gradients) {
    if (gradient === null || !dense(gradient).ne(0).any().item()) continue;
    throw new GradcheckError(
      'Expected all input grads to be undefined or zero when all output grads are undefined or zero. Please look at "Notes about undefined output gradients" in "tools/autograd/derivatives.yaml"',
    );
  }
}

/** Missing gradients, of all outputs and of one at a time, must count as zero. */
export function checkMissingGradients(fn: Listed, inputs: readonly unknown[]): void {
  const tensors = tensorsOf(inputs);
  const outputs = () => differentiableOutputs(fn(inputs));
  const cut = (x: Tensor) => call(native.undefined_grad, x);
  const count = outputs().length;
  if (count === 0) return;
  checkUndefined(outputs().map(cut), tensors);
  if (count === 1) return;
  for (let i = 0; i < count; i++) {
    checkUndefined(
      outputs().map((output, o) => (o === i ? cut(output) : output)),
      tensors,
    );
  }
}

const BATCHED = 'gradcheck or gradgradcheck failed while testing batched gradient computation.';
const BATCHED_FORWARD = 'gradcheck failed while testing batched forward gradient computation.';

/** A function of one vector, run under vmap, must give what single runs give. */
function checkBatched(product: (vector: Tensor) => Tensor[], like: Tensor, output: number, note: string): void {
  const vectors = [0, 1].map(() => callOperator<Tensor>('randn_like', like.detach()));
  const single = vectors.map(product);
  const expected = single[0]!.map((_, i) =>
    callOperator<Tensor>(
      'stack',
      single.map((list) => list[i]),
      0,
    ),
  );
  let batched: Tensor[];
  try {
    batched = overBatches((vector) => product(vector!), [callOperator<Tensor>('stack', vectors, 0)]) as Tensor[];
  } catch (error) {
    if (!(error instanceof TorchError)) throw error;
    throw new GradcheckError(`While computing batched gradients, got: ${error.message}\n\n${note}`, { cause: error });
  }
  batched.forEach((result, i) => {
    if (callOperator<boolean>('allclose', result, expected[i])) return;
    throw new GradcheckError(
      `For output ${output} and input ${i}:\n\n${note}\n\nGot:\n${result}\n\nExpected:\n${expected[i]}`,
    );
  });
}

export function checkBatchedGradients(outputs: readonly Tensor[], inputs: readonly unknown[]): void {
  const tensors = tensorsOf(inputs);
  const options = { retain_graph: true, allow_unused: true } as const;
  outputs.forEach((output, o) => {
    const product = (vector: Tensor) =>
      engine.grad(output, tensors, vector, options).map((gradient, i) => gradient ?? zerosLike(tensors[i]!));
    checkBatched(product, output, o, BATCHED);
  });
}

export function checkBatchedForward(fn: Listed, inputs: readonly unknown[]): void {
  followed(inputs).forEach(({ index, x }, i) => {
    const product = (tangent: Tensor) =>
      dual_level(() => {
        const duals = inputs.map((input, k) =>
          k === index ? make_dual(x.detach(), tangent) : isTensor(input) ? input.detach() : input,
        );
        return fn(duals)
          .filter(isDifferentiable)
          .map((dual) => {
            const { primal, tangent: result } = unpack_dual(dual);
            return result ?? zerosLike(primal);
          });
      });
    checkBatched(product, x, i, BATCHED_FORWARD);
  });
}
