/** The different elements of a tensor. */

import { callOperator } from '../operators/operator';
import type { Tensor } from '../tensor/tensor';
import * as signatures from './generated/torch';

/** The values, then what was asked for. */
export type UniqueResult<Inverse extends boolean, Counts extends boolean> = Inverse extends true
  ? Counts extends true
    ? [output: Tensor, inverse_indices: Tensor, counts: Tensor]
    : [output: Tensor, inverse_indices: Tensor]
  : Counts extends true
    ? [output: Tensor, counts: Tensor]
    : Tensor;

type Results = [output: Tensor, inverse: Tensor, counts: Tensor];

function chosen([output, inverse, counts]: Results, return_inverse: boolean, return_counts: boolean) {
  if (!return_inverse && !return_counts) return output;
  return [output, ...(return_inverse ? [inverse] : []), ...(return_counts ? [counts] : [])];
}

/**
 * The different elements, or slices along `dim`; with `return_inverse` where each went, with `return_counts` how often
 * each occurs. https://docs.pytorch.org/docs/2.13/generated/torch.unique.html
 */
export function unique<Inverse extends boolean = false, Counts extends boolean = false>(
  ...args: signatures.UniqueArgs<Inverse, Counts>
): UniqueResult<Inverse, Counts> {
  const [input, sorted, return_inverse, return_counts, dim] = signatures.unique.list(args);
  const results =
    dim === null
      ? callOperator<Results>('_unique2', input, sorted, return_inverse, return_counts)
      : callOperator<Results>('unique_dim', input, dim, sorted, return_inverse, return_counts);
  return chosen(results, return_inverse, return_counts) as UniqueResult<Inverse, Counts>;
}

/**
 * The first of each run of equal elements, or of equal slices along `dim`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.unique_consecutive.html
 */
export function unique_consecutive<Inverse extends boolean = false, Counts extends boolean = false>(
  ...args: signatures.UniqueConsecutiveArgs<Inverse, Counts>
): UniqueResult<Inverse, Counts> {
  const [input, return_inverse, return_counts, dim] = signatures.unique_consecutive.list(args);
  const results = callOperator<Results>('unique_consecutive', input, return_inverse, return_counts, dim);
  return chosen(results, return_inverse, return_counts) as UniqueResult<Inverse, Counts>;
}
