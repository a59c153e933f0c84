/** Derivatives by differences. */
import { AssertionError } from '../../base/errors';
import { sizeText } from '../../base/python_text';
import { dtypes } from '../../base/types';
import { callOperator } from '../../operators/operator';
import { as_tensor } from '../../tensor/creation';
import type { Tensor } from '../../tensor/tensor';
import { contentOf, isSparse, placesOf } from './sparse';
import { imaginary, isDifferentiable, type Listed } from './values';

/** All index tuples of a shape, the last index fastest. */
function* places(shape: readonly number[]): Generator<number[]> {
  if (shape.includes(0)) return;
  const at = shape.map(() => 0);
  while (true) {
    yield [...at];
    let d = shape.length - 1;
    while (d >= 0 && ++at[d]! === shape[d]) at[d--] = 0;
    if (d < 0) return;
  }
}

function checkSame(a: Tensor, b: Tensor, by: string): void {
  const head = 'Expected `func` to return outputs with the same';
  if (sizeText(a.shape) !== sizeText(b.shape)) {
    throw new AssertionError(
      `${head} shape when inputs are perturbed ${by}, but got: shapes ${sizeText(a.shape)} and ${sizeText(b.shape)}.`,
    );
  }
  if (a.dtype !== b.dtype) {
    throw new AssertionError(
      `${head} dtype when inputs are perturbed ${by}, but got: dtypes ${a.dtype} and ${b.dtype}.`,
    );
  }
}

/** Central differences of the outputs when `part`, a piece of an input's memory, moves by `step` both ways. */
function differences(
  fn: Listed,
  inputs: readonly unknown[],
  part: Tensor,
  step: Tensor | number,
  eps: number,
  by: string,
): Tensor[] {
  const before = part.clone();
  const outputs = () => fn(inputs).map((output) => output.detach().clone());
  try {
    part.copy_(before.sub(step as number));
    const low = outputs();
    part.copy_(before.add(step as number));
    const high = outputs();
    return high.map((output, i) => {
      checkSame(low[i]!, output, by);
      return output
        .sub(low[i]!)
        .div(2 * eps)
        .reshape([-1]);
    });
  } finally {
    part.copy_(before);
  }
}

/** A complex input has two directions; a real function's change along both is one complex number. */
function combined(real: readonly Tensor[], imag: readonly Tensor[] | undefined): Tensor[] {
  return real.map((change, i) => (imag === undefined ? change : callOperator('complex', change, imag[i])));
}

/** Rows of the stored elements at their places; the others are zero. */
function spread(rows: readonly Tensor[], stored: readonly number[], count: number, output: Tensor): Tensor[] {
  const zero = callOperator<Tensor>('zeros', [output.numel()], rows[0]?.dtype ?? output.dtype, null, output.device);
  const all = new Array<Tensor>(count).fill(zero);
  rows.forEach((row, i) => {
    all[stored[i]!] = row;
  });
  return all;
}

/** For each output that can be differentiated: one row an element of the input. */
export function numericalJacobian(
  fn: Listed,
  inputs: readonly unknown[],
  index: number,
  outputs: readonly Tensor[],
  eps: number,
): Tensor[] {
  const x = inputs[index] as Tensor;
  const wanted = outputs.flatMap((output, i) => (isDifferentiable(output) ? [i] : []));
  const rows: Tensor[][] = wanted.map(() => []);
  const data = contentOf(x).data;
  for (const place of places(data.shape)) {
    const cell = place.length > 0 ? data.index(...place) : data;
    const by = `on index (${place.join(', ')}) by ${eps}`;
    const real = differences(fn, inputs, cell, eps, eps, by);
    const step = x.is_complex() ? imaginary(cell.real.clone().fill_(eps)) : undefined;
    const imag = step && differences(fn, inputs, cell, step, eps, by);
    combined(real, imag).forEach((row, i) => {
      const column = wanted.indexOf(i);
      if (column >= 0) rows[column]!.push(row);
    });
  }
  const stored = isSparse(x) ? placesOf(x) : undefined;
  return rows.map((moved, k) => {
    const output = outputs[wanted[k]!]!;
    const list = stored === undefined ? moved : spread(moved, stored, x.numel(), output);
    return list.length > 0 ? callOperator<Tensor>('stack', list, 0) : output.detach().new_zeros([0, output.numel()]);
  });
}

/** A direction in an input's space; for a complex one, of the real parts and of the imaginary parts. */
export type Direction = Tensor | readonly [real: Tensor, imag: Tensor];

/** The change of the outputs along a direction. */
export function numericalProduct(
  fn: Listed,
  inputs: readonly unknown[],
  index: number,
  direction: Direction,
  eps: number,
): Tensor[] {
  const x = inputs[index] as Tensor;
  const data = contentOf(x).data;
  const by = `by ${eps}`;
  const stored = isSparse(x) ? as_tensor(placesOf(x), { dtype: dtypes.int64 }) : undefined;
  const along = (u: Tensor) => (stored === undefined ? u : u.index_select(0, stored)).reshape(data.shape).mul(eps);
  if (!Array.isArray(direction)) return differences(fn, inputs, data, along(direction as Tensor), eps, by);
  const [real, imag] = direction as readonly [Tensor, Tensor];
  return combined(
    differences(fn, inputs, data, along(real), eps, by),
    differences(fn, inputs, data, imaginary(along(imag)), eps, by),
  );
}
