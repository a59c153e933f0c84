/** Comparing the two ways, whole Jacobians or products with random vectors. */

import { dtypes } from '../../base/types';
import { callOperator } from '../../operators/operator';
import { Generator } from '../../tensor/generator';
import type { Tensor } from '../../tensor/tensor';
import { backwardJacobian, backwardProducts, forwardJacobian, forwardProduct, type Rules } from './analytical';
import { type Direction, numericalJacobian, numericalProduct } from './numerical';
import { contentOf, isSparse, placesOf } from './sparse';
import { differentiableOutputs, followed, GradcheckError, isDifferentiable, type Listed } from './values';

export interface Tolerances extends Rules {
  readonly eps: number;
  readonly atol: number;
  readonly rtol: number;
}

/** One comparison: a function of real outputs (backwards) or real inputs (forwards). */
export interface Comparison {
  readonly fn: Listed;
  readonly inputs: readonly unknown[];
  /** The same for the differences, which move their elements. */
  readonly moved: readonly unknown[];
  readonly forward: boolean;
  /** The outputs (backwards) or inputs (forwards) that are complex, of which only a part is considered. */
  readonly complex: readonly number[];
  readonly part: 'real' | 'imaginary';
}

function close(a: Tensor, b: Tensor, rtol: number, atol: number): boolean {
  const dtype = a.is_complex() || b.is_complex() ? dtypes.complex128 : dtypes.float64;
  return callOperator('allclose', a.to(dtype), b.to(dtype), rtol, atol);
}

function mismatch(
  comparison: Comparison,
  output: number,
  input: number,
  numerical: Tensor,
  analytical: Tensor,
): string {
  const { forward, complex, part } = comparison;
  const partial = complex.includes(forward ? input : output);
  const prefix = partial
    ? `While considering the ${part} part of complex ${forward ? 'inputs' : 'outputs'} only, `
    : '';
  const mode = forward ? 'computed with forward mode ' : '';
  return `${prefix}Jacobian ${mode}mismatch for output ${output} with respect to input ${input},\nnumerical:${numerical}\nanalytical:${analytical}\n`;
}

/** The numerical Jacobian by output and input, for the outputs that need a gradient. */
function numericalBlocks({ fn, inputs, moved }: Comparison, outputs: readonly Tensor[], eps: number): Tensor[][] {
  const candidates = outputs.filter(isDifferentiable);
  const perInput = followed(inputs).map(({ index }) => numericalJacobian(fn, moved, index, outputs, eps));
  return candidates.flatMap((output, o) => (output.requires_grad ? [perInput.map((blocks) => blocks[o]!)] : []));
}

function checkNothing({ fn, inputs, moved }: Comparison, outputs: readonly Tensor[], eps: number): void {
  for (const { index } of followed(inputs)) {
    for (const jacobian of numericalJacobian(fn, moved, index, outputs, eps)) {
      if (jacobian.ne(0).any().item()) throw new GradcheckError('Numerical gradient for function expected to be zero');
    }
  }
}

/** Compares every element of the Jacobians. */
export function compareFully(comparison: Comparison, tolerances: Tolerances): void {
  const { fn, inputs, forward } = comparison;
  const outputs = fn(inputs);
  const wanted = differentiableOutputs(outputs);
  if (wanted.length === 0) {
    checkNothing(comparison, outputs, tolerances.eps);
    return;
  }
  const numerical = numericalBlocks(comparison, outputs, tolerances.eps);
  const byInput = forward
    ? followed(inputs).map(({ index }) => forwardJacobian(fn, inputs, index, tolerances))
    : undefined;
  wanted.forEach((output, o) => {
    const analytical = byInput?.map((blocks) => blocks[o]!) ?? backwardJacobian(output, inputs, tolerances);
    analytical.forEach((block, i) => {
      const reference = numerical[o]![i]!;
      if (block === undefined || close(block, reference, tolerances.rtol, tolerances.atol)) return;
      throw new GradcheckError(mismatch(comparison, o, i, reference, block));
    });
  });
}

function unit(size: number, generator: Generator): Tensor {
  const vector = callOperator<Tensor>('rand.generator', [size], generator, dtypes.float64);
  return vector.div(vector.norm());
}

/** Of a sparse input along what is stored. */
function directionFor(x: Tensor, generator: Generator): Direction {
  const { dtype } = x.is_complex() ? contentOf(x).real : x;
  const stored = isSparse(x) ? callOperator<Tensor>('zeros', [x.numel()], dtypes.float64) : undefined;
  for (const place of stored === undefined ? [] : placesOf(x)) stored?.select(0, place).fill_(1);
  const real = () => {
    const vector = unit(x.numel(), generator);
    return (stored === undefined ? vector : vector.mul(stored)).to(dtype);
  };
  return x.is_complex() ? [real(), real()] : real();
}

function sumOf(direction: Direction): number {
  const parts = (Array.isArray(direction) ? direction : [direction]) as readonly Tensor[];
  return parts.reduce((sum, part) => sum + part.sum().item(), 0);
}

/** A gradient's product with a direction; a complex one's parts go along the two of it. */
function along(gradient: Tensor, direction: Direction): Tensor {
  if (!Array.isArray(direction)) return gradient.mul(direction as Tensor).sum();
  const [real, imag] = direction as readonly [Tensor, Tensor];
  return callOperator('complex', gradient.real.mul(real).sum(), gradient.imag.mul(imag).sum());
}

/** Compares products of the Jacobians with random vectors: fewer evaluations, less certainty. */
export function compareFast(comparison: Comparison, tolerances: Tolerances): void {
  const { fn, inputs, moved, forward } = comparison;
  const generator = new Generator();
  const outputs = fn(inputs);
  const wanted = outputs.flatMap((output, i) => (output.requires_grad ? [i] : []));
  if (wanted.length === 0) {
    checkNothing(comparison, outputs, tolerances.eps);
    return;
  }
  const directions = followed(inputs).map(({ x }) => directionFor(x, generator));
  const vectors = wanted.map((i) => unit(outputs[i]!.numel(), generator).to(outputs[i]!.dtype));
  followed(inputs).forEach(({ index }, i) => {
    const changes = numericalProduct(fn, moved, index, directions[i]!, tolerances.eps);
    const tangents = forward ? forwardProduct(fn, inputs, index, directions[i]!, tolerances) : [];
    wanted.forEach((place, o) => {
      const reference = forward ? changes[place]! : changes[place]!.mul(vectors[o]!).sum();
      const analytical = forward
        ? tangents[outputs.slice(0, place).filter(isDifferentiable).length]!
        : productOf(outputs[place]!, inputs, vectors[o]!, i, directions[i]!, tolerances);
      const scale = sumOf(directions[i]!) * (forward ? 1 : vectors[o]!.sum().item());
      if (close(analytical, reference, tolerances.rtol, tolerances.atol * scale)) return;
      throw new GradcheckError(
        `${mismatch(comparison, o, i, reference, analytical)}\nThe quantities above are products with random vectors (fast mode); \`fast_mode=False\` compares every element.\n`,
      );
    });
  });
}

function productOf(
  output: Tensor,
  inputs: readonly unknown[],
  vector: Tensor,
  i: number,
  direction: Direction,
  rules: Rules,
): Tensor {
  const matrix = backwardProducts(output, inputs, [vector.view(output.shape)], rules)[i]!;
  return along(matrix.select(1, 0), direction);
}
